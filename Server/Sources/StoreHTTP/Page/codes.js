// The user's codes: what they are called, what they like, and what can be done with them.
import { ask, attempt, make, me, own, say, tiles } from "/api.js";

export async function showCodes(main) {
  const list = make("div", { id: "codes" });
  const charts = make("div", {});
  main.append(list, charts);
  let before = null;

  async function load() {
    const page = await ask("GET", own(`codes?limit=20${before ? `&before=${before}` : ""}`));
    const seen = new Set([...list.querySelectorAll("[data-code]")].map((card) => card.dataset.code));
    for (const entry of page.codes) {
      if (seen.has(entry.code)) continue;
      seen.add(entry.code);
      list.append(card(entry));
    }
    list.querySelector(".more")?.remove();
    before = page.next;
    if (before) list.append(make("button", { class: "more", type: "button", onclick: attempt(load) }, "Older codes"));
    if (seen.size === 0) list.append(make("p", {}, "You have no code yet: rank some pictures first."));
    return seen.size;
  }

  async function reload(focused) {
    before = null;
    list.replaceChildren();
    await load();
    list.querySelector(`[data-code="${focused}"] h3`)?.focus();
  }

  function card(entry) {
    const path = (rest) => own(`codes/${encodeURIComponent(entry.code)}/${rest}`);
    const act = (name, question, rest, done) => make("button", { type: "button", onclick: attempt(async () => {
      if (question && !confirm(question)) return;
      await ask("POST", path(rest));
      await reload(entry.code);
      say(done);
    }) }, name);
    const label = make("input", { type: "text", value: entry.label ?? "", maxlength: 100, "aria-label": `Name of ${entry.code}` });
    const pictures = make("div", {});
    const look = make("button", { type: "button", "aria-expanded": "false", onclick: attempt(async () => {
      const isOpen = look.getAttribute("aria-expanded") === "true";
      look.setAttribute("aria-expanded", String(!isOpen));
      if (isOpen) { pictures.replaceChildren(); return; }
      const found = await ask("GET", `/v1/codes/${encodeURIComponent(entry.code)}/pictures?images=6`);
      pictures.replaceChildren(
        make("p", { class: "quiet" }, found.confidenceInWords),
        make("h3", {}, "Likes most"), tiles("Likes most", found.most),
        make("h3", {}, "Likes least"), tiles("Likes least", found.least));
    }) }, "Pictures");
    return make("section", { class: entry.revoked ? "card revoked" : "card", "data-code": entry.code, "aria-label": entry.label || entry.code },
      make("h3", { tabindex: "-1" }, make("code", {}, entry.code), entry.revoked ? " (revoked)" : ""),
      make("p", { class: "quiet" },
        make("time", { datetime: entry.recordedAt }, new Date(entry.recordedAt).toLocaleString()),
        ` · ${entry.comparisons} comparisons · confidence ${(entry.confidence / 10).toFixed(1)} %`),
      make("form", { class: "row", onsubmit: attempt(async () => {
        await ask("PUT", path("label"), { label: label.value });
        say("The name is kept.");
      }) }, label, make("button", {}, "Keep the name")),
      make("div", { class: "row" },
        make("button", { type: "button", onclick: attempt(async () => {
          await navigator.clipboard.writeText(entry.code);
          say("The code is copied.");
        }) }, "Copy"),
        entry.revoked
          ? act("Restore", null, "restore", "The code can be used again.")
          : act("Revoke", "Nobody will be able to use this code until you restore it. Revoke it?", "revoke", "The code is revoked."),
        act("Go back to it", "Your taste will go on from what it was then. Go back?", "revert", "Your taste is what it was then."),
        look),
      pictures);
  }

  /** Two codes, picture by picture: the pictures that they disagree about most. */
  async function comparison() {
    const page = await ask("GET", own("codes?limit=50"));
    const known = [...new Map(page.codes.map((entry) => [entry.code, entry])).values()];
    if (known.length < 2) return;
    const options = (chosen) => known.map((entry, index) => make("option", { value: entry.code, selected: index === chosen },
      entry.label ? `${entry.label} (${entry.code})` : entry.code));
    const first = make("select", { id: "first" }, ...options(1));
    const second = make("select", { id: "second" }, ...options(0));
    const answer = make("div", { "aria-live": "polite" });
    main.append(make("h3", {}, "Two codes compared"), make("form", { onsubmit: attempt(async () => {
      const path = [first.value, second.value].map(encodeURIComponent).join("/diff/");
      const found = await ask("GET", `/v1/codes/${path}?images=12`);
      answer.replaceChildren(
        make("p", {}, `The angle between them has the cosine ${found.cosine.toFixed(2)}: 1 is the same taste, 0 an unrelated one.`),
        tiles("Pictures whose score moved most", found.moved, (one) => `${one.score > 0 ? "+" : ""}${one.score.toFixed(2)}`));
    }) }, make("label", { for: "first" }, "From"), first, make("label", { for: "second" }, "To"), second,
    make("div", { class: "row" }, make("button", {}, "Compare"))), answer);
  }

  if (await load() > 0) {
    await comparison();
    for (const [name, file] of [["How your taste moved", "timeline.svg"], ["Your codes among the pictures", "map.svg"]]) {
      const blob = await ask("GET", own(file));
      const address = URL.createObjectURL(blob);
      charts.append(make("h3", {}, name),
        make("div", { class: "picture", tabindex: "0", role: "region", "aria-label": name },
          make("img", { src: address, alt: `${name} of ${me.user}` })));
    }
  }
}
