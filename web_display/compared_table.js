// @ts-check
/** The changes between two sessions as table rows: before, after, change, interpretation. */

import { limitDigits, number, sideLetter, signed } from "./format.js";
import { metricWords, t } from "./words.js";

/** @typedef {import("./archive.js").Change} Change */
/** @typedef {import("./archive.js").Comparison} Comparison */

/** The rows of every leg that was judged in both sessions. @param {Comparison | null} comparison */
export function comparedRows(comparison) {
  return (comparison?.legs ?? []).flatMap(({ side, changes }) => changes.map((change) => rowOf(sideLetter(side), change)));
}

/** @param {string} leg @param {Change} change */
function rowOf(leg, change) {
  const row = document.createElement("tr");
  row.dataset.judged = change.judged;
  const limit = change.limit === null ? "" : ` (${number(change.limit, limitDigits(change.limit))})`;
  const cells = [
    metricWords(/** @type {import("./words.js").Metric} */ (change.metric)),
    leg,
    valueWords(change.before, change.before_strides),
    valueWords(change.after, change.after_strides),
    changeWords(change),
    `${t(`judged.${change.judged}`)}${limit}`,
  ];
  row.append(
    ...cells.map((text, index) => {
      const cell = document.createElement(index ? "td" : "th");
      if (!index) cell.setAttribute("scope", "row");
      cell.textContent = text;
      return cell;
    }),
  );
  return row;
}

/** @param {number | null} mean @param {number} strides */
function valueWords(mean, strides) {
  return `${number(mean, 1)} (${strides})`;
}

/** A change with its 95 % interval. @param {Change} change */
function changeWords({ change, low, high }) {
  const text = signed(change, 1);
  return low === null || high === null ? text : `${text} (${t("page.interval", { low: signed(low, 1), high: signed(high, 1) })})`;
}
