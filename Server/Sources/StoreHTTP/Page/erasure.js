// Erasing oneself: asked for in the settings, told on every page until it is done, and taken back there.
import { ask, me, ofUser, signOut } from "/api.js";
import { attempt, button, make, say } from "/elements.js";

const day = (time) => new Date(time).toLocaleString();

/** Asks whether the user is to be erased, and says so above every page. */
export async function showErasure() {
  me.erasure = await ask("GET", ofUser("erasure"));
  const banner = document.getElementById("erasure");
  banner.hidden = !me.erasure.due;
  banner.replaceChildren(...(me.erasure.due ? [
    make("p", {}, `You will be erased on ${day(me.erasure.due)}. Until then you cannot rank, like or personalize anything.`),
    make("div", { class: "row" }, button("Do not erase me", async () => {
      await ask("DELETE", ofUser("erasure"));
      location.reload();
    })),
  ] : []));
}

/** The section of the settings. */
export function erasureSection() {
  const heading = make("h3", {}, "Erase me");
  if (me.erasure.due) {
    return make("section", { "aria-label": "Erase me" }, heading,
      make("p", {}, `You will be erased on ${day(me.erasure.due)}. You can take it back above until then.`));
  }
  const days = Math.round(me.erasure.graceSeconds / 86400);
  const name = make("input", { type: "text", id: "erase-name", autocomplete: "off", required: true });
  return make("section", { "aria-label": "Erase me" }, heading,
    make("p", {}, "Everything that you ranked, liked, chose and named here is erased, with all of your codes: nobody can use them any more, and nothing brings them back. "
      + (days ? `It is done after ${days} days; you can take it back until then, and take no part meanwhile.` : "It is done at once.")),
    make("form", { id: "erase", onsubmit: attempt(async () => {
      if (name.value !== me.user) throw new Error("That is not your name: nothing is erased.");
      const answer = await ask("PUT", ofUser("erasure"), {}, { repeat: false });
      if (answer.report) {
        gone();
      } else {
        await showErasure();
        document.getElementById("erasure").querySelector("button").focus();
        name.value = "";
        say(`You will be erased on ${day(answer.due)}.`);
      }
    }) },
      make("label", { for: "erase-name" }, `Type your name, ${me.user}, if you mean it`),
      make("div", { class: "row" }, name, make("button", {}, "Erase me"))));
}

function gone() {
  const { user } = me;
  signOut();
  for (const store of [sessionStorage, localStorage]) {
    for (const key of Object.keys(store)) if (key.includes(user)) store.removeItem(key);
  }
  document.querySelector("header nav").hidden = true;
  document.getElementById("who").replaceChildren();
  const main = document.getElementById("main");
  main.replaceChildren(make("h2", {}, "You are erased"), make("p", {}, "Nothing is known of you here any more."));
  main.focus();
}
