/* Words on their way: kept in the browser until the server has them, sent in order, never twice. */

import { Refusal, recall, remember, random, say, upload } from "./wire.js";
import { dropPicture, keptPicture } from "./pictures.js";

const KEY = "msb-queue";
const LONGEST_PAUSE = 30000;

export class Queue {
  /* `told` hears of every change: (item, state, detail). States: waiting, sending, sent, refused. */
  constructor(told) {
    this.told = told;
    this.running = false;
    this.failures = 0;
    this.timer = 0;
    window.addEventListener("online", () => this.flush());
  }

  get items() {
    try {
      return JSON.parse(recall(KEY) ?? "[]");
    } catch {
      return [];
    }
  }

  set items(items) {
    remember(KEY, JSON.stringify(items));
  }

  add(message) {
    const item = { id: random(12), at: new Date().toISOString(), ...message };
    this.items = [...this.items, item];
    this.told(item, "waiting");
    this.flush();
    return item;
  }

  async flush() {
    if (this.running) return;
    this.running = true;
    clearTimeout(this.timer);
    try {
      /* One window at a time; another one may have sent ours meanwhile, so the list is read anew. */
      if (navigator.locks) await navigator.locks.request("msb-send", () => this.sendAll());
      else await this.sendAll();
    } finally {
      this.running = false;
    }
  }

  async sendAll() {
    for (let item = this.items[0]; item; item = this.items[0]) {
      this.told(item, "sending");
      try {
        const answer = await this.send(item);
        this.drop(item);
        this.failures = 0;
        await this.told(item, "sent", answer);
      } catch (error) {
        if (error instanceof Refusal && !error.passing) {
          this.drop(item);
          this.told(item, "refused", error.message);
          continue;
        }
        this.failures += 1;
        const reason = error instanceof Refusal ? error.message : "没有网络，连上后自动发送";
        for (const waiting of this.items) this.told(waiting, "waiting", reason);
        const pause = error.retryAfter ? error.retryAfter * 1000 : 1000 * 2 ** this.failures;
        this.timer = setTimeout(() => this.flush(), Math.min(pause, LONGEST_PAUSE));
        return;
      }
    }
  }

  async send(item) {
    const photos = [...(item.photos ?? [])];
    while ((item.pictures ?? []).length) {
      const picture = await keptPicture(item.pictures[0]);
      if (picture) photos.push(await upload(picture));
      await dropPicture(item.pictures[0]);
      item = { ...item, photos: [...photos], pictures: item.pictures.slice(1) };
      this.items = this.items.map((other) => (other.id === item.id ? item : other));
    }
    const { id, text, button, location, audience } = item;
    return say({ id, text: text ?? "", button, location, audience, photos });
  }

  drop(item) {
    this.items = this.items.filter((other) => other.id !== item.id);
  }
}
