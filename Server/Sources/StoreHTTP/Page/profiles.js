// The user's profiles and boards: made, named, shared, put away.
import { ask, me, ofUser, own } from "/api.js";
import { attempt, button, copyButton, make, say } from "/elements.js";
import { choose, title } from "/profile.js";

/** Draws the page; `changed` draws what depends on which profiles there are, and which is chosen. */
export async function showProfiles(main, changed) {
  const list = make("div", { id: "profiles" });
  const archived = make("input", { type: "checkbox", id: "archived", onchange: attempt(() => draw()) });
  main.append(
    make("p", { class: "quiet" },
      "Each profile is a taste of its own. Its reference always means its newest code: behind --p it works for you, "
      + "and for others while you share it."),
    list,
    make("label", { class: "inline" }, archived, "Show what is archived"),
    creation("A new profile", "profile", async (name) => {
      await ask("POST", own("profiles"), { profile: name, eventID: crypto.randomUUID() }, { repeat: true });
      await use(name, `The profile ${name} is there, and chosen: what you rank and like now counts for it.`);
    }),
    creation("A new board", "board", async (name) => {
      await ask("POST", own("boards"), { board: name, eventID: crypto.randomUUID() }, { repeat: true });
      choose(name);
      await changed();
      location.hash = "#like";
    }));

  function creation(heading, kind, create) {
    const name = make("input", { type: "text", id: `new-${kind}`, maxlength: 100, required: true, autocomplete: "off" });
    return make("form", { onsubmit: attempt(async () => { await create(name.value.trim()); name.value = ""; }) },
      make("h3", {}, heading),
      make("label", { for: `new-${kind}` }, kind === "board" ? "Name of a board, which is made of pictures alone" : "Name of a profile"),
      make("div", { class: "row" }, name, make("button", {}, kind === "board" ? "Make a board" : "Make a profile")));
  }

  async function use(name, words) {
    choose(name);
    await changed();
    await draw(name);
    say(words);
  }

  async function draw(focused = null) {
    const query = `profiles?space=${encodeURIComponent(me.space)}&archived=${archived.checked}`;
    const found = (await ask("GET", ofUser(query))).profiles;
    list.replaceChildren(...found.map(card));
    if (found.length === 0) list.append(make("p", {}, "You have no profile yet: the first one is there when you have ranked or liked something."));
    if (focused) [...list.children].find((one) => one.dataset.profile === focused)?.querySelector("h3").focus();
  }

  function card(one) {
    const path = (rest) => own(`profiles/${encodeURIComponent(one.profile)}/${rest}`);
    const act = (words, rest, done) => button(words, async () => {
      await ask("POST", path(rest), {}, { repeat: true });
      // What is archived is no longer there to be chosen.
      if (rest === "archive" && me.profile === one.profile) choose("default");
      await changed();
      await draw(one.profile);
      say(done);
    }, { "aria-label": `${words}: ${title(one)}` });
    const label = make("input", { type: "text", value: one.label ?? "", maxlength: 100, placeholder: "What to call it", "aria-label": `What to call ${one.profile}` });
    const isChosen = one.profile === me.profile;
    const facts = [
      one.board ? "A board" : "A profile", isChosen ? "chosen" : null, one.shared ? "shared" : null, one.archived ? "archived" : null,
    ].filter(Boolean).join(", ");
    return make("section", { class: "card", "data-profile": one.profile, "aria-label": title(one) },
      make("h3", { tabindex: "-1" }, title(one)),
      make("p", { class: "quiet facts" }, `${facts}. `, one.code ? "Newest code: " : "No code yet.", one.code ? make("code", {}, one.code) : null),
      make("div", { class: "row" }, make("span", {}, "Reference: ", make("code", { class: "reference" }, one.reference)), copyButton(one.reference, "reference")),
      make("form", { class: "row", onsubmit: attempt(async () => {
        await ask("PUT", path("label"), { label: label.value });
        await changed();
        await draw(one.profile);
        say("The name is kept.");
      }) }, label, make("button", {}, "Keep the name")),
      make("div", { class: "row" },
        one.archived || isChosen ? null
          : button("Use it", () => use(one.profile, `${title(one)} is chosen.`), { "aria-label": `Use it: ${title(one)}` }),
        one.shared
          ? act("Share no more", "unshare", "To others the reference is unknown now. Codes that it gave them go on working.")
          : act("Share", "share", "The reference works for everybody now, who learn its newest code and nothing else."),
        one.archived
          ? act("Restore", "restore", "It is as it was.")
          : act("Archive", "archive", "It is archived: its codes go on working.")));
  }

  await draw();
}
