// @ts-check
/** The station display: passes messages to the parts of the page that show them. */

import { CadencePanel } from "./cadence_panel.js";
import { CueLine, SHOWN_AT_MOST_S } from "./cue_line.js";
import { decodeBinary } from "./decode.js";
import { activityWords, healthLines, isLate, legName } from "./format.js";
import { guarded, keepLink, liveUrl } from "./link.js";
import { decoded, LiveView } from "./live_view.js";
import { Modes } from "./modes.js";
import { noticeInTurn } from "./notices.js";
import { FaultPanel, fillStrides } from "./panels.js";
import { PairingPanel } from "./pairing_panel.js";
import { applyPreferences } from "./preferences.js";
import { Ribbon } from "./ribbon.js";
import { addShapes } from "./shapes.js";
import { Sound } from "./sound.js";
import { addChoices } from "./station_choices.js";
import { StepScreen } from "./step_screen.js";
import { Still } from "./stills.js";
import { StationState } from "./station_state.js";
import { cueWords, t } from "./words.js";
import { attribute, hide, write } from "./write.js";

/** @typedef {import("./link.js").Ack} Ack */
/** @typedef {import("./wire.d.ts").FrameHeader} FrameHeader */
/** @typedef {import("./wire.d.ts").Fault} Fault */
/** @typedef {import("./wire.d.ts").StillHeader} StillHeader */

// A brief false detection of walking must not hide a runner's verdicts.
const MUTE_AFTER_MS = 2000;
const TICK_MS = 100;
const ROWS = 6;
const STEP_SCREENS = new Set(["welcome", "stand_still", "raises", "thanks"]);
/** The instant at which each fault is seen. */
const INSTANT = /** @type {const} */ ({ knees_forward: "peak_knee_flexion", bent_push_off: "toe_off" });

/** @param {string} id */
function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

addShapes();
await applyPreferences();

const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const station = new StationState();
const view = new LiveView(part("view"), painted, false);
const ribbon = new Ribbon(/** @type {HTMLCanvasElement} */ (part("ribbon")), calm);
const faults = {
  knees_forward: new FaultPanel(part("knees-forward"), { signed: true, unit: " %" }),
  bent_push_off: new FaultPanel(part("bent-push-off"), { signed: false, unit: "°" }),
};
const stills = { peak_knee_flexion: new Still(part("still-knee")), toe_off: new Still(part("still-push-off")) };
const cadence = new CadencePanel(part("cadence"));
const cueLine = new CueLine();
const sound = new Sound(part("sound"));
const modes = new Modes(part("station"), station, view);
const stepScreen = new StepScreen(part("step"), station);
const pairing = new PairingPanel(part("pairing"));
let runningMs = -Infinity;
let shownCue = "";

/** @param {import("./link.js").Message} message */
function onText(message) {
  const known = station.cue;
  station.take(message);
  switch (message.type) {
    case "stride":
      fillStrides(part("strides"), station.strides.slice(-ROWS));
      break;
    case "event":
      if (message.kind === "initial_contact" && !sound.beats()) cadence.beat(message.side);
      break;
    case "cue":
      takeCue(message, known);
      break;
    case "visit":
    case "feedback":
      turn();
      break;
    case "display":
      turn();
      sound.follow(message);
      if (!sound.beats()) cadence.beat(null);
      modes.follow(message);
      break;
    case "pairing":
      pairing.show(station.pairing);
      break;
    default:
      break;
  }
  showWords();
}

/** Show the screen of the visit's step; where that is the time alone, nothing of before goes on. */
function turn() {
  modes.turn();
  if (modes.still) cueLine.clear();
  sound.still(modes.still);
}

/**
 * A cue repeated after a reconnection is shown only while fresh: a late one does not belong to the
 * stride that the runner feels.
 * @param {import("./wire.d.ts").Cue} cue
 * @param {import("./wire.d.ts").Cue | null} last
 */
function takeCue(cue, last) {
  const known = last && last.issued_at_s === cue.issued_at_s && last.kind === cue.kind;
  const age = (station.state?.time_s ?? 0) - (cue.issued_at_s ?? 0);
  const late = station.health && isLate(station.health, station.hello?.late_ms ?? Infinity);
  if (!known && !late && !modes.still && age < SHOWN_AT_MOST_S) cueLine.take(cueWords(cue, station.limits));
}

/** @param {ArrayBuffer} data @param {Ack} ack */
async function onBinary(data, ack) {
  const { header, jpeg } = decodeBinary(data);
  if (header.type === "still") showStill(header, await decoded(jpeg));
  else if (station.concerns(header)) await view.take(header, jpeg, ack);
  else ack(header.seq);
}

/** @param {FrameHeader} frame */
function painted(frame) {
  ribbon.add(frame);
  station.see(frame);
  showWords();
}

/** @param {StillHeader} header @param {ImageBitmap | null} bitmap */
function showStill(header, bitmap) {
  const far = station.near ? header.side !== station.near : !header.near;
  if (far || header.kind === "initial_contact" || !station.concerns(header)) return bitmap?.close();
  stills[header.kind].take(header, bitmap);
  showWords();
}

