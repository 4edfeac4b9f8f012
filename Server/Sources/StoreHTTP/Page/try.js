// A prompt and what becomes of it; and what a taste does to a picture.
import { ask, codes, me } from "/api.js";
import { attempt, make } from "/elements.js";
import { steering } from "/steering.js";

export async function showTry(main) {
  const prompt = make("input", { type: "text", id: "prompt", value: "a harbour at dawn --p", autocomplete: "off", maxlength: 2000, "aria-describedby": "answer" });
  const answer = make("div", { "aria-live": "polite", id: "answer" });
  const place = make("section", { "aria-label": "What a taste does" });
  main.append(
    make("form", { onsubmit: attempt(resolve) },
      make("label", { for: "prompt" }, "Prompt, with --p, codes, references and --s"), prompt,
      make("div", { class: "row" }, make("button", { class: "main" }, "Try it"))),
    answer, place);

  async function resolve() {
    const typed = prompt.value;
    try {
      const found = await ask("POST", "/v1/resolve", { prompt: typed, user: me.user }, { repeat: true });
      answer.replaceChildren(make("p", { class: "prompt" }, found.prompt), make("p", { class: "quiet" }, words(found)));
    } catch (error) {
      const { column, token } = error.body ?? {};
      if (!column) throw error;
      // The server counts characters from 1, as people read them.
      const characters = [...typed];
      const end = column - 1 + Math.max(1, [...(token ?? "")].length);
      answer.replaceChildren(
        make("p", { class: "prompt" }, characters.slice(0, column - 1).join(""),
          make("mark", {}, characters.slice(column - 1, end).join("") || " "), characters.slice(end).join("")),
        make("p", {}, `At column ${column}: ${error.message}`));
    }
  }

  const words = (found) => (found.codes.length
    ? `${found.minted ? "A new code. " : ""}From ${found.comparisons} comparisons; strength ${found.strength.toFixed(2)} at --s ${found.stylize}.`
    : "No personalization.");

  await steering(place, (await codes(20)).filter((code) => !code.revoked));
}
