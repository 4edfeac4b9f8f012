// What --p means when nothing else is said; what is known about the user, starting over, and being erased.
import { ask, codes, me, ofProfile, ofUser, own, signOut } from "/api.js";
import { attempt, button, make, say } from "/elements.js";
import { erasureSection } from "/erasure.js";
import { title } from "/profile.js";

export async function showSettings(main) {
  const settings = await ask("GET", own("settings"));
  const known = new Map((await codes()).filter((code) => !code.revoked).map((code) => [code.code, code.label]));
  const pinned = new Map(settings.pinned.map((one) => [one.code, one.weight]));
  for (const code of pinned.keys()) if (!known.has(code)) known.set(code, null);
  const meant = new Map(settings.profiles.map((one) => [one.profile, one.weight]));
  const titles = new Map([...meant.keys(), "default"].map((name) => [name, name]));
  for (const one of me.profiles) titles.set(one.profile, title(one));
  const always = make("input", { type: "checkbox", id: "always", checked: settings.always });
  const ownOnly = make("input", { type: "checkbox", id: "own-only", checked: settings.ownChoicesOnly });
  const profiles = [...titles].map(([name, words]) => row(name, words, meant.get(name)));
  const rows = [...known].map(([code, label]) =>
    row(code, make("span", {}, make("code", {}, code), label ? ` ${label}` : ""), pinned.get(code)));
  main.append(
    make("form", { onsubmit: attempt(async () => {
      const wanted = chosen(profiles).map(({ name, weight }) => ({ profile: name, weight }));
      if (wanted.length === 0) throw new Error("Choose at least one profile that --p means.");
      await ask("PUT", own("settings"), {
        always: always.checked, ownChoicesOnly: ownOnly.checked, profiles: wanted,
        pinned: chosen(rows).map(({ name, weight }) => ({ code: name, weight })),
      });
      say("Your settings are kept.");
    }) },
    make("label", { class: "inline" }, always, "Personalize every prompt, as if it had --p"),
    make("label", { class: "inline" }, ownOnly, "Make new codes of my own choices only, not of what people here have in common"),
    make("fieldset", { id: "meant" }, make("legend", {}, "Profiles that --p means, several of them blended by weight"),
      ...profiles.map((one) => one.element)),
    make("fieldset", {}, make("legend", {}, "Codes that a bare --p means, instead of the newest, with their weights"),
      ...(rows.length ? rows.map((one) => one.element) : [make("p", { class: "quiet" }, "You have no code yet.")])),
    make("div", { class: "row" }, make("button", { class: "main" }, "Keep these settings"))),
    make("h3", {}, "Your data"),
    make("div", { class: "row" },
      button("Download what is known about me", download),
      button("Start over", startOver),
      button("Sign out", () => { signOut(); location.reload(); })),
    make("p", { class: "quiet" }, `Starting over: what you ranked and liked in ${titles.get(me.profile) ?? me.profile} counts no more. Its codes go on working, and you can go back to one.`),
    erasureSection());
}

/** Something to choose, with a weight; weight 1 unless it is chosen already. */
function row(name, words, weight) {
  const box = make("input", { type: "checkbox", value: name, checked: weight !== undefined });
  const number = make("input", { type: "number", min: 1, max: 1000, value: weight ?? 1, "aria-label": `Weight of ${name}` });
  return { name, box, number, element: make("div", { class: "row" }, make("label", { class: "inline" }, box, words), number) };
}

const chosen = (rows) => rows.filter((one) => one.box.checked).map((one) => ({ name: one.name, weight: Number(one.number.value) }));

async function download() {
  const found = await ask("GET", ofUser("download"));
  const address = URL.createObjectURL(new Blob([JSON.stringify(found, null, 1)], { type: "application/json" }));
  make("a", { href: address, download: "taste.json" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
  say("What is known about you is in the file taste.json.");
}

async function startOver() {
  if (!confirm("What you ranked and liked will count no more. Start over?")) return;
  await ask("POST", ofProfile("reset"), { eventID: crypto.randomUUID() }, { repeat: true });
  say("You have started over.");
}
