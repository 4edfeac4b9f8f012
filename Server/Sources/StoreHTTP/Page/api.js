// Talks to the server: the token of this tab, and requests that are tried again.

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
export const me = {
  user: null, space: null, pictures: null, spaces: [],
  /** The chosen profile's name, and those that the user has in the space. */
  profile: "default", profiles: [],
  /** Whether, and when, the user is to be erased. */
  erasure: null,
};

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
    let answer;
    try {
      const headers = {};
      if (token) headers.Authorization = `Bearer ${token}`;
      if (body !== undefined) headers["Content-Type"] = "application/json";
      response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
      answer = await read(response);
    } catch {
      // Also an answer that was broken off: what it was about may be stored, or not.
      if (!repeat) throw new Problem(0, { kind: "offline", detail: "The server cannot be reached." });
      onWait();
      await wait(Math.min(5000, 300 * 2 ** attempt));
      continue;
    }
    if (response.ok) return answer;
    if (repeat && (response.status === 429 || (response.status === 503 && response.headers.has("Retry-After")))) {
      await wait(1000 * Number(response.headers.get("Retry-After") || 1));
      continue;
    }
    throw new Problem(response.status, answer instanceof Blob ? {} : answer);
  }
}

/** Lines of JSON become an array, a document an object, everything else a blob. */
async function read(response) {
  const type = response.headers.get("Content-Type") || "";
  if (/ndjson/.test(type)) return (await response.text()).split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return /json/.test(type) ? response.json() : response.blob();
}

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The path of something of this user in this space. */
export const own = (rest) =>
  `/v1/users/${encodeURIComponent(me.user)}/spaces/${encodeURIComponent(me.space)}/${rest}`;

/** The path of something of the chosen profile. */
export const ofProfile = (rest) =>
  `${own(rest)}${rest.includes("?") ? "&" : "?"}profile=${encodeURIComponent(me.profile)}`;

/** The path of something of this user, in all spaces. */
export const ofUser = (rest) => `/v1/users/${encodeURIComponent(me.user)}/${rest}`;

/** The path of something of a code. */
export const ofCode = (code, rest) => `/v1/codes/${encodeURIComponent(code)}/${rest}`;

/** The path of something of the space. */
export const ofSpace = (rest) => `/v1/spaces/${encodeURIComponent(me.space)}/${rest}`;

/** The chosen profile's codes, newest first, each once. */
export async function codes(limit = 50) {
  const page = await ask("GET", ofProfile(`codes?limit=${limit}`));
  return [...new Map(page.codes.map((entry) => [entry.code, entry]).reverse()).values()].reverse();
}
