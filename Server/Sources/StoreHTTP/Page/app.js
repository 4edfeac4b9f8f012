// Signs in, and shows the page that the address names.
import { ask, me, takeToken } from "/api.js";
import { showCodes } from "/codes.js";
import { calm, complain, make, say } from "/elements.js";
import { showErasure } from "/erasure.js";
import { showGallery } from "/gallery.js";
import { choose, loadProfiles, profileChoice } from "/profile.js";
import { showProfiles } from "/profiles.js";
import { showRank } from "/rank.js";
import { showSettings } from "/settings.js";
import { showTry } from "/try.js";

const pages = {
  rank: ["Rank", showRank], like: ["Like", showGallery], codes: ["Codes", showCodes],
  profiles: ["Profiles", (page) => showProfiles(page, showWho)], try: ["Try", showTry], settings: ["Settings", showSettings],
};
const main = document.getElementById("main");
let leave = null;
let turns = 0;

async function show() {
  const name = location.hash.slice(1) in pages ? location.hash.slice(1) : "rank";
  const [title, draw] = pages[name];
  leave?.();
  leave = null;
  const turn = ++turns;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${title} – Your taste`;
  calm();
  say("");
  // A page that is left before it is drawn draws into nothing.
  const page = make("div", { class: "page" }, make("h2", {}, title));
  main.replaceChildren(page);
  main.setAttribute("aria-busy", "true");
  let ended = null;
  try {
    ended = await draw(page);
  } catch (error) {
    if (turn === turns) complain(error);
  }
  if (turn !== turns) { ended?.(); return; }
  leave = ended;
  main.setAttribute("aria-busy", "false");
}

/** Says who is signed in, with the choices of a space and a profile. */
async function showWho() {
  if (me.space) await loadProfiles();
  const profiles = me.space ? profileChoice((name) => { choose(name); show(); }) : null;
  document.getElementById("who").replaceChildren(
    `${me.user} · `, me.spaces.length < 2 ? me.space ?? "no space" : spaceChoice(), ...(profiles ? [" · ", profiles] : []));
}

function spaceChoice() {
  const choice = make("select", { "aria-label": "Space", onchange: async () => {
    me.space = choice.value;
    sessionStorage.setItem("space", me.space);
    try { await showWho(); } catch (error) { complain(error); }
    show();
  } }, ...me.spaces.map((space) => make("option", { value: space.name, selected: space.name === me.space }, space.name)));
  return choice;
}

async function begin() {
  if (!takeToken()) {
    main.replaceChildren(
      make("h2", {}, "Sign in"),
      make("p", {}, "Open the sign-in link that you were given: it signs you in on this page."));
    return;
  }
  try {
    const [who, page, list] = await Promise.all([
      ask("GET", "/v1/me"), ask("GET", "/page.json"), ask("GET", "/v1/spaces"),
    ]);
    if (who.kind !== "user") {
      main.replaceChildren(make("p", {}, "This is a service's token; people sign in with a token of their own."));
      return;
    }
    me.user = who.name;
    me.pictures = page.pictures;
    me.spaces = list.spaces;
    const kept = sessionStorage.getItem("space");
    me.space = me.spaces.some((space) => space.name === kept) ? kept : me.spaces[0]?.name ?? null;
    await Promise.all([showWho(), showErasure()]);
    if (!me.space) {
      main.replaceChildren(make("p", {}, "There is no space yet: the operator has to define one."));
      return;
    }
    window.addEventListener("hashchange", async () => {
      if (location.hash.startsWith("#token=")) { location.reload(); return; }
      await show();
      main.focus({ preventScroll: true });
      scrollTo(0, 0);
    });
    await show();
  } catch (error) {
    complain(error);
  }
}

begin();
