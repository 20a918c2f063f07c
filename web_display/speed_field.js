// @ts-check
/** A field for the belt speed, in the unit of this tablet. */

import { remember, remembered } from "./preferences.js";
import { mostSpeed, speedNumber, speedUnit, typedSpeed } from "./speed_units.js";
import { t } from "./words.js";

/** @typedef {import("./speed_units.js").Unit} Unit */

export class SpeedField {
  #input;
  #label;
  #kept;

  /** @param {HTMLInputElement} input of a form kept by `keepForm` @param {HTMLElement} label */
  constructor(input, label) {
    this.#input = input;
    this.#label = label;
    this.#kept = `${input.form?.id}.${input.name}`;
  }

  /** The speed typed in m/s; null if empty, NaN if it is none. */
  get mps() {
    this.show();
    return typedSpeed(this.#input.value);
  }

  /** What a belt speed must be, in the unit in use. */
  get rule() {
    if (speedUnit() === "min/km") return t("page.wrong_pace", { least: mostSpeed() });
    return t("page.wrong_speed", { most: mostSpeed(), unit: speedUnit() });
  }

  /** Follow the unit: when it has changed since, the speed stays, not the number. */
  show() {
    const unit = speedUnit();
    this.#label.textContent = t("page.speed_in", { unit });
    // A pace has a colon, which the keys for decimals lack.
    this.#input.inputMode = unit === "min/km" ? "text" : "decimal";
    const before = /** @type {Unit} */ (remembered(`${this.#kept}_unit`) ?? "km/h");
    if (before === unit) return;
    remember(`${this.#kept}_unit`, unit);
    const mps = typedSpeed(this.#input.value, before);
    if (mps === null) return;
    this.#input.value = mps > 0 ? speedNumber(mps, unit) : "";
    remember(this.#kept, this.#input.value);
  }
}
