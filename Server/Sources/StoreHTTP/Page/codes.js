// The user's codes, newest first; two of them compared; how they moved.
import { ask, codes, ofProfile } from "/api.js";
import { button, make } from "/elements.js";
import { card } from "/card.js";
import { comparison } from "/compare.js";
import { charts } from "/charts.js";

export async function showCodes(main) {
  const list = make("div", { id: "codes" });
  const more = make("div", { class: "row" });
  const compared = make("section", { "aria-label": "Two codes compared" });
  const drawn = make("section", { "aria-label": "Pictures of your taste" });
  main.append(list, more, compared, drawn);
  let before = null;

  async function load() {
    const page = await ask("GET", ofProfile(`codes?limit=20${before ? `&before=${before}` : ""}`));
    const seen = new Set([...list.querySelectorAll("[data-code]")].map((one) => one.dataset.code));
    for (const entry of page.codes) {
      // A code that came back is listed again; where it stands first is enough.
      if (seen.has(entry.code)) continue;
      seen.add(entry.code);
      list.append(card(entry, reload));
    }
    before = page.next;
    more.replaceChildren(...(before ? [button("Older codes", load)] : []));
    if (seen.size === 0) list.append(make("p", {}, "You have no code yet: rank some pictures first."));
    return seen.size;
  }

  async function reload(code) {
    before = null;
    list.replaceChildren();
    await load();
    list.querySelector(`[data-code="${code}"] h3`)?.focus();
  }

  if (await load() === 0) return null;
  const known = await codes();
  if (known.length > 1) comparison(compared, known);
  return charts(drawn, known);
}
