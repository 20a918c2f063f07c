// @ts-check
/** The metronome's controls: baseline plus 5 to 8 spm by a slow ramp, at most 10 % above baseline. */

import { number } from "./format.js";
import { t } from "./words.js";

/** @typedef {import("./tablet.js").Tools} Tools */

export const MORE_SPM = { least: 5, usual: 6, most: 8 };
const CAP = 1.1;
const RAMP_SPM_PER_S = 2 / 30;

/**
 * The command for the station.
 * @param {number} baseSpm the runner's baseline cadence
 * @param {number} more steps a minute above it, clamped to 5 to 8 and to 10 %
 */
export function metronomeFor(baseSpm, more) {
  const held = Math.min(MORE_SPM.most, Math.max(MORE_SPM.least, more));
  const target = Math.min(Math.round(baseSpm + held), Math.floor(baseSpm * CAP));
  return { target_spm: target, from_spm: Math.round(baseSpm), ramp_s: (target - Math.round(baseSpm)) / RAMP_SPM_PER_S };
}

export class Metronomy {
  #tools;
  #more = MORE_SPM.usual;

  /** @param {Tools} tools */
  constructor(tools) {
    this.#tools = tools;
    tools.press("metronome-on", () => this.#set(!tools.station.display?.metronome_on));
    tools.press("slower", () => this.#change(-1));
    tools.press("faster", () => this.#change(1));
  }

  get #base() {
    return this.#tools.station.limits?.baseline_spm ?? null;
  }

  /** @param {number} by */
  async #change(by) {
    this.#more = Math.min(MORE_SPM.most, Math.max(MORE_SPM.least, this.#more + by));
    if (this.#tools.station.display?.metronome_on) await this.#set(true);
    this.show();
  }

  /** @param {boolean} on */
  async #set(on) {
    const base = this.#base;
    if (on && base === null) return;
    await this.#tools.send({ type: "set_metronome", on, ...(on && base !== null ? metronomeFor(base, this.#more) : {}) });
  }

  show() {
    const { part, station } = this.#tools;
    const on = Boolean(station.display?.metronome_on);
    const base = this.#base;
    const button = /** @type {HTMLButtonElement} */ (part("metronome-on"));
    button.textContent = t(on ? "page.metronome_stop" : "page.metronome_start");
    button.setAttribute("aria-pressed", String(on));
    const target = base === null ? null : metronomeFor(base, this.#more).target_spm;
    part("metronome-spm").textContent = number(on ? (station.display?.metronome_spm ?? null) : target);
    part("metronome-words").textContent =
      base === null ? t("page.metronome_no_base") : t("page.metronome_base", { base: number(base), more: this.#more });
    part("metronome").classList.toggle("unready", base === null && !on);
  }
}
