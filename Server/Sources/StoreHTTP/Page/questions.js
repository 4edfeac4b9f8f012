// What to ask next: two or four pictures, fetched and loaded ahead.
import { ask, ofProfile } from "/api.js";
import { picture } from "/elements.js";

const key = (ids) => [...ids].sort().join("\u0000");

/** Questions of `size` pictures, never the same pair twice on one page. */
export class Questions {
  constructor(size, onWait) {
    this.size = size;
    this.onWait = onWait;
    this.queue = [];
    this.asked = new Set();
    this.filling = null;
  }

  /** The next question; null when no pair is left. */
  async next() {
    if (this.queue.length === 0) await this.fill();
    const question = this.queue.shift() ?? null;
    if (question && this.queue.length < 2) this.fill().catch(() => {});
    return question;
  }

  /** Puts a question back, to be asked before the others. */
  putBack(ids) { this.queue.unshift(ids); }

  fill() {
    this.filling ??= this.fetch().finally(() => { this.filling = null; });
    return this.filling;
  }

  async fetch() {
    const seed = Math.floor(Math.random() * 1e9);
    const answer = await ask("GET", ofProfile(`pairs?count=${this.size === 4 ? 12 : 6}&seed=${seed}`), undefined,
      { onWait: this.onWait });
    const fresh = answer.pairs.map(({ first, second }) => [first, second]).filter((ids) => !this.asked.has(key(ids)));
    while (fresh.length > 0) {
      const ids = fresh.shift();
      this.asked.add(key(ids));
      if (this.size === 4) {
        // The next pair that has other pictures joins it; where there is none, two pictures are asked about.
        const index = fresh.findIndex((other) => !other.some((id) => ids.includes(id)));
        if (index >= 0) {
          const [other] = fresh.splice(index, 1);
          this.asked.add(key(other));
          ids.push(...other);
        }
      }
      this.queue.push(ids);
      // The next pictures are there before they are asked for.
      for (const id of ids) if (picture(id)) new Image().src = picture(id);
    }
  }
}
