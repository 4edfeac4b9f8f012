// Pictures to like.
import { ask, me, ofProfile, ofSpace } from "/api.js";
import { button, image, make, say } from "/elements.js";
import { event, send } from "/outbox.js";
import { chosen, ofBoard, title } from "/profile.js";

const onWait = () => say("The server cannot be reached; trying again.");

export async function showGallery(main) {
  const board = chosen()?.board ? chosen() : null;
  const found = await ask("GET", board ? ofBoard(board.profile, "") : ofProfile("likes"));
  const liked = new Set(found.images);
  const list = make("ul", { class: "tiles large", "aria-label": "Pictures" });
  const more = make("div", { class: "row" });
  main.append(make("p", { class: "quiet" }, board
    ? `What you choose here is put on the board ${title(board)}; choosing it again takes it off.`
    : "What you like counts for your taste, less than what you rank."), list, more);
  let after = 0;

  async function load() {
    const page = await ask("GET", ofSpace(`images?limit=48&after=${after}`));
    const first = list.children.length;
    for (const one of page.images) list.append(tile(one));
    after = page.next;
    more.replaceChildren(...(after ? [button("More pictures", async () => {
      await load();
      list.children[first + page.images.length]?.querySelector("button")?.focus();
    })] : []));
  }

  function tile(one) {
    // On a board it does not matter who made a picture.
    const isOwn = !board && one.author === me.user;
    const heart = make("span", { "aria-hidden": "true" });
    const toggle = button(heart, async () => {
      const likes = !liked.has(one.id);
      draw(likes);
      try {
        if (board) await ask("POST", ofBoard(board.profile, likes ? "/add" : "/remove"), { images: [one.id] }, { repeat: true, onWait });
        else await send(event(likes ? "like" : "unlike", { image: one.id }), onWait);
      } catch (error) {
        draw(!likes);
        throw error;
      }
      if (board) say(likes ? `${one.id} is on the board.` : `${one.id} is off the board.`);
      else say(likes ? `You like ${one.id}.` : `You like ${one.id} no more.`);
    }, { "aria-label": board ? `On the board: ${one.id}` : `Like ${one.id}`, disabled: isOwn, title: isOwn ? "Your own picture" : null });
    const draw = (likes) => {
      if (likes) liked.add(one.id);
      else liked.delete(one.id);
      heart.textContent = likes ? "♥" : "♡";
      toggle.setAttribute("aria-pressed", String(likes));
    };
    draw(liked.has(one.id));
    return make("li", {}, image(one.id, ""), toggle);
  }

  await load();
}
