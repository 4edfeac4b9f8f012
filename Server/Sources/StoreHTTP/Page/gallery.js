// Pictures to like.
import { ask, me, ofSpace, own } from "/api.js";
import { button, image, make, say } from "/elements.js";
import { event, send } from "/outbox.js";

export async function showGallery(main) {
  const liked = new Set((await ask("GET", own("likes"))).images);
  const list = make("ul", { class: "tiles large", "aria-label": "Pictures" });
  const more = make("div", { class: "row" });
  main.append(make("p", { class: "quiet" }, "What you like counts for your taste, less than what you rank."), list, more);
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
    const isOwn = one.author === me.user;
    const heart = make("span", { "aria-hidden": "true" });
    const toggle = button(heart, async () => {
      const likes = !liked.has(one.id);
      draw(likes);
      try {
        await send(event(likes ? "like" : "unlike", { image: one.id }), () => say("The server cannot be reached; trying again."));
      } catch (error) {
        draw(!likes);
        throw error;
      }
      say(likes ? `You like ${one.id}.` : `You like ${one.id} no more.`);
    }, { "aria-label": `Like ${one.id}`, disabled: isOwn, title: isOwn ? "Your own picture" : null });
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
