// @ts-check
/** Puts the station display together: what arrives goes to the part of the page that shows it. */

import { CueLine, SHOWN_AT_MOST_S } from "./cue_line.js";
import { decodeBinary, decodeText, WireError } from "./decode.js";
import { activityWords, healthLines, legName, pictureAlarm } from "./format.js";
import { keepLink } from "./link.js";
import { Overlay } from "./overlay.js";
import { CadencePanel, FaultPanel, StrideTable } from "./panels.js";
import { Ribbon } from "./ribbon.js";
import { Still } from "./stills.js";

/** @typedef {import("./link.js").Ack} Ack */
/** @typedef {import("./wire.d.ts").FrameHeader} FrameHeader */
/** @typedef {import("./wire.d.ts").Fault} Fault */
/** @typedef {import("./wire.d.ts").Health} Health */
/** @typedef {import("./wire.d.ts").Hello} Hello */
/** @typedef {import("./wire.d.ts").Side} Side */
/** @typedef {import("./wire.d.ts").Stride} Stride */
/** @typedef {import("./wire.d.ts").StillHeader} StillHeader */
/** @typedef {import("./wire.d.ts").Text} Text */
/** @typedef {import("./wire.d.ts").Verdict} Verdict */

// A misread moment of walking must not blank the verdicts of a runner.
const MUTE_AFTER_MS = 2000;
const TICK_MS = 100;

/** @param {string} id */
function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** @param {string} id */
const canvas = (id) => /** @type {HTMLCanvasElement} */ (part(id));

const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const overlay = new Overlay(canvas("picture"), canvas("overlay"));
const ribbon = new Ribbon(canvas("ribbon"), calm);
const faults = {
  knees_forward: new FaultPanel(part("knees-forward"), { signed: true, unit: " %" }),
  bent_push_off: new FaultPanel(part("bent-push-off"), { signed: false, unit: "°" }),
};
const stills = { peak_knee_flexion: new Still(part("still-knee")), toe_off: new Still(part("still-push-off")) };
const cadence = new CadencePanel(part("cadence"));
const table = new StrideTable(part("strides"));
const cueLine = new CueLine();

const now = {
  linked: false,
  /** @type {Hello | null} */ hello: null,
  /** @type {Health | null} */ health: null,
  /** @type {import("./wire.d.ts").State | FrameHeader | null} */ state: null,
  /** @type {Map<string, Verdict>} */ verdicts: new Map(),
  /** @type {Record<Side, Stride | null>} */ latest: { left: null, right: null },
  /** @type {import("./wire.d.ts").Cue | null} */ cue: null,
  paintedAt: -Infinity,
  startedAt: performance.now(),
  runningAt: -Infinity,
  seq: 0,
};

/** @type {{frame: FrameHeader, bitmap: ImageBitmap, ack: Ack} | null} */
let waiting = null;

/** @param {string} data */
function onText(data) {
  const message = decodeText(data);
  switch (message.type) {
    case "hello":
      now.hello = message;
      faults.knees_forward.setBand(message.knees_forward);
      faults.bent_push_off.setBand(message.bent_push_off);
      break;
    case "state":
      now.state = message;
      break;
    case "stride":
      now.latest[message.side] = message;
      table.add(message);
      break;
    case "verdict":
      now.verdicts.set(`${message.side} ${message.fault}`, message);
      break;
    case "event":
      if (message.kind === "initial_contact") cadence.beat(message.side);
      break;
    case "cue":
      takeCue(message);
      break;
    case "health":
      now.health = message;
      break;
    default:
      break;
  }
  showWords();
}

/**
 * A cue told again after a connection is old news, unless it is still fresh.
 * @param {import("./wire.d.ts").Cue} cue
 */
function takeCue(cue) {
  const known = now.cue && now.cue.issued_at_s === cue.issued_at_s && now.cue.wording === cue.wording;
  const age = (now.state?.time_s ?? 0) - (cue.issued_at_s ?? 0);
  now.cue = cue;
  if (!known && age < SHOWN_AT_MOST_S) cueLine.take(cue.wording);
}

/** @param {ArrayBuffer} data @param {Ack} ack */
async function onBinary(data, ack) {
  const { header, jpeg } = decodeBinary(data);
  const bitmap = jpeg.length ? await picture(jpeg) : null;
  if (header.type === "still") showStill(header, bitmap);
  else if (bitmap === null) ack(header.seq);
  else queuePaint(header, bitmap, ack);
}

/** A picture that cannot be decoded is none. @param {Uint8Array<ArrayBuffer>} jpeg */
function picture(jpeg) {
  return createImageBitmap(new Blob([jpeg], { type: "image/jpeg" })).catch(() => null);
}