/** Drop what the parts of the page show of the previous runner. */
function forgetRunner() {
  runningMs = -Infinity;
  shownCue = "";
  cueLine.clear();
  sound.hush();
  ribbon.clear();
  cadence.beat(null);
  view.forgetRunner();
  modes.forgetRunner();
  Object.values(stills).forEach((still) => still.clear());
  fillStrides(part("strides"), []);
  showWords();
  showCue();
}

/** Update text and bars; called for every picture, writes only changes. */
function showWords() {
  const { state, near: side } = station;
  const mute = muted();
  const latest = side && station.latest[side]?.valid ? station.latest[side] : null;
  const metrics = {
    knees_forward: latest?.knee_toe_offset_pct ?? null,
    bent_push_off: latest?.knee_flexion_push_off_deg ?? null,
  };
  for (const fault of /** @type {Fault[]} */ (["knees_forward", "bent_push_off"])) {
    const band = station.band(side, fault);
    const verdict = station.verdict(side, fault);
    faults[fault].setBand(band);
    faults[fault].show(verdict, metrics[fault], mute);
    stills[INSTANT[fault]].obey(mute === null ? verdict : null, band);
  }
  const mode = part("station").dataset.mode ?? "";
  hide(part("step"), !STEP_SCREENS.has(mode));
  stepScreen.show(mode, sound.beats()?.beats ?? null);
  const silent = silence();
  const activity = silent ?? activityWords(state?.activity ?? null);
  cadence.show(silent ? null : (state?.cadence_spm ?? null), mute === null ? station.target : null, activity);
  const far = side === "left" ? "right" : "left";
  const seen = side !== null && state?.activity !== "absent";
  write(part("near-leg"), seen ? t("page.near_leg", { leg: letter(side) }) : "");
  write(part("far-leg"), seen ? t("page.far_leg", { leg: letter(far) }) : "");
  hide(part("legs"), !seen);
  hide(part("on-record"), !station.health?.video);
  if (station.health) {
    const lines = station.linked ? healthLines(station.health, station.hello?.late_ms ?? Infinity) : [t("page.no_link"), ""];
    write(part("health-state"), lines[0]);
    write(part("health-speed"), lines[1]);
  }
}

/** @param {import("./wire.d.ts").Side} side */
const letter = (side) => legName(side, true).split(" ")[0];

/** Why the display is not current, in words; null while pictures arrive. */
function silence() {
  if (performance.now() - view.paintedMs < MUTE_AFTER_MS) return null;
  return t(station.linked ? "page.no_picture" : "page.never_linked");
}

/** Why no verdict can be shown, in words; null while there is a runner to judge. */
function muted() {
  const silent = silence();
  if (silent !== null) return silent;
  const activity = station.state?.activity ?? null;
  if (activity === "running") runningMs = performance.now();
  return performance.now() - runningMs < MUTE_AFTER_MS ? null : activityWords(activity);
}

/** Update what must stay current even when no messages arrive. */
function tick() {
  view.tick(station.linked, station.health);
  showCue();
  modes.tick();
  pairing.tick();
  const beats = sound.beats();
  if (beats) cadence.beat(beats.beats % 2 ? "right" : "left");
  showWords();
}

function showCue() {
  // A cue is shown only while a runner is visible.
  if (silence() !== null) cueLine.clear();
  const cue = station.linked ? cueLine.at(performance.now() / 1000) : null;
  const lost = sound.stopped ? "page.link_lost_beat" : "page.link_lost_cue";
  const notice = station.linked ? noticeInTurn(station, performance.now()) : t(lost);
  // First: it decides about the room for the words.
  attribute(part("cue-line"), "data-kind", station.linked ? (cue ? "cue" : notice ? "notice" : "quiet") : "lost");
  writeCue(cue ?? notice);
  if (cue && cue !== shownCue && modes.coaching) sound.say(cue);
  shownCue = cue ?? "";
}

/** @param {string} text */
function writeCue(text) {
  const place = part("cue");
  // Its width also depends on its neighbours.
  const key = `${text} ${place.clientWidth}`;
  if (place.dataset.written === key) return;
  place.dataset.written = key;
  place.textContent = text;
  // Measured without the narrower type.
  if (place.classList.contains("long")) place.classList.remove("long");
  place.classList.toggle("long", place.scrollWidth > place.clientWidth);
}

function again() {
  ribbon.draw();
  Object.values(stills).forEach((still) => still.again());
  Object.values(faults).forEach((fault) => fault.again());
  showWords();
}

station.on("runner", forgetRunner);
station.on("session", () => {
  modes.forgetSession();
  sound.forgetSession();
});

keepLink(liveUrl(), {
  opened() {
    station.linked = true;
    sound.regainLink();
    station.forget();
    view.forget();
    fillStrides(part("strides"), []);
  },
  lost() {
    station.linked = false;
    sound.loseLink();
    cadence.beat(null);
    pairing.show(null);
  },
  text: onText,
  binary: (data, ack) => guarded(() => onBinary(data, ack)),
});

addChoices(part("operator"));
for (const change of ["resize", "themechange", "words"]) window.addEventListener(change, again);
setInterval(tick, TICK_MS);
tick();
