// @ts-check
/** Numbers and states as text; a dash if absent. */

/** @typedef {import("./wire.d.ts").Activity} Activity */
/** @typedef {import("./wire.d.ts").Health} Health */
/** @typedef {import("./wire.d.ts").Side} Side */
/** @typedef {import("./wire.d.ts").StationState} StationState */
/** @typedef {import("./wire.d.ts").VerdictState} VerdictState */

import { decimal, speechLanguage, t } from "./words.js";

export const DASH = "–";

/** The word for a verdict's state. @param {VerdictState} state */
export function verdictWord(state) {
  return t(`state.${state}`);
}

/** The runner's activity. @param {Activity | null} activity */
export function activityWords(activity) {
  return t(`activity.${activity ?? "looking"}`);
}

/**
 * How far the legs can be trusted, and what to change; empty while they do not move.
 * @param {{legs_clarity?: import("./wire.d.ts").LegClarity, legs_flaw?: import("./wire.d.ts").LegFlaw} | null} state
 */
export function clarityWords(state) {
  const clarity = state?.legs_clarity ?? "unknown";
  return clarity === "unknown" ? "" : t(`legs.${clarity}`, { flaw: t(`leg_flaw.${state?.legs_flaw ?? "none"}`) });
}

/** @param {StationState} state */
export function stationWord(state) {
  return t(`station.${state}`);
}

/**
 * A number with fixed decimals and a true minus sign.
 * @param {number | null | undefined} value
 * @param {number} [digits]
 */
export function number(value, digits = 0) {
  return decimal(value, digits);
}

/**
 * The same with a plus sign for positive values, for offsets.
 * @param {number | null | undefined} value
 * @param {number} [digits]
 */
export function signed(value, digits = 0) {
  return decimal(value, digits, true);
}

/** Decimals of a limit: one where it has one, so that 22.5 is not shown as 22. @param {number} value */
export function limitDigits(value) {
  return Math.round(10 * value) % 10 === 0 ? 0 : 1;
}

/**
 * A formatted number with its unit; a dash gets none.
 * @param {string} text
 * @param {string} unit
 */
export function withUnit(text, unit) {
  return text === DASH ? DASH : `${text}${unit}`;
}

/** The letter of the runner's side. @param {Side} side */
export function sideLetter(side) {
  return t(side === "left" ? "page.left_letter" : "page.right_letter");
}

/** @param {Side} side @param {boolean} near */
export function legName(side, near) {
  return `${sideLetter(side)} ${t(near ? "page.near" : "page.far")}`;
}

/** Capture time as minutes and seconds. @param {number | null} seconds */
export function clock(seconds) {
  if (seconds === null || !Number.isFinite(seconds)) return DASH;
  const whole = Math.max(0, Math.floor(seconds * 10 + 1e-6) / 10);
  const minutes = Math.floor(whole / 60);
  return `${minutes}:${(whole - 60 * minutes).toFixed(1).padStart(4, "0")}`;
}

/** An instant in the time zone of this screen, which is named. @param {string} iso */
export function localTime(iso) {
  return new Date(iso).toLocaleString(speechLanguage(), {
    ...{ year: "numeric", month: "short", day: "numeric" },
    ...{ hour: "2-digit", minute: "2-digit", timeZoneName: "short" },
  });
}

/**
 * The health corner: frame rate, latency, drops, state, and whether the machine is overloaded.
 * @param {Health} health
 * @param {number} lateMs
 * @returns {[string, string]} two short lines
 */
export function healthLines(health, lateMs) {
  const p95 = health.capture_to_pose_p95_ms;
  const late = isLate(health, lateMs) ? ` ${t("page.late")}` : "";
  const slowed = health.shed ? ` · ${t("page.slowed")}` : "";
  return [
    `${stationWord(health.state)} · ${withUnit(number(health.frame_rate_hz), " fps")}${slowed}`,
    `p95 ${withUnit(number(p95), " ms")}${late} · ${t("page.dropped", { count: health.dropped })}`,
  ];
}

/** Whether a cue given now would be too late for its stride. @param {Health} health @param {number} lateMs */
export function isLate(health, lateMs) {
  return health.capture_to_pose_p95_ms !== null && health.capture_to_pose_p95_ms > lateMs;
}

// Raise the alarm within a second, but not on a page that takes fifteen pictures a second.
const QUIET_S = 0.6;
// The station reports the age of its newest frame, which distinguishes a dead camera from a dead link.
const CAMERA_AGE_S = 0.5;
// A camera that comes back sooner needs nobody's help.
const DROPOUT_S = 3;

/**
 * The text over a picture that is not live; null if it is.
 * @param {{linked: boolean, painted: boolean, quietS: number, station: StationState | null, frameAgeS: number | null}} now
 *   whether the link is up, whether this page has ever painted, seconds without a picture, the
 *   station's state, and the age of its newest frame in the last health report
 * @returns {{loud: string, small: string, remedies?: boolean} | null} whether what to do about a camera is to be shown
 */
export function pictureAlarm({ linked, painted, quietS, station, frameAgeS }) {
  const s = number(quietS, 1);
  if (!linked) return { loud: painted ? t("page.link_lost", { s }) : t("page.never_linked"), small: t("page.trying") };
  if (painted && quietS < QUIET_S) return null;
  const quiet = painted ? t("page.no_picture_for", { s }) : "";
  if (station === "ended") return { loud: t("page.recording_ended"), small: "" };
  if (station === "failed") return { loud: t("page.station_failed"), small: quiet };
  if (station === "no_camera" || (frameAgeS ?? 0) > CAMERA_AGE_S) return { loud: t("page.no_camera_for", { s }), small: "", remedies: !painted || quietS > DROPOUT_S };
  return painted ? { loud: quiet, small: "" } : { loud: t("page.first_picture"), small: "" };
}
