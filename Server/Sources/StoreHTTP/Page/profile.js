// The profile that the page is about, and the choice of another.
import { ask, me, ofUser, own } from "/api.js";
import { make } from "/elements.js";

const place = () => `profile ${me.user} ${me.space}`;

/** What a profile is called, with its name. */
export const title = (profile) => (profile.label ? `${profile.label} (${profile.profile})` : profile.profile);

/** The chosen profile as the list has it; undefined when nothing was said in it yet. */
export const chosen = () => me.profiles.find((one) => one.profile === me.profile);

/** The path of a board. */
export const ofBoard = (board, rest) => own(`boards/${encodeURIComponent(board)}${rest}`);

/** Asks which profiles there are, and keeps to the one that was chosen in this tab, if it is still there. */
export async function loadProfiles() {
  const list = await ask("GET", ofUser(`profiles?space=${encodeURIComponent(me.space)}`));
  me.profiles = list.profiles;
  const kept = sessionStorage.getItem(place());
  me.profile = me.profiles.some((one) => one.profile === kept) ? kept : "default";
}

/** Chooses a profile for this tab. */
export function choose(name) {
  me.profile = name;
  sessionStorage.setItem(place(), name);
}

/** A choice of the profiles, when there is one to make. */
export function profileChoice(onChange) {
  const names = new Set(["default", ...me.profiles.map((one) => one.profile)]);
  if (names.size < 2) return null;
  const select = make("select", { id: "profile-choice", "aria-label": "Profile", onchange: () => onChange(select.value) },
    ...[...names].map((name) => {
      const known = me.profiles.find((one) => one.profile === name);
      const words = known ? `${known.board ? "Board: " : ""}${title(known)}` : name;
      return make("option", { value: name, selected: name === me.profile }, words);
    }));
  return select;
}
