// @ts-check
/** Numbers and states in words. Absent is a dash. */

/** @typedef {import("./wire.d.ts").Activity} Activity */
/** @typedef {import("./wire.d.ts").Health} Health */
/** @typedef {import("./wire.d.ts").Side} Side */
/** @typedef {import("./wire.d.ts").StationState} StationState */
/** @typedef {import("./wire.d.ts").VerdictState} VerdictState */

export const DASH = "–";
const MINUS = "−";

/** @type {Record<VerdictState, string>} */
const WORDS = {
  green: "good",
  amber: "watch",
  red: "too much",
  borderline: "on the line",
  unknown: "can’t tell yet",
};

/** @type {Record<Activity, string>} */
const ACTIVITIES = {
  running: "running",
  walking: "walking: cadence only",
  standing: "standing",
  absent: "nobody on the belt",
};

/** @type {Record<StationState, string>} */
const STATIONS = {
  starting: "starting",
  live: "live",
  degraded: "live, with limits",
  no_camera: "no camera",
  storage_full: "live, NOT RECORDING",
  ended: "ended",
  failed: "failed",
};

/** The word that goes with a verdict's shape. @param {VerdictState} state */
export function verdictWord(state) {
  return WORDS[state];
}

/** What the runner is doing. @param {Activity | null} activity */
export function activityWords(activity) {
  return activity === null ? "looking for a runner" : ACTIVITIES[activity];
}

/** @param {StationState} state */
export function stationWord(state) {
  return STATIONS[state];
}

/**
 * A number with a fixed count of decimals and a true minus sign.
 * @param {number | null | undefined} value
 * @param {number} [digits]
 */
export function number(value, digits = 0) {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/**
 * The same with a plus sign, for offsets.
 * @param {number | null | undefined} value
 * @param {number} [digits]
 */
export function signed(value, digits = 0) {
  const text = number(value, digits);
  return value && value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/**
 * A formatted number with its unit; a dash stays alone.
 * @param {string} text
 * @param {string} unit
 */
export function withUnit(text, unit) {
  return text === DASH ? DASH : `${text}${unit}`;
}

/** The letter of the runner's own side. @param {Side} side */
export function sideLetter(side) {
  return side === "left" ? "L" : "R";
}

/** @param {Side} side @param {boolean} near */
export function legName(side, near) {
  return `${sideLetter(side)} ${near ? "near" : "far"}`;
}

/** Capture time as minutes and seconds. @param {number | null} seconds */
export function clock(seconds) {
  if (seconds === null || !Number.isFinite(seconds)) return DASH;
  const whole = Math.max(0, Math.floor(seconds * 10 + 1e-6) / 10);
  const minutes = Math.floor(whole / 60);
  return `${minutes}:${(whole - 60 * minutes).toFixed(1).padStart(4, "0")}`;
}

/**
 * The health corner: how fast, how late, how much was lost, what state, and whether the machine is
 * too slow for all of it.
 * @param {Health} health
 * @param {number} lateMs
 * @returns {[string, string]} two short lines
 */
export function healthLines(health, lateMs) {
  const p95 = health.capture_to_pose_p95_ms;
  const late = p95 !== null && p95 > lateMs ? " LATE" : "";
  const slowed = health.shed ? " · slowed" : "";
  return [
    `${stationWord(health.state)} · ${withUnit(number(health.frame_rate_hz), " fps")}${slowed}`,
    `p95 ${withUnit(number(p95), " ms")}${late} · ${health.dropped} dropped`,
  ];
}

/**
 * What the picture says when it is not live; null when all is well.
 * @param {{linked: boolean, painted: boolean, quietS: number, station: StationState | null}} now
 *   whether the link stands, whether this page has ever painted, seconds without a picture
 */
export function pictureAlarm({ linked, painted, quietS, station }) {
  const quiet = `no picture for ${quietS.toFixed(1)} s`;
  if (!linked) return { loud: painted ? `link lost, ${quiet}` : "no link to the station", small: "trying again" };
  if (painted && quietS < 1) return null;
  if (station === "ended") return { loud: "the recording has ended", small: "" };
  if (station === "failed") return { loud: "the station has failed", small: painted ? quiet : "" };
  if (station === "no_camera") return { loud: "no camera", small: quiet };
  return painted ? { loud: quiet, small: "" } : { loud: "waiting for the first picture", small: "" };
}
