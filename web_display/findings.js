// @ts-check
/** What the set-up check found, in the language of the page. */

import { number } from "./format.js";
import { hasWords, language, t } from "./words.js";

/** Decimals of what was measured. @type {Record<string, number>} */
const DIGITS = { roll: 1, lens_height: 1 };

/**
 * The sentence of one line; a finding that this page does not know is said as the station says it.
 * @param {Pick<import("./wire.d.ts").Check, "name" | "code" | "text" | "value">} check
 */
export function foundWords({ name, code, text, value }) {
  const key = code === "no_runner" ? "found_no_runner" : `found_${name}_${code}`;
  if (!hasWords(key)) return text;
  const shown = number(value === null ? null : Math.abs(value), DIGITS[name]);
  return t(key, { value: language() === "de" ? shown.replace(".", ",") : shown });
}
