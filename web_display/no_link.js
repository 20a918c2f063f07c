// @ts-check
/** The notice across the tablet that the station cannot be reached, and since when. */

import { number } from "./format.js";
import { t } from "./words.js";
import { hide, write } from "./write.js";

// A page that is being loaded has no link for a moment.
const LOADING_MS = 1000;

export class NoLink {
  #box;
  #since;
  #linkedMs;

  /** @param {HTMLElement} box holds `.since`, which is not read aloud every second */
  constructor(box) {
    const since = box.querySelector(".since");
    if (!since) throw new Error("the notice has no .since");
    this.#box = box;
    this.#since = since;
    this.#linkedMs = performance.now() + LOADING_MS;
  }

  /** @param {boolean} linked */
  show(linked) {
    const nowMs = performance.now();
    if (linked) this.#linkedMs = nowMs;
    hide(this.#box, linked || nowMs < this.#linkedMs);
    if (!linked) write(this.#since, t("page.no_link_since", { s: number(Math.max(0, nowMs - this.#linkedMs) / 1000) }));
  }
}
