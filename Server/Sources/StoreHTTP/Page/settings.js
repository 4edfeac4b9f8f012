// What --p means when nothing else is said; what is known about the user, and starting over.
import { ask, codes, me, own, signOut } from "/api.js";
import { attempt, button, make, say } from "/elements.js";

export async function showSettings(main) {
  const settings = await ask("GET", own("settings"));
  const known = new Map((await codes()).filter((code) => !code.revoked).map((code) => [code.code, code.label]));
  const pinned = new Map(settings.pinned.map((one) => [one.code, one.weight]));
  for (const code of pinned.keys()) if (!known.has(code)) known.set(code, null);
  const always = make("input", { type: "checkbox", id: "always", checked: settings.always });
  const ownOnly = make("input", { type: "checkbox", id: "own-only", checked: settings.ownChoicesOnly });
  const profile = make("input", { type: "text", id: "profile", value: settings.profile, maxlength: 100, required: true });
  const rows = [...known].map(([code, label]) => {
    const box = make("input", { type: "checkbox", value: code, checked: pinned.has(code) });
    const weight = make("input", { type: "number", min: 1, max: 1000, value: pinned.get(code) ?? 1, "aria-label": `Weight of ${code}` });
    return { code, box, weight, element: make("div", { class: "row" },
      make("label", { class: "inline" }, box, make("code", {}, code), label ? ` ${label}` : ""), weight) };
  });
  main.append(
    make("form", { onsubmit: attempt(async () => {
      await ask("PUT", own("settings"), {
        always: always.checked, ownChoicesOnly: ownOnly.checked, profile: profile.value,
        pinned: rows.filter((row) => row.box.checked).map((row) => ({ code: row.code, weight: Number(row.weight.value) })),
      });
      say("Your settings are kept.");
    }) },
    make("label", { class: "inline" }, always, "Personalize every prompt, as if it had --p"),
    make("label", { class: "inline" }, ownOnly, "Make new codes of my own choices only, not of what people here have in common"),
    make("label", { for: "profile" }, "Profile that --p means"), profile,
    make("fieldset", {}, make("legend", {}, "Codes that a bare --p means, instead of your newest, with their weights"),
      ...(rows.length ? rows.map((row) => row.element) : [make("p", { class: "quiet" }, "You have no code yet.")])),
    make("div", { class: "row" }, make("button", { class: "main" }, "Keep these settings"))),
    make("h3", {}, "Your data"),
    make("div", { class: "row" },
      button("Download what is known about me", download),
      button("Start over", startOver),
      button("Sign out", () => { signOut(); location.reload(); })),
    make("p", { class: "quiet" }, "Starting over: what you ranked and liked counts no more. Your codes go on working, and you can go back to one."));
}

async function download() {
  const found = await ask("GET", `/v1/users/${encodeURIComponent(me.user)}/download`);
  const address = URL.createObjectURL(new Blob([JSON.stringify(found, null, 1)], { type: "application/json" }));
  make("a", { href: address, download: "taste.json" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
  say("What is known about you is in the file taste.json.");
}

async function startOver() {
  if (!confirm("What you ranked and liked will count no more. Start over?")) return;
  await ask("POST", own("reset"), { eventID: crypto.randomUUID() }, { repeat: true });
  say("You have started over.");
}
