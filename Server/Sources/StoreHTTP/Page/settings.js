// What --p means when nothing else is said.
import { ask, attempt, make, own, say, signOut } from "/api.js";

export async function showSettings(main) {
  const settings = await ask("GET", own("settings"));
  const codes = (await ask("GET", own("codes?limit=50"))).codes.filter((code) => !code.revoked);
  const pinned = new Map(settings.pinned.map((one) => [one.code, one.weight]));
  const always = make("input", { type: "checkbox", checked: settings.always });
  const profile = make("input", { type: "text", id: "profile", value: settings.profile, maxlength: 100, required: true });
  const known = new Map(codes.map((code) => [code.code, code.label]));
  for (const code of pinned.keys()) if (!known.has(code)) known.set(code, null);
  const boxes = [...known].map(([code, label]) => {
    const box = make("input", { type: "checkbox", value: code, checked: pinned.has(code) });
    return make("label", { class: "inline" }, box, make("code", {}, code), label ? ` ${label}` : "");
  });
  main.append(make("form", { onsubmit: attempt(async () => {
    const chosen = [...main.querySelectorAll("fieldset input:checked")];
    await ask("PUT", own("settings"), {
      always: always.checked, profile: profile.value,
      pinned: chosen.map((box) => ({ code: box.value, weight: pinned.get(box.value) ?? 1 })),
    });
    say("Your settings are kept.");
  }) },
  make("label", { class: "inline" }, always, "Personalize every prompt, as if it had --p"),
  make("label", { for: "profile" }, "Profile that --p means"), profile,
  make("fieldset", {}, make("legend", {}, "Codes that a bare --p means, instead of your newest"),
    ...(boxes.length ? boxes : [make("p", { class: "quiet" }, "You have no code yet.")])),
  make("div", { class: "row" }, make("button", { class: "main" }, "Keep these settings"))),
  make("div", { class: "row" }, make("button", { type: "button", onclick: () => { signOut(); location.reload(); } }, "Sign out")));
}
