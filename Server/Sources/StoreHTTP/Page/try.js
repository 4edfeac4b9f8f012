// A prompt and what becomes of it; and what a taste does to a picture.
import { ask, attempt, image, make, me, own, say, tiles } from "/api.js";

export async function showTry(main) {
  const prompt = make("input", { type: "text", id: "prompt", value: "a harbour at dawn --p", autocomplete: "off", maxlength: 2000 });
  const answer = make("div", { "aria-live": "polite" });
  main.append(
    make("form", { onsubmit: attempt(() => resolve()) },
      make("label", { for: "prompt" }, "Prompt, with --p, codes and --s"), prompt,
      make("div", { class: "row" }, make("button", { class: "main" }, "Try it"))),
    answer);

  async function resolve() {
    const typed = prompt.value;
    try {
      const found = await ask("POST", "/v1/resolve", { prompt: typed, user: me.user }, { repeat: true });
      answer.replaceChildren(
        make("p", { class: "prompt" }, found.prompt),
        make("p", { class: "quiet" }, found.codes.length
          ? `${found.minted ? "A new code. " : ""}From ${found.comparisons} comparisons; strength ${found.strength.toFixed(2)} at --s ${found.stylize}.`
          : "No personalization."));
    } catch (error) {
      const { column, token } = error.body ?? {};
      if (!column) throw error;
      // The server counts characters from 1, as people read them.
      const characters = [...typed];
      const length = Math.max(1, [...(token ?? "")].length);
      answer.replaceChildren(
        make("p", { class: "prompt" }, characters.slice(0, column - 1).join(""),
          make("mark", {}, characters.slice(column - 1, column - 1 + length).join("") || " "),
          characters.slice(column - 1 + length).join("")),
        make("p", {}, `At column ${column}: ${error.message}`));
    }
  }

  const page = await ask("GET", `/v1/spaces/${encodeURIComponent(me.space)}/images?limit=24`);
  const codes = (await ask("GET", own("codes?limit=20"))).codes.filter((code) => !code.revoked);
  const gallery = make("ul", { class: "tiles", "aria-label": "Pictures to begin with" });
  const slider = make("input", { type: "range", id: "stylize", min: 0, max: 1000, step: 10, value: 100 });
  const amount = make("output", { for: "stylize" }, "100");
  const choice = make("select", { id: "steering" }, make("option", { value: "" }, "no code"),
    ...codes.map((code, index) => make("option", { value: code.code, selected: index === 0 }, code.label ? `${code.label} (${code.code})` : code.code)));
  const near = make("div", {});
  let chosen = page.images[0]?.id ?? null;
  let asked = 0;
  main.append(make("h3", {}, "What a taste does"),
    make("label", { for: "steering" }, "Code"), choice,
    make("label", { for: "stylize" }, "--s ", amount), slider,
    make("h3", {}, "Begin with"), gallery, make("h3", {}, "Nearest"), near);
  for (const one of page.images) {
    const button = make("button", { type: "button", "aria-pressed": String(one.id === chosen), "aria-label": one.id, onclick: () => {
      chosen = one.id;
      for (const other of gallery.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
      steer();
    } }, image(one.id, ""));
    gallery.append(make("li", {}, button));
  }

  const steer = attempt(async () => {
    if (!chosen) return;
    amount.textContent = slider.value;
    const number = ++asked;
    const codes = choice.value ? [{ code: choice.value }] : [];
    const found = await ask("POST", `/v1/spaces/${encodeURIComponent(me.space)}/nearest`,
      { image: chosen, codes, stylize: Number(slider.value), limit: 12 }, { repeat: true });
    // Answers may come in another order than they were asked for.
    if (number !== asked) return;
    near.replaceChildren(tiles("Nearest", found.images, (one) => `${one.id} ${one.similarity.toFixed(2)}`));
    say(`The pictures nearest to ${chosen}.`);
  });
  let timer = null;
  slider.addEventListener("input", () => { amount.textContent = slider.value; clearTimeout(timer); timer = setTimeout(steer, 120); });
  choice.addEventListener("change", steer);
  await steer();
}
