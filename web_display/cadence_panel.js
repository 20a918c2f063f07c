// @ts-check
/** Steps per minute with the target range, and a dot for each step. */

import { number } from "./format.js";
import { along } from "./geometry.js";
import { find, fitText, fitWord } from "./panels.js";
import { t } from "./words.js";
import { attribute, hide, write } from "./write.js";

/** @typedef {[number, number]} Range lower and upper end, steps a minute */
/** @typedef {import("./wire.d.ts").Side} Side */

// Margin of the bar on either side of the target, in steps a minute.
const ROUND_SPM = 16;

/** @typedef {"on_target" | "quicker" | "calmer"} Aim */

/**
 * A cadence compared with its target; null if either is absent.
 * @param {number | null} cadenceSpm
 * @param {Range | null} target
 * @returns {Aim | null}
 */
export function aim(cadenceSpm, target) {
  if (cadenceSpm === null || target === null) return null;
  const [low, high] = target;
  const shown = Math.round(cadenceSpm);
  if (shown < low) return "quicker";
  return shown > high ? "calmer" : "on_target";
}

export class CadencePanel {
  #root;
  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
  }

  /**
   * @param {number | null} cadenceSpm
   * @param {Range | null} target that the runner is asked for; null while none is
   * @param {string} activity the text when there is no target
   */
  show(cadenceSpm, target, activity) {
    fitText(find(this.#root, ".fitted"), number(cadenceSpm));
    const now = aim(cadenceSpm, target);
    attribute(this.#root, "data-aim", now ?? "none");
    fitWord(find(this.#root, "header"), now ? t(`page.${now}`) : "");
    const words = target ? t("page.target", { low: number(target[0]), high: number(target[1]) }) : activity;
    write(find(this.#root, ".activity"), words);
    this.#bar(cadenceSpm, target);
  }

  /** @param {number | null} cadenceSpm @param {Range | null} target */
  #bar(cadenceSpm, target) {
    const zone = find(this.#root, ".zone.aim");
    const marker = find(this.#root, ".marker.mean");
    hide(zone, target === null);
    hide(marker, cadenceSpm === null || target === null);
    for (const name of ["low", "high"]) hide(find(this.#root, `.limit.${name}`), target === null);
    if (target === null) return;
    const [low, high] = target;
    const band = { low: low - ROUND_SPM, high: high + ROUND_SPM };
    zone.style.left = `${100 * along(low, band)}%`;
    zone.style.width = `${100 * (along(high, band) - along(low, band))}%`;
    for (const [name, value] of /** @type {[string, number][]} */ ([["low", low], ["high", high]])) {
      const mark = find(this.#root, `.limit.${name}`);
      write(mark, number(value));
      mark.style.left = `${100 * along(value, band)}%`;
    }
    if (cadenceSpm !== null) marker.style.left = `${100 * along(cadenceSpm, band)}%`;
  }

  /** Light one dot and clear the other, at a foot contact or metronome beat; null clears both. @param {Side | null} side */
  beat(side) {
    if (side) this.#root.dataset.beat = side;
    else delete this.#root.dataset.beat;
  }
}
