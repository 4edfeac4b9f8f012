// Two pictures: which do you prefer?
import { ask, attempt, calm, complain, image, make, me, own, picture, say } from "/api.js";

export async function showRank(main) {
  const queue = [];
  const done = [];
  let pair = null;
  let busy = false;

  const bar = make("progress", { max: 1, value: 0, "aria-label": "Progress to your first code" });
  const words = make("p", { class: "quiet" });
  const code = make("p", { id: "code", role: "status" });
  const buttons = [0, 1].map((side) => make("button", { type: "button", onclick: () => choose(side) }));
  const skipButton = make("button", { type: "button", onclick: () => skip() }, "Skip ", make("kbd", {}, "S"));
  const undoButton = make("button", { type: "button", disabled: true, onclick: () => undo() }, "Undo ", make("kbd", {}, "U"));
  main.append(
    bar, words, code,
    make("div", { class: "pair", role: "group", "aria-label": "Which picture do you prefer?" }, ...buttons),
    make("div", { class: "row" }, skipButton, undoButton,
      make("span", { class: "quiet" }, "Keys ", make("kbd", {}, "1"), " and ", make("kbd", {}, "2"), " choose.")));

  async function fill() {
    const answer = await ask("GET", own("pairs?count=4"), undefined, { onWait: waiting });
    const waitingPairs = new Set([pair, ...queue].filter(Boolean).map((one) => [...one].sort().join("\u0000")));
    for (const one of answer.pairs) {
      if (waitingPairs.has([...one].sort().join("\u0000"))) continue;
      queue.push(one);
      // The next pictures are there before they are asked for.
      for (const id of one) if (me.pictures) new Image().src = picture(id);
    }
  }

  async function next() {
    if (queue.length === 0) await fill();
    pair = queue.shift() ?? null;
    buttons.forEach((button, side) => {
      button.disabled = pair === null;
      button.replaceChildren(...(pair ? [image(pair[side], ""), make("span", {}, make("kbd", {}, String(side + 1)), ` ${pair[side]}`)] : []));
      if (pair) button.setAttribute("aria-label", `Prefer picture ${side + 1}: ${pair[side]}`);
    });
    skipButton.disabled = pair === null;
    if (!pair) say("There is no pair left that you have not ranked.");
    if (queue.length < 2 && pair) fill().catch(() => {});
  }

  async function measure() {
    const progress = await ask("GET", own("progress"), undefined, { onWait: waiting });
    bar.max = progress.need;
    bar.value = Math.min(progress.have, progress.need);
    words.textContent = progress.ready
      ? `${progress.rankings} rankings and ${progress.likes} likes.`
      : `${progress.have} of ${progress.need} comparisons; ${progress.need - progress.have} more to your first code.`;
    if (!progress.ready) { code.textContent = ""; return; }
    const current = await ask("POST", own("codes"), undefined, { repeat: true, onWait: waiting });
    if (code.dataset.code !== current.code) {
      code.dataset.code = current.code;
      code.replaceChildren("Your code: ", make("code", {}, current.code), " ",
        make("button", { type: "button", onclick: attempt(async () => {
          await navigator.clipboard.writeText(current.code);
          say("The code is copied.");
        }) }, "Copy"));
    }
  }

  const waiting = () => say("The server cannot be reached; trying again. Nothing that you ranked is lost.");

  // One choice at a time, in order; an event id makes sending it again harmless, so it is sent until it is stored.
  async function exclusively(work) {
    if (busy) return;
    busy = true;
    calm();
    try { await work(); } catch (error) { complain(error); }
    busy = false;
  }

  const choose = (side) => exclusively(async () => {
    if (!pair) return;
    const [winner, loser] = [pair[side], pair[1 - side]];
    const event = {
      kind: "rank", user: me.user, space: me.space, winner, loser, eventID: crypto.randomUUID(), at: Date.now(),
    };
    const [receipt] = await ask("POST", "/v1/events", event, { repeat: true, onWait: waiting });
    done.push({ position: receipt.position, pair });
    undoButton.disabled = false;
    say(`You prefer ${winner}.`);
    await next();
    await measure();
  });

  const skip = () => exclusively(async () => {
    if (!pair) return;
    say("Skipped.");
    await next();
  });

  const undo = () => exclusively(async () => {
    const last = done.at(-1);
    if (!last) return;
    await ask("POST", own(`events/${last.position}/retract`), { eventID: crypto.randomUUID() }, { repeat: true, onWait: waiting });
    done.pop();
    undoButton.disabled = done.length === 0;
    if (pair) queue.unshift(pair);
    queue.unshift(last.pair);
    say("Taken back.");
    await next();
    await measure();
  });

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(input|select|textarea)$/i.test(event.target.tagName)) return;
    const act = { 1: () => choose(0), 2: () => choose(1), s: skip, u: undo }[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  }
  document.addEventListener("keydown", key);
  try {
    await next();
    await measure();
  } catch (error) {
    complain(error);
  }
  return () => document.removeEventListener("keydown", key);
}
