// Two codes, picture by picture.
import { ask, ofCode } from "/api.js";
import { attempt, image, make, options, signed, tiles } from "/elements.js";

export function comparison(place, known) {
  const first = make("select", { id: "first" }, ...options(known, 1));
  const second = make("select", { id: "second" }, ...options(known, 0));
  const answer = make("div", { "aria-live": "polite", id: "comparison" });
  place.append(make("h3", {}, "Two codes compared"),
    make("form", { onsubmit: attempt(compare) },
      make("div", { class: "columns" },
        make("div", {}, make("label", { for: "first" }, "From"), first),
        make("div", {}, make("label", { for: "second" }, "To"), second)),
      make("div", { class: "row" }, make("button", {}, "Compare"))), answer);

  async function compare() {
    const codes = [first.value, second.value];
    const found = await ask("GET", ofCode(codes[0], `diff/${encodeURIComponent(codes[1])}?images=12`));
    const ids = found.moved.map((one) => one.id);
    const [before, after, ...liked] = await Promise.all([
      ...codes.map((code) => ask("POST", "/v1/score", { codes: [{ code }], images: ids }, { repeat: true })),
      ...codes.map((code) => ask("GET", ofCode(code, "pictures?images=6"))),
    ]);
    answer.replaceChildren(
      make("p", {}, `The angle between them has the cosine ${found.cosine.toFixed(2)}: 1 is the same taste, 0 an unrelated one.`),
      make("div", { class: "columns" }, ...codes.map((code, index) => make("div", {},
        make("h4", {}, make("code", {}, code), " likes most"), tiles(`What ${code} likes most`, liked[index].most)))),
      make("h4", {}, "Pictures that they disagree about most"),
      make("table", { class: "pictures" },
        make("thead", {}, make("tr", {}, ...["Picture", "From", "To", "Change"].map((name) => make("th", { scope: "col" }, name)))),
        make("tbody", {}, ...found.moved.map((one, index) => make("tr", {},
          make("th", { scope: "row" }, image(one.id, ""), make("span", {}, one.id)),
          ...[before.images[index].score, after.images[index].score, one.score].map((score) => make("td", {}, signed(score))))))));
  }
}
