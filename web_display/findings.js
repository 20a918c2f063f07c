// @ts-check
/** The findings of the set-up check in the page's language. */

import { t } from "./words.js";

/** @typedef {import("./words.js").Key} Key */

/** The sentence of one line. @param {Pick<import("./wire.d.ts").Check, "name" | "code" | "value">} check */
export function foundWords({ name, code, value }) {
  const key = code === "no_runner" ? "found.no_runner" : `found.${name}_${code}`;
  return t(/** @type {Key} */ (key), { value: value === null ? null : Math.abs(value) });
}
