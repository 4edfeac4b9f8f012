// Which of these pictures do you prefer?
import { ask, codes, ofProfile } from "/api.js";
import { button, calm, complain, copyButton, image, make, say } from "/elements.js";
import { event, resume, send } from "/outbox.js";
import { chosen, title } from "/profile.js";
import { Questions } from "/questions.js";

const waiting = () => say("The server cannot be reached; trying again. Nothing that you ranked is lost.");

export async function showRank(main) {
  if (chosen()?.board) {
    main.append(
      make("p", {}, `${title(chosen())} is a board, which is made of pictures alone: there is nothing to rank.`),
      make("p", {}, make("a", { href: "#like" }, "Put pictures on it")));
    return null;
  }
  let size = Number(localStorage.getItem("size")) === 4 ? 4 : 2;
  let questions = new Questions(size, waiting);
  let shown = null;
  let busy = false;
  /** What was done on this page, newest last: the question, and the receipt of a choice as a promise. */
  const done = [];
  const progress = progressView();

  const choices = make("div", { class: "choices", role: "group", "aria-label": "Which picture do you prefer?" });
  const skipButton = make("button", { type: "button", onclick: () => skip() }, "Skip ", make("kbd", {}, "S"));
  const undoButton = make("button", { type: "button", disabled: true, onclick: () => undo() }, "Undo ", make("kbd", {}, "U"));
  const sizes = make("select", { id: "size", onchange: () => resize(Number(sizes.value)) },
    ...[2, 4].map((number) => make("option", { value: number, selected: number === size }, number === 2 ? "Two" : "Four")));
  main.append(
    progress.element, choices,
    make("div", { class: "row" }, skipButton, undoButton,
      make("label", { for: "size", class: "inline" }, "Pictures at once"), sizes,
      make("span", { class: "quiet" }, "The keys ", make("kbd", {}, "1"), " to ", make("kbd", {}, "4"), " choose.")));

  function draw() {
    const ids = shown ?? [];
    const focused = [...choices.children].indexOf(document.activeElement);
    choices.classList.toggle("four", ids.length > 2);
    choices.replaceChildren(...ids.map((id, index) => make("button",
      { type: "button", "aria-label": `Prefer picture ${index + 1}: ${id}`, onclick: () => choose(index) },
      image(id, ""), make("span", {}, make("kbd", {}, String(index + 1)), ` ${id}`))));
    // Who chooses with Tab and Enter stays where they are.
    if (focused >= 0) choices.children[Math.min(focused, ids.length - 1)]?.focus();
    skipButton.disabled = shown === null;
    undoButton.disabled = done.length === 0;
    if (shown === null) choices.append(make("p", {}, "There is no pair left that you have not ranked. Come back when there are new pictures."));
  }

  async function next() {
    shown = await questions.next();
    draw();
  }

  /** One step at a time. */
  async function exclusively(work) {
    if (busy) return;
    busy = true;
    calm();
    try { await work(); } catch (error) { complain(error); }
    busy = false;
  }

  /** The next question does not wait until the choice is stored; what goes wrong is said when it is known. */
  function record(one, words) {
    const receipt = send(one, waiting);
    receipt.then(() => { say(words); return progress.measure(); }).catch(complain);
    return receipt;
  }

  const choose = (index) => exclusively(async () => {
    if (!shown || index >= shown.length) return;
    const chosen = shown[index];
    const one = shown.length === 2 ? event("rank", { winner: chosen, loser: shown[1 - index] })
      : event("pick", { chosen: [chosen], shown });
    done.push({ shown, receipt: record(one, `You prefer ${chosen}.`) });
    await next();
  });

  const skip = () => exclusively(async () => {
    if (!shown) return;
    record(event("skip", { shown }), "Skipped.");
    done.push({ shown, receipt: null });
    await next();
  });

  const undo = () => exclusively(async () => {
    const last = done.at(-1);
    if (!last) return;
    if (last.receipt) {
      const { position } = await last.receipt;
      await ask("POST", ofProfile(`events/${position}/retract`), { eventID: crypto.randomUUID() }, { repeat: true, onWait: waiting });
    }
    done.pop();
    if (shown) questions.putBack(shown);
    shown = last.shown;
    draw();
    say("Taken back.");
    await progress.measure();
  });

  const resize = (number) => exclusively(async () => {
    size = number;
    localStorage.setItem("size", String(size));
    questions = new Questions(size, waiting);
    await next();
    say(`${size === 2 ? "Two" : "Four"} pictures at once.`);
  });

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(input|select|textarea)$/i.test(event.target.tagName)) return;
    const pressed = event.key.toLowerCase();
    const act = /^[1-4]$/.test(pressed) ? () => choose(Number(pressed) - 1) : { s: skip, u: undo }[pressed];
    if (!act) return;
    event.preventDefault();
    act();
  }
  document.addEventListener("keydown", key);
  resume(waiting).then(() => progress.measure()).catch(complain);
  await exclusively(next);
  return () => document.removeEventListener("keydown", key);
}

/** How far it is to the first code; then the code, and how settled the taste is. */
function progressView() {
  const bar = make("progress", { max: 1, value: 0, "aria-label": "Progress to your first code" });
  const words = make("p", { class: "quiet", id: "progress" });
  const code = make("p", { id: "code", role: "status" });
  let current = null;
  let measuring = null;

  const draw = (entry) => {
    if (entry.code === current) return;
    current = entry.code;
    code.replaceChildren("Your code: ", make("code", {}, entry.code), " ", copyButton(entry.code), " ",
      button("Make a new one", async () => { draw(await mint()); }));
  };
  const mint = () => ask("POST", ofProfile("codes"), undefined, { repeat: true, onWait: waiting });

  async function update() {
    const progress = await ask("GET", ofProfile("progress"), undefined, { onWait: waiting });
    bar.max = progress.need;
    bar.value = Math.min(progress.have, progress.need);
    bar.hidden = progress.ready;
    if (!progress.ready) {
      words.textContent = `${progress.have} of ${progress.need} comparisons; `
        + `${progress.need - progress.have} more to your first code.`;
      return;
    }
    const changed = Math.round((1000 - (progress.stability ?? 0)) / 10);
    words.textContent = `${progress.rankings} rankings and ${progress.likes} likes.`
      + (progress.stability === undefined ? "" : ` A quarter more ranking would change about ${changed} of 100 choices.`);
    if (current === null) draw((await codes(1))[0] ?? await mint());
  }

  /** Measures now; measurements that are asked for meanwhile are one, afterwards. */
  async function measure() {
    if (measuring) { measuring.again = true; return measuring.promise; }
    const mine = { again: false };
    mine.promise = (async () => {
      do { mine.again = false; await update(); } while (mine.again);
    })().finally(() => { measuring = null; });
    measuring = mine;
    return mine.promise;
  }
  return { element: make("div", {}, bar, words, code), measure };
}
