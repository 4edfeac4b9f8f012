// Choices on their way to the server, in order. They are kept in the tab until they are stored, a reload included, and
// have ids, so that sending one again writes nothing twice.
import { ask, me } from "/api.js";

const place = () => `outbox ${me.user}`;
let sending = null;

const kept = () => JSON.parse(sessionStorage.getItem(place()) ?? "[]");
const keep = (events) => sessionStorage.setItem(place(), JSON.stringify(events));

/** An event of this user, ready to be sent. */
export const event = (kind, members) =>
  ({ kind, user: me.user, space: me.space, profile: me.profile, ...members, eventID: crypto.randomUUID(), at: Date.now() });

/**
 * Sends an event after those that are waiting, and gives its receipt when it is stored.
 * An event that the server refuses is let go, and the refusal thrown; one that nobody may send any more is kept.
 */
export function send(one, onWait) {
  keep([...kept(), one]);
  const mine = (sending ?? Promise.resolve()).catch(() => {}).then(() => flush(onWait, one.eventID));
  sending = mine;
  return mine;
}

/** Sends what an earlier page could not. */
export const resume = (onWait) => {
  sending = flush(onWait, null);
  return sending;
};

async function flush(onWait, wanted) {
  let receipt = null;
  for (let waiting = kept(); waiting.length > 0; waiting = kept()) {
    const [first] = waiting;
    try {
      const [stored] = await ask("POST", "/v1/events", first, { repeat: true, onWait });
      if (first.eventID === wanted) receipt = stored;
    } catch (error) {
      if (error.status === 401) throw error;
      keep(kept().slice(1));
      if (first.eventID === wanted) throw error;
      continue;
    }
    keep(kept().slice(1));
    if (first.eventID === wanted) return receipt;
  }
  return receipt;
}
