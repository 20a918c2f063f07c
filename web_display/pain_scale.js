// @ts-check
/** Pain from 0 to 10 with side and place, and how it compares; used in a step and when a step is stopped. */

import { t } from "./words.js";

/** @typedef {import("./wire.d.ts").PainChange} PainChange */
/** @typedef {import("./wire.d.ts").Side} Side */
/** @typedef {{level: number, side: Side | null, place: string, change: PainChange | null}} PainTold */

const MOST = 10;
const MARKUP = `
  <div class="levels" role="group"></div>
  <div class="segments" role="group" data-part="side">
    <button type="button" data-side="left"></button><button type="button" data-side="right"></button>
  </div>
  <label><span data-part="place-words"></span><input name="place" maxlength="80" autocomplete="off"></label>
  <div class="segments" role="group" data-part="change">
    <button type="button" data-change="better"></button><button type="button" data-change="same"></button>
    <button type="button" data-change="worse"></button>
  </div>`;

export class PainScale {
  #root;
  #changed;
  /** @type {number | null} */ #level = null;
  /** @type {Side | null} */ #side = null;
  /** @type {PainChange | null} */ #change = null;

  /** @param {HTMLElement} root @param {() => void} changed called after every choice */
  constructor(root, changed) {
    this.#root = root;
    this.#changed = changed;
    root.innerHTML = MARKUP;
    const levels = this.#part(".levels");
    for (let level = 0; level <= MOST; level += 1) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "plain";
      button.dataset.level = button.textContent = String(level);
      levels.append(button);
    }
    root.addEventListener("click", (event) => this.#pressed(/** @type {HTMLElement} */ (event.target)));
    this.words();
  }

  /** What was chosen; null until a level was. @returns {PainTold | null} */
  get told() {
    const place = /** @type {HTMLInputElement} */ (this.#part("input")).value.trim();
    return this.#level === null ? null : { level: this.#level, side: this.#side, place, change: this.#change };
  }

  /** Empty it for the next answer. */
  clear() {
    this.#level = this.#side = this.#change = null;
    /** @type {HTMLInputElement} */ (this.#part("input")).value = "";
    this.#show();
  }

  /** Write its words in the page's language. */
  words() {
    this.#part(".levels").setAttribute("aria-label", t("pain.level"));
    this.#part("[data-part=side]").setAttribute("aria-label", t("pain.side"));
    this.#part("[data-part=change]").setAttribute("aria-label", t("pain.change"));
    this.#part("[data-part=place-words]").textContent = t("pain.place");
    for (const side of /** @type {Side[]} */ (["left", "right"])) this.#part(`[data-side=${side}]`).textContent = t(`visit_leg.${side}`);
    for (const change of /** @type {PainChange[]} */ (["better", "same", "worse"])) {
      this.#part(`[data-change=${change}]`).textContent = t(`pain_change.${change}`);
    }
    this.#show();
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(selector));
  }

  /** @param {HTMLElement} target */
  #pressed(target) {
    const { level, side, change } = target.closest("button")?.dataset ?? {};
    if (level !== undefined) this.#level = Number(level);
    // A second tap takes the choice back.
    if (side) this.#side = this.#side === side ? null : /** @type {Side} */ (side);
    if (change) this.#change = this.#change === change ? null : /** @type {PainChange} */ (change);
    this.#show();
    this.#changed();
  }

  #show() {
    for (const button of this.#root.querySelectorAll("button")) {
      const { level, side, change } = button.dataset;
      const on = level === String(this.#level) || (side !== undefined && side === this.#side) || (change !== undefined && change === this.#change);
      button.setAttribute("aria-pressed", String(on));
    }
  }
}
