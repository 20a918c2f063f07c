// @ts-check
/** What is wrong with the station and its pictures, in words. */

import { noticeWords } from "./words.js";

/** @typedef {import("./station_state.js").StationState} StationState */

// Long enough to read one of several that share a line.
const EACH_MS = 6000;

/** All that hold, the station's own first. @param {StationState} station @returns {string[]} */
export function notices(station) {
  const all = [...(station.health ? [noticeWords(station.health)] : []), ...station.notices.map(noticeWords)];
  return [...new Set(all.filter(Boolean))];
}

/** The one to show now, each in turn; empty if there is none. @param {StationState} station @param {number} nowMs */
export function noticeInTurn(station, nowMs) {
  const all = notices(station);
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
