// The pictures nearest to one of them, as --s turns it towards a taste.
import { ask, ofSpace } from "/api.js";
import { attempt, image, make, options, say, tiles } from "/elements.js";

export async function steering(place, codes) {
  const page = await ask("GET", ofSpace("images?limit=24"));
  const gallery = make("ul", { class: "tiles", "aria-label": "Pictures to begin with" });
  const slider = make("input", { type: "range", id: "stylize", min: 0, max: 1000, step: 10, value: 100 });
  const amount = make("output", { for: "stylize" }, "100");
  const choice = make("select", { id: "steering" }, make("option", { value: "" }, "no code"), ...options(codes, 0));
  if (codes.length) choice.selectedIndex = 1;
  const near = make("div", {});
  let chosen = page.images[0]?.id ?? null;
  let asked = 0;
  place.append(make("h3", {}, "What a taste does"),
    make("label", { for: "steering" }, "Code"), choice,
    make("label", { for: "stylize" }, "--s ", amount), slider,
    make("h4", {}, "Nearest"), near,
    make("h4", {}, "Begin with"), gallery);
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
    const number = ++asked;
    const codes = choice.value ? [{ code: choice.value }] : [];
    const found = await ask("POST", ofSpace("nearest"),
      { image: chosen, codes, stylize: Number(slider.value), limit: 12 }, { repeat: true });
    // Answers may come in another order than they were asked for.
    if (number !== asked) return;
    near.replaceChildren(tiles("Nearest", found.images, (one) => `${one.id} ${one.similarity.toFixed(2)}`));
    say(`The pictures nearest to ${chosen} at --s ${slider.value}.`);
  });
  let timer = null;
  slider.addEventListener("input", () => {
    amount.textContent = slider.value;
    clearTimeout(timer);
    timer = setTimeout(steer, 120);
  });
  choice.addEventListener("change", steer);
  await steer();
}
