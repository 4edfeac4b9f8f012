// Talks to the server: the token of this tab, requests that are tried again, and what went wrong in words.

/** Why a request was not answered as asked. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || `the server answered ${status}`);
    this.status = status;
    this.kind = body.kind || "failed";
    this.body = body;
  }
}

let token = null;
export const me = { user: null, space: null, pictures: null, spaces: [] };

/** Takes the token of a sign-in link out of the address, so that it is neither kept in the history nor shared. */
export function takeToken() {
  const match = /^#token=([^&]+)/.exec(location.hash);
  if (match) {
    sessionStorage.setItem("token", decodeURIComponent(match[1]));
    history.replaceState(null, "", location.pathname + "#rank");
  }
  token = sessionStorage.getItem("token");
  return token !== null;
}

/** Forgets the token. */
export function signOut() {
  token = null;
  sessionStorage.removeItem("token");
}

/** Asks the server. A request that is harmless to repeat is, while the server cannot be reached or is busy. */
export async function ask(method, path, body, { repeat = method !== "POST", onWait = () => {} } = {}) {
  for (let attempt = 0; ; attempt += 1) {
    let response;
    try {
      const headers = {};
      if (token) headers.Authorization = `Bearer ${token}`;
      if (body !== undefined) headers["Content-Type"] = "application/json";
      response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    } catch (error) {
      if (!repeat) throw new Problem(0, { kind: "offline", detail: "The server cannot be reached." });
      onWait();
      await wait(Math.min(5000, 300 * 2 ** attempt));
      continue;
    }
    if (repeat && (response.status === 429 || (response.status === 503 && response.headers.has("Retry-After")))) {
      await wait(1000 * Number(response.headers.get("Retry-After") || 1));
      continue;
    }
    const isJSON = /json/.test(response.headers.get("Content-Type") || "");
    const answer = isJSON ? await response.json().catch(() => ({})) : await response.blob();
    if (response.ok) return answer;
    throw new Problem(response.status, isJSON ? answer : {});
  }
}

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The path of something of this user in this space. */
export const own = (rest) =>
  `/v1/users/${encodeURIComponent(me.user)}/spaces/${encodeURIComponent(me.space)}/${rest}`;

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

/** An image of the catalogue. */
export const image = (id, alt = id) => make("img", { src: picture(id), alt, loading: "lazy", width: 96, height: 96 });

/** Images in a row, each with a line below. */
export const tiles = (label, images, caption = (one) => one.id) =>
  make("ul", { class: "tiles", "aria-label": label },
    ...images.map((one) => make("li", {}, image(one.id, ""), make("span", {}, caption(one)))));

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
export const attempt = (work) => async (event) => {
  event?.preventDefault?.();
  calm();
  try { await work(event); } catch (error) { complain(error); }
};
