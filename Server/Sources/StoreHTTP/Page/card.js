// One code: what it is called, what it likes, and what can be done with it.
import { ask, ofCode, ofProfile } from "/api.js";
import { attempt, button, copyButton, make, say, tiles } from "/elements.js";

/** A code's card; `reload` draws all cards again, and stays at this one. */
export function card(entry, reload) {
  const path = (rest) => ofProfile(`codes/${encodeURIComponent(entry.code)}/${rest}`);
  const act = (name, question, rest, done) => button(name, async () => {
    if (question && !confirm(question)) return;
    await ask("POST", path(rest));
    await reload(entry.code);
    say(done);
  });
  const label = make("input", { type: "text", value: entry.label ?? "", maxlength: 100, placeholder: "A name for this code", "aria-label": `Name of ${entry.code}` });
  const pictures = make("div", { class: "likes" });
  const element = make("section", { class: entry.revoked ? "card revoked" : "card", "data-code": entry.code, "aria-label": entry.label || entry.code },
    make("h3", { tabindex: "-1" }, make("code", {}, entry.code), entry.revoked ? " (revoked)" : ""),
    make("p", { class: "quiet" },
      make("time", { datetime: entry.recordedAt }, new Date(entry.recordedAt).toLocaleString()),
      ` · ${entry.comparisons} comparisons · confidence ${(entry.confidence / 10).toFixed(1)} %`),
    pictures,
    make("form", { class: "row", onsubmit: attempt(async () => {
      await ask("PUT", path("label"), { label: label.value });
      say("The name is kept.");
    }) }, label, make("button", {}, "Keep the name")),
    make("div", { class: "row" },
      copyButton(entry.code),
      entry.revoked
        ? act("Restore", null, "restore", "The code can be used again.")
        : act("Revoke", "Nobody will be able to use this code until you restore it. Revoke it?", "revoke", "The code is revoked."),
      act("Go back to it", "Your taste will go on from what it was then. Go back?", "revert", "Your taste is what it was then.")));
  whenSeen(element, attempt(async () => {
    const found = await ask("GET", ofCode(entry.code, "pictures?images=6"));
    pictures.replaceChildren(
      make("div", {}, make("h4", {}, "Likes most"), tiles(`What ${entry.code} likes most`, found.most)),
      make("div", {}, make("h4", {}, "Likes least"), tiles(`What ${entry.code} likes least`, found.least)));
  }));
  return element;
}

/** Codes that are scrolled to are asked about, and no others. */
function whenSeen(element, work) {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    work();
  }, { rootMargin: "200px" });
  observer.observe(element);
}
