// @ts-check
/** What is wrong with the station and its pictures, in words. */

import { noticeWords } from "./words.js";

/** @typedef {import("./told.js").Told} Told */

// Long enough to read one of several that share a line.
const EACH_MS = 6000;

/** All that hold, the station's own first. @param {Told} told @returns {string[]} */
export function notices(told) {
  const all = [...(told.health ? [noticeWords(told.health)] : []), ...told.notices.map(noticeWords)];
  return [...new Set(all.filter(Boolean))];
}

/** The one to show now, each in turn; empty if there is none. @param {Told} told @param {number} nowMs */
export function noticeInTurn(told, nowMs) {
  const all = notices(told);
  return all[Math.floor(nowMs / EACH_MS) % all.length] ?? "";
}

/** List them; nothing is written while they stay the same. @param {HTMLElement} place @param {string[]} lines */
export function listNotices(place, lines) {
  const key = lines.join("\n");
  if (place.dataset.written === key) return;
  place.dataset.written = key;
  place.hidden = !lines.length;
  place.replaceChildren(
    ...lines.map((line) => {
      const item = document.createElement("li");
      item.textContent = line;
      return item;
    }),
  );
}
