// @ts-check
/** Forms whose contents survive a lost link, a reload and a flat battery. */

import { number } from "./format.js";
import { remember, remembered } from "./preferences.js";

/** Save what is typed in every named field of a form, and restore it. @param {HTMLFormElement} form */
export function keepForm(form) {
  for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input:not([type=checkbox])"))) {
    const name = `${form.id}.${field.name}`;
    field.value = remembered(name) ?? field.value;
    if (remembered(name)) field.dataset.touched = "yes";
    field.addEventListener("input", () => {
      field.dataset.touched = field.value ? "yes" : "";
      remember(name, field.value);
    });
  }
}

/** Show the current value, unless the user is typing in the field. @param {HTMLInputElement} field @param {number | null} value @param {number} digits */
export function offer(field, value, digits) {
  if (field.dataset.touched === "yes" || document.activeElement === field || value === null) return;
  field.value = number(value, digits).replace("−", "-");
}

/** Reset the fields to the current values. @param {HTMLFormElement} form */
export function release(form) {
  for (const field of form.querySelectorAll("input")) {
    field.dataset.touched = "";
    remember(`${form.id}.${field.name}`, "");
  }
}

/**
 * Parse a typed number with a decimal comma or point; NaN if invalid, null if empty.
 * @param {string} text
 * @returns {number | null}
 */
export function typedNumber(text) {
  const plain = text.trim().replace(",", ".").replace("−", "-");
  if (plain === "") return null;
  return /^[+-]?\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
}