/** @param {FrameHeader} frame @param {ImageBitmap} bitmap @param {Ack} ack */
function queuePaint(frame, bitmap, ack) {
  if (frame.seq <= now.seq) {
    // Decoded out of order: a newer picture is already there.
    bitmap.close();
    return;
  }
  now.seq = frame.seq;
  if (waiting) waiting.bitmap.close();
  else requestAnimationFrame(paint);
  waiting = { frame, bitmap, ack };
}

function paint() {
  if (!waiting) return;
  const { frame, bitmap, ack } = waiting;
  waiting = null;
  overlay.paint(frame, bitmap);
  ribbon.add(frame);
  bitmap.close();
  now.paintedAt = performance.now();
  ack(frame.seq, now.paintedAt);
  now.state = frame;
  part("view").dataset.frame = String(frame.frame);
  showWords();
}

/** @param {StillHeader} header @param {ImageBitmap | null} bitmap */
function showStill(header, bitmap) {
  const far = now.state?.near_side ? header.side !== now.state.near_side : !header.near;
  if (far || header.kind === "initial_contact") bitmap?.close();
  else stills[header.kind].show(header, bitmap, band(header.kind));
}

/** @param {"peak_knee_flexion" | "toe_off"} kind */
function band(kind) {
  return kind === "toe_off" ? now.hello?.bent_push_off : now.hello?.knees_forward;
}

/** Everything that is words and bars; cheap, so it is simply shown again. */
function showWords() {
  const state = now.state;
  const side = state?.near_side ?? null;
  const mute = muted();
  const latest = side && now.latest[side]?.valid ? now.latest[side] : null;
  const metrics = {
    knees_forward: latest?.knee_toe_offset_pct ?? null,
    bent_push_off: latest?.knee_flexion_push_off_deg ?? null,
  };
  for (const fault of /** @type {Fault[]} */ (["knees_forward", "bent_push_off"])) {
    const verdict = side ? now.verdicts.get(`${side} ${fault}`) : null;
    faults[fault].show(verdict ?? null, metrics[fault], mute);
  }
  const silent = silence();
  cadence.show(silent ? null : (state?.cadence_spm ?? null), silent ?? activityWords(state?.activity ?? null));
  const far = side === "left" ? "right" : "left";
  part("near-leg").textContent = side ? `${legName(side, true)} leg` : "";
  part("far-leg").textContent = side ? `${legName(far, false)} leg: not judged from this side` : "";
  part("legs").hidden = !side;
  if (now.health) {
    const lines = now.linked ? healthLines(now.health, now.hello?.late_ms ?? Infinity) : ["no link", ""];
    part("health-state").textContent = lines[0];
    part("health-speed").textContent = lines[1];
  }
}

/** Why nothing that is known is of now, in words; null while pictures come. */
function silence() {
  if (performance.now() - now.paintedAt < MUTE_AFTER_MS) return null;
  return now.linked ? "no picture" : "no link to the station";
}

/** Why no verdict can be shown now, in words; null while there is a runner to judge. */
function muted() {
  const silent = silence();
  if (silent !== null) return silent;
  const activity = now.state?.activity ?? null;
  if (activity === "running") now.runningAt = performance.now();
  return performance.now() - now.runningAt < MUTE_AFTER_MS ? null : activityWords(activity);
}

/** What must be said also when nothing arrives. */
function tick() {
  const time = performance.now();
  const painted = Number.isFinite(now.paintedAt);
  const alarm = pictureAlarm({
    linked: now.linked,
    painted,
    quietS: (time - (painted ? now.paintedAt : now.startedAt)) / 1000,
    station: now.health?.state ?? null,
  });
  part("view").classList.toggle("stale", alarm !== null);
  part("alarm").hidden = alarm === null;
  part("alarm-loud").textContent = alarm?.loud ?? "";
  part("alarm-small").textContent = alarm?.small ?? "";
  const cue = now.linked ? cueLine.at(time / 1000) : null;
  const notice = now.linked ? (now.health?.notice ?? "") : "link lost, trying again";
  part("cue").textContent = cue ?? notice;
  part("cue-line").dataset.kind = cue ? "cue" : notice ? "notice" : "quiet";
  showWords();
}

keepLink(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/live`, {
  opened() {
    now.linked = true;
    now.seq = 0;
    // A restarted station counts its time anew, and tells all that is still true.
    now.verdicts.clear();
    now.latest = { left: null, right: null };
    table.clear();
  },
  lost() {
    now.linked = false;
  },
  text: (data) => guarded(() => onText(data)),
  binary: (data, ack) => guarded(() => onBinary(data, ack)),
});

/**
 * A message of another version must not end the display; what it lacks shows as stale.
 * @param {() => void | Promise<void>} handle
 */
async function guarded(handle) {
  try {
    await handle();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    console.warn(error.message);
  }
}

window.addEventListener("resize", () => Object.values(stills).forEach((still) => still.draw()));
setInterval(tick, TICK_MS);
tick();
