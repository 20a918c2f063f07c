// @ts-check
/** The station's screens of a visit that say one thing: welcome, stand still, raises, thank you. */

import { number, withUnit } from "./format.js";
import { find } from "./panels.js";
import { hasWords, t } from "./words.js";
import { attribute, hide, write } from "./write.js";

/** @typedef {import("./station_state.js").StationState} StationState */
/** @typedef {import("./wire.d.ts").Exercise} Exercise */

/** The name of the exercise of calf raises. */
export const RAISES = "calf_raise";
/** From here on a raise is full; the bar's mark. */
const FULL_PCT = 90;
/** The bar ends above full height: some raise higher than before. */
const BAR_PCT = 120;

/** What to do now, and what keeps it from counting. @param {Exercise | null} raises */
export function raiseWords(raises) {
  const key = `raise.${raises?.code ?? "waiting"}`;
  return hasWords(key) ? t(key) : "";
}

/** What became of the last raise, with its fault if it has one; empty before the first. @param {Exercise | null} raises */
export function lastRaiseWords(raises) {
  const { last_kind: kind = "", fault = "" } = raises?.labels ?? {};
  const said = [`raise_kind.${kind}`, `raise_fault.${fault}`].filter(hasWords).map((key) => t(key));
  return said.join(", ");
}

/** The counts of a set. @param {Exercise | null} raises */
export function raiseCounts(raises) {
  const count = (/** @type {string} */ name) => raises?.values[name] ?? null;
  return { full: count("full_count") ?? 0, partial: count("partial_count") ?? 0, target: count("target_count"), height: count("height_now_pct") };
}

export class StepScreen {
  #root;
  #station;

  /** @param {HTMLElement} root holds `.loud`, `.small`, a progress bar and `.raises` @param {StationState} station */
  constructor(root, station) {
    this.#root = root;
    this.#station = station;
  }

  /**
   * Show the station's state.
   * @param {string} mode
   * @param {number | null} beats beats of the metronome so far, the first of which is up; null while it is silent
   */
  show(mode, beats) {
    const { neutral } = this.#station;
    attribute(this.#root, "data-screen", mode);
    const measuring = mode === "stand_still" && neutral?.state === "measuring";
    const progress = /** @type {HTMLProgressElement} */ (find(this.#root, "progress"));
    hide(progress, !measuring);
    attribute(progress, "value", String(neutral?.progress ?? 0));
    hide(find(this.#root, ".raises"), mode !== "raises");
    switch (mode) {
      case "welcome":
        return this.#say(t("screen.welcome"), t("screen.welcome_words"));
      case "stand_still": {
        const key = `stance.${neutral?.code ?? ""}`;
        return this.#say(t("screen.stand_still"), hasWords(key) ? t(key) : t("stance.waiting"));
      }
      case "thanks":
        return this.#say(t("screen.thanks"), t("screen.thanks_words"));
      case "raises":
        return this.#raises(beats);
      default:
        return this.#say("", "");
    }
  }

  /** @param {number | null} beats */
  #raises(beats) {
    const raises = this.#station.exercise(RAISES);
    const { full, partial, target, height } = raiseCounts(raises);
    this.#say("", lastRaiseWords(raises) || raiseWords(raises));
    write(find(this.#root, ".count"), number(full));
    write(find(this.#root, ".of"), target ? t("screen.raises_of", { target: number(target) }) : t("screen.raises"));
    write(find(this.#root, ".partial"), t("screen.raises_partial", { count: partial }));
    write(find(this.#root, ".updown"), beats === null ? "" : t(beats % 2 ? "screen.down" : "screen.up"));
    const bar = find(this.#root, ".height");
    const share = (/** @type {number} */ pct) => `${(100 * Math.min(BAR_PCT, Math.max(0, pct))) / BAR_PCT}%`;
    find(bar, ".now").style.height = share(height ?? 0);
    find(bar, ".mark").style.bottom = share(FULL_PCT);
    attribute(bar, "data-full", String((height ?? 0) >= FULL_PCT));
    attribute(bar, "aria-label", t("screen.raise_height", { height: withUnit(number(height), " %") }));
  }

  /** @param {string} loud @param {string} small */
  #say(loud, small) {
    write(find(this.#root, ".loud"), loud);
    write(find(this.#root, ".small"), small);
  }
}
