// @ts-check
/** Belt speed in the unit of this tablet: km/h, mph or min/km. The wire has m/s alone. */

import { DASH, number } from "./format.js";
import { typedNumber } from "./kept_form.js";
import { remember, remembered } from "./preferences.js";
import { useSpeedWords } from "./words.js";

/** @typedef {"km/h" | "mph" | "min/km"} Unit */

/** @type {Unit[]} */ const UNITS = ["km/h", "mph", "min/km"];
const KMH = 3.6;
const MPH_MPS = 0.44704;
const M_PER_KM = 1000;
const S_PER_MIN = 60;
// As the station accepts.
const MOST_MPS = 12;

/** @type {Unit} */ let stations = "km/h";

/** Take over the unit that the station is set to, in sentences too. @param {Unit} unit */
export function useUnit(unit) {
  stations = unit;
  useSpeedWords((mps) => speedText(mps));
}

/** The unit chosen on this tablet, else the station's. @returns {Unit} */
export function speedUnit() {
  return UNITS.find((unit) => unit === remembered("speed_unit")) ?? stations;
}

/** The unit that comes after the one in use. */
export const nextUnit = () => UNITS[(UNITS.indexOf(speedUnit()) + 1) % UNITS.length];

/** Choose a unit on this tablet. @param {Unit} unit */
export function chooseUnit(unit) {
  remember("speed_unit", unit);
}

/**
 * A speed as it is typed, without its unit: "10.8", or "5:33" for a pace; a dash if unknown.
 * @param {number | null | undefined} mps
 * @param {Unit} [unit]
 */
export function speedNumber(mps, unit = speedUnit()) {
  if (mps === null || mps === undefined || !Number.isFinite(mps)) return DASH;
  if (unit !== "min/km") return number(unit === "km/h" ? mps * KMH : mps / MPH_MPS, 1);
  if (!(mps > 0)) return DASH;
  const seconds = Math.round(M_PER_KM / mps);
  return `${Math.floor(seconds / S_PER_MIN)}:${String(seconds % S_PER_MIN).padStart(2, "0")}`;
}

/** The same with its unit. @param {number | null | undefined} mps @param {Unit} [unit] */
export function speedText(mps, unit = speedUnit()) {
  const text = speedNumber(mps, unit);
  return text === DASH ? DASH : `${text} ${unit}`;
}

/**
 * A typed speed in m/s; null if empty, NaN if it is none or out of range. A pace is "5:30", or
 * minutes with a decimal comma or point.
 * @param {string} text
 * @param {Unit} [unit]
 * @returns {number | null}
 */
export function typedSpeed(text, unit = speedUnit()) {
  const value = unit === "min/km" ? typedPace(text) : typedNumber(text);
  if (value === null) return null;
  const mps = { "km/h": value / KMH, mph: value * MPH_MPS, "min/km": M_PER_KM / (S_PER_MIN * value) }[unit];
  return mps >= 0 && mps <= MOST_MPS + 1e-9 ? Math.min(mps, MOST_MPS) : Number.NaN;
}

/** Minutes per kilometre. @param {string} text */
function typedPace(text) {
  const found = /^\s*(\d{1,2}):([0-5]\d)\s*$/.exec(text);
  return found ? Number(found[1]) + Number(found[2]) / S_PER_MIN : typedNumber(text);
}

/** The end of the range, as shown: the quickest belt. @param {Unit} [unit] */
export function mostSpeed(unit = speedUnit()) {
  // A pace in whole seconds that is not quicker.
  return speedNumber(unit === "min/km" ? M_PER_KM / Math.ceil(M_PER_KM / MOST_MPS) : MOST_MPS, unit);
}
