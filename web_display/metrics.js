// @ts-check
/** Formatting of metrics, from the station's greeting. */

import { DASH, number, signed, withUnit } from "./format.js";
import { t } from "./words.js";

/** @typedef {import("./wire.d.ts").Hello} Hello */
/** @typedef {import("./wire.d.ts").MetricFacts} MetricFacts */
/** @typedef {import("./wire.d.ts").Stride} Stride */
/** @typedef {`metric.${import("./words.js").Metric}.label`} MetricLabel */

/** @type {Map<string, MetricFacts>} */
const FACTS = new Map();

/** Use the formatting of this greeting from now on. @param {Hello} hello */
export function useMetrics(hello) {
  FACTS.clear();
  for (const facts of hello.metrics) FACTS.set(facts.name, facts);
}

/** A stride's metric with its decimals, sign and unit. @param {Stride} stride @param {keyof Stride} name */
export function metricText(stride, name) {
  const facts = FACTS.get(name);
  const value = /** @type {number | null} */ (stride[name]);
  if (!facts) return DASH;
  const text = facts.signed ? signed(value, facts.decimals) : number(value, facts.decimals);
  return withUnit(text, shortUnit(facts.unit));
}

/**
 * Fill a table with every metric of the greeting: one row a metric, one column a stride.
 * @param {HTMLElement} body @param {Stride[]} strides
 */
export function drawMetrics(body, strides) {
  body.replaceChildren(...[...FACTS.values()].map((facts) => metricRow(facts, strides)));
}

/** @param {MetricFacts} facts @param {Stride[]} strides */
function metricRow(facts, strides) {
  const row = document.createElement("tr");
  const label = document.createElement("th");
  label.scope = "row";
  label.textContent = t(/** @type {MetricLabel} */ (`${facts.words}.label`));
  row.append(label);
  for (const stride of strides) {
    const cell = document.createElement("td");
    cell.textContent = metricText(stride, /** @type {keyof Stride} */ (facts.name));
    row.append(cell);
  }
  return row;
}

/** Short form of a unit: "% of shank" is " %" after a number. @param {string} unit */
function shortUnit(unit) {
  const [short] = unit.split(" ");
  return short === "°" ? short : ` ${short}`;
}
