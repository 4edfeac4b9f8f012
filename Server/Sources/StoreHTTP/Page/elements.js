// Makes what is on the page, and says what happened.
import { me } from "/api.js";

/** The address of an image. */
export const picture = (id) => (me.pictures ? me.pictures.replace("{id}", encodeURIComponent(id)) : "");

/** Makes an element with attributes, listeners (`onclick`) and children. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A button that does something, and says so when it goes wrong. */
export const button = (name, work, attributes = {}) =>
  make("button", { type: "button", onclick: attempt(work), ...attributes }, name);

/** An image of the catalogue; without pictures, its name. */
export const image = (id, alt = id) => {
  const address = picture(id);
  return address ? make("img", { src: address, alt, loading: "lazy", width: 96, height: 96 })
    : make("span", { class: "unseen", "aria-hidden": alt ? null : "true" }, id);
};

/** Images in a row, each with a line below. */
export const tiles = (label, images, caption = (one) => one.id) =>
  make("ul", { class: "tiles", "aria-label": label },
    ...images.map((one) => make("li", {}, image(one.id, ""), make("span", {}, caption(one)))));

/** A number with its sign. */
export const signed = (number) => `${number < 0 ? "−" : "+"}${Math.abs(number).toFixed(2)}`;

/** What a code is called, with the code. */
export const title = (entry) => (entry.label ? `${entry.label} (${entry.code})` : entry.code);

/** The options of a choice of codes. */
export const options = (codes, chosen) =>
  codes.map((entry, index) => make("option", { value: entry.code, selected: index === chosen }, title(entry)));

/** Copies a code, or a reference. */
export const copyButton = (code, what = "code") => button("Copy", async () => {
  await navigator.clipboard.writeText(code);
  say(`The ${what} ${code} is copied.`);
}, { "aria-label": `Copy ${code}` });

/** Says something without interrupting. */
export const say = (text) => { document.getElementById("status").textContent = text; };

/** Says what went wrong. */
export function complain(error) {
  document.getElementById("alert").textContent =
    error.status === 401 ? "You are signed out: the link has expired or is not good. Ask for a new sign-in link."
      : error.message;
}

/** Takes back what was complained of. */
export const calm = () => { document.getElementById("alert").textContent = ""; };

/** Does something that may go wrong, and says so. */
export function attempt(work) {
  return async (event) => {
    event?.preventDefault?.();
    calm();
    try { await work(event); } catch (error) { complain(error); }
  };
}
