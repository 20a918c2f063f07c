// @ts-check
/** Steps per minute with the target range, and a dot for each step. */

import { number } from "./format.js";
import { along } from "./geometry.js";
import { find, fitText, fitWord } from "./panels.js";
import { t } from "./words.js";
import { attribute, hide, write } from "./write.js";

/** @typedef {import("./wire.d.ts").Limits} Limits */
/** @typedef {import("./wire.d.ts").Side} Side */

// Margin of the bar on either side of the target, in steps a minute.
const ROUND_SPM = 16;

/** @typedef {"on_target" | "quicker" | "calmer"} Aim */

/**
 * A cadence compared with its target; null if either is unknown.
 * @param {number | null} cadenceSpm
 * @param {Limits | null} limits
 * @returns {Aim | null}
 */
export function aim(cadenceSpm, limits) {
  const [low, high] = [limits?.target_low_spm ?? null, limits?.target_high_spm ?? null];
  if (cadenceSpm === null || low === null || high === null) return null;
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
   * @param {Limits | null} limits
   * @param {string} activity the text when there is no target
   * @param {boolean} aiming whether the runner is running, so that the target applies
   */
  show(cadenceSpm, limits, activity, aiming) {
    fitText(find(this.#root, ".fitted"), number(cadenceSpm));
    const [low, high] = [limits?.target_low_spm ?? null, limits?.target_high_spm ?? null];
    const known = low !== null && high !== null;
    const now = aiming ? aim(cadenceSpm, limits) : null;
    attribute(this.#root, "data-aim", now ?? "none");
    fitWord(find(this.#root, "header"), now ? t(`page.${now}`) : "");
    const words = known && aiming ? t("page.target", { low: number(low), high: number(high) }) : activity;
    write(find(this.#root, ".activity"), words);
    this.#bar(known && aiming ? cadenceSpm : null, low, high);
  }

  /** @param {number | null} cadenceSpm @param {number | null} low @param {number | null} high */
  #bar(cadenceSpm, low, high) {
    const zone = find(this.#root, ".zone.aim");
    const marker = find(this.#root, ".marker.mean");
    hide(zone, low === null || high === null);
    hide(marker, cadenceSpm === null || low === null || high === null);
    if (low === null || high === null) return;
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

  /** Light one dot and clear the other, at a foot contact or metronome beat. @param {Side} side */
  beat(side) {
    this.#root.dataset.beat = side;
  }
}
