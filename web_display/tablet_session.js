// @ts-check
/** The lower half of the fifth tab: this session, its marks and its last strides. */

import { clock, localTime, number, withUnit } from "./format.js";
import { fillStrides } from "./panels.js";
import { speedText } from "./speed_units.js";
import { markWords } from "./tablet_trend.js";
import { t } from "./words.js";

/** @typedef {import("./tablet.js").Tools} Tools */

const ROWS = 24;

/** Show the current state. @param {Tools} tools */
export function showSession({ station, part }) {
  const session = station.session;
  /** @type {[string, string][]} */
  const facts = [
    [t("page.fact_name"), session?.name || t("page.no_session")],
    [t("page.fact_runner"), session?.runner || t("page.somebody")],
    [t("page.fact_started"), session?.started_at ? localTime(session.started_at) : "–"],
    [t("page.fact_speed"), beltWords(station.belt)],
    [t("page.fact_incline"), withUnit(number(session?.incline_pct, 1), " %")],
    [t("page.fact_strides"), String(station.count)],
    [t("page.fact_source"), station.health?.source ?? "–"],
  ];
  part("session-facts").replaceChildren(
    ...facts.flatMap(([name, value]) => {
      const [term, about] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name;
      about.textContent = value;
      return [term, about];
    }),
  );
  showMarks(part("marks"), station.marks);
  fillStrides(part("strides"), station.strides.slice(-ROWS));
}

/** The belt speed in use and its source, followed by any contradiction. @param {import("./wire.d.ts").Belt | null} belt */
export function beltWords(belt) {
  if (!belt || belt.speed_mps === null) return t("belt.none");
  const speed = `${speedText(belt.speed_mps)} (${number(belt.speed_mps, 2)} m/s)`;
  const said = t(`belt.${belt.source}`, { speed });
  if (!belt.notice) return said;
  const values = { unit: belt.likely_unit, entered: belt.entered_mps, treadmill: belt.treadmill_mps, seen: belt.seen_mps };
  return `${said}. ${t(`notice.${belt.notice}`, values)}`;
}

/** @param {HTMLElement} place @param {import("./wire.d.ts").Mark[]} marks newest last */
function showMarks(place, marks) {
  if (!marks.length) {
    const none = document.createElement("li");
    none.className = "quiet";
    none.textContent = t("page.marks_none");
    place.replaceChildren(none);
    return;
  }
  place.replaceChildren(
    ...[...marks].reverse().map((mark) => {
      const line = document.createElement("li");
      line.textContent = `${clock(mark.time_s)} · ${markWords(mark.kind)}${mark.note ? ` · ${mark.note}` : ""}`;
      return line;
    }),
  );
}
