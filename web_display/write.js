// @ts-check
/**
 * Write into the page what has changed, and nothing else.
 *
 * A browser that is given the same text, attribute or `hidden` again lays out and paints anew all the
 * same; once a frame, that takes more of a small board than the pictures do.
 */

/** @param {Element} element @param {string} text */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLElement} element @param {boolean} hidden */
export function hide(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

/** @param {Element} element @param {string} name @param {string} value */
export function attribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
