// @ts-check
/** The current state as received from the station, with the newest strides and marks. */

/** @typedef {import("./wire.d.ts").Text} Text */
/** @typedef {import("./wire.d.ts").Side} Side */
/** @typedef {import("./wire.d.ts").Fault} Fault */
/** @typedef {import("./wire.d.ts").Stride} Stride */
/** @typedef {import("./wire.d.ts").State | import("./wire.d.ts").FrameHeader} State */
/** @typedef {import("./wire.d.ts").Bar & {amber: number, red: number}} Band */

import { useMetrics } from "./metrics.js";
import { useSkeleton } from "./skeleton.js";
import { useUnit } from "./speed_units.js";

// A page may stay open for a day.
export const KEPT_STRIDES = 60;
export const KEPT_MARKS = 200;

/** What was measured on one runner; dropped as a whole when the station says that it is another. */
class OfRunner {
  /** @type {State | null} */ state = null;
  /** @type {import("./wire.d.ts").Cue | null} */ cue = null;
  /** @type {Map<string, import("./wire.d.ts").Verdict>} */ verdicts = new Map();
  /** @type {Record<Side, Stride | null>} */ latest = { left: null, right: null };
  /** Newest last. @type {Stride[]} */ strides = [];
  /** The newest progress of each exercise, by its name. @type {Map<string, import("./wire.d.ts").Exercise>} */ exercises = new Map();
  /** Joint angles of strides, by leg and start. @type {Map<string, import("./wire.d.ts").Curves>} */ curves = new Map();

  /** @param {import("./wire.d.ts").Curves} curves */
  keepCurves(curves) {
    this.curves.set(`${curves.side} ${curves.start_s}`, curves);
    if (this.curves.size > KEPT_STRIDES) this.curves.delete(/** @type {string} */ (this.curves.keys().next().value));
  }
}

/** What belongs to one session, also while its runner steps off and on. */
class OfSession {
  /** Newest last. @type {import("./wire.d.ts").Mark[]} */ marks = [];
  /** Strides of the session so far. */ count = 0;
}

export class StationState {
  linked = false;
  /** @type {import("./wire.d.ts").Hello | null} */ hello = null;
  /** @type {import("./wire.d.ts").You | null} */ you = null;
  /** @type {import("./wire.d.ts").Health | null} */ health = null;
  /** About the pictures. @type {import("./wire.d.ts").NoticeEntry[]} */ notices = [];
  /** @type {import("./wire.d.ts").Session | null} */ session = null;
  /** @type {import("./wire.d.ts").Display | null} */ display = null;
  /** @type {import("./wire.d.ts").Limits | null} */ limits = null;
  /** @type {import("./wire.d.ts").Belt | null} */ belt = null;
  /** @type {import("./wire.d.ts").Neutral | null} */ neutral = null;
  /** Points set by hand, of the session. @type {import("./wire.d.ts").Points | null} */ points = null;
  /** @type {import("./wire.d.ts").SetUp | null} */ setUp = null;
  /** @type {import("./wire.d.ts").Pairing | null} */ pairing = null;
  /** The guided visit of the session. @type {import("./wire.d.ts").Visit | null} */ visit = null;
  /** @type {import("./wire.d.ts").TemplateEntry[]} */ templates = [];
  /** What may reach the runner. @type {import("./wire.d.ts").Feedback | null} */ feedback = null;
  /** Whom everything below is about. @type {import("./wire.d.ts").Runner | null} */ runner = null;
  #ofRunner = new OfRunner();
  #ofSession = new OfSession();
  /** @type {{runner: (() => void)[], session: (() => void)[]}} */ #listeners = { runner: [], session: [] };
  /** @type {Map<string, import("./wire.d.ts").Bands>} */ #limits = new Map();
  /** @type {Map<string, Band>} */ #bands = new Map();

  get state() {
    return this.#ofRunner.state;
  }

  get cue() {
    return this.#ofRunner.cue;
  }

  get verdicts() {
    return this.#ofRunner.verdicts;
  }

  get latest() {
    return this.#ofRunner.latest;
  }

  get strides() {
    return this.#ofRunner.strides;
  }

  get marks() {
    return this.#ofSession.marks;
  }

  get count() {
    return this.#ofSession.count;
  }

  /**
   * Call when the runner, or the session, is another: parts of a page drop what they show of the previous.
   * @param {"runner" | "session"} what
   * @param {() => void} listener
   */
  on(what, listener) {
    this.#listeners[what].push(listener);
  }

  /** A new link: the station sends the whole current state. */
  forget() {
    this.#limits.clear();
    this.#bands.clear();
    const { cue } = this;
    this.#ofRunner = new OfRunner();
    // A cue that is repeated on the new link is not given again.
    this.#ofRunner.cue = cue;
    this.#ofSession = new OfSession();
    this.visit = this.feedback = null;
    this.health = this.limits = this.belt = this.neutral = this.points = this.setUp = this.pairing = null;
    this.notices = [];
  }

  /** Whether a message that may overtake others is about the current runner. @param {{runner_key?: string}} message */
  concerns({ runner_key: key }) {
    return key === this.runner?.runner_key;
  }

  /**
   * Take the state of a frame. A picture is decoded while texts pass it, so its header may be older
   * than the state already here.
   * @param {State} state
   */
  see(state) {
    const older = (state.time_s ?? Infinity) < (this.state?.time_s ?? -Infinity);
    if (this.concerns(state) && !older) this.#ofRunner.state = state;
  }

  /** @param {import("./wire.d.ts").Runner} runner */
  #turn(runner) {
    const before = this.runner;
    this.runner = runner;
    if (runner.runner_key === before?.runner_key) return;
    this.#ofRunner = new OfRunner();
    this.belt = null;
    if (runner.session_key !== before?.session_key) {
      this.#ofSession = new OfSession();
      for (const listener of this.#listeners.session) listener();
      this.session = this.points = this.visit = null;
    }
    for (const listener of this.#listeners.runner) listener();
  }

  /** @param {Text} message */
  take(message) {
    switch (message.type) {
      case "hello":
        this.hello = message;
        useUnit(message.speed_unit);
        useSkeleton(message);
        useMetrics(message);
        this.#bands.clear();
        break;
      case "you":
        this.you = message;
        break;
      case "runner":
        this.#turn(message);
        break;
      case "health":
        this.health = message;
        break;
      case "notices":
        this.notices = message.notices;
        break;
      case "session":
        this.session = message;
        break;
      case "display":
        this.display = message;
        break;
      case "limits":
        this.limits = message;
        break;
      case "belt":
        this.belt = message;
        break;
      case "neutral":
        this.neutral = message;
        break;
      case "points":
        this.points = message;
        break;
      case "set_up":
        this.setUp = message;
        break;
      case "visit":
        this.visit = message;
        break;
      case "visit_templates":
        this.templates = message.templates;
        break;
      case "feedback":
        this.feedback = message;
        break;
      case "exercise":
        this.#ofRunner.exercises.set(message.kind, message);
        break;
      case "pairing":
        this.pairing = message.role ? message : null;
        break;
      case "state":
        this.see(message);
        break;
      case "stride":
        this.#ofSession.count = message.count ?? 0;
        this.latest[message.side] = message;
        this.#ofRunner.strides = [...this.strides, message].slice(-KEPT_STRIDES);
        break;
      case "curves":
        this.#ofRunner.keepCurves(message);
        break;
      case "mark":
        this.#ofSession.marks = [...this.marks, message].slice(-KEPT_MARKS);
        break;
      case "bands":
        this.#limits.set(`${message.side} ${message.fault}`, message);
        this.#bands.delete(`${message.side} ${message.fault}`);
        break;
      case "verdict":
        this.verdicts.set(`${message.side} ${message.fault}`, message);
        break;
      case "cue":
        this.#ofRunner.cue = message;
        break;
      default:
        break;
    }
  }

  /** The joint angles of a stride; null unless it is a valid stride of the near leg. @param {Stride} stride */
  curves(stride) {
    return this.#ofRunner.curves.get(`${stride.side} ${stride.start_s}`) ?? null;
  }

  /** The newest progress of an exercise; null before any. @param {string} kind */
  exercise(kind) {
    return this.#ofRunner.exercises.get(kind) ?? null;
  }

  /** The side of the near leg, if known. @returns {Side | null} */
  get near() {
    return this.state?.near_side ?? null;
  }

  /**
   * The limits in force for a leg on the fault's bar, the same object until they change; those of
   * either leg while the near side is unknown.
   * @param {Side | null} side
   * @param {Fault} fault
   * @returns {Band | null}
   */
  band(side, fault) {
    const key = `${side ?? "right"} ${fault}`;
    const [bar, limits] = [this.hello?.[fault], this.#limits.get(key)];
    if (!bar || !limits) return null;
    const band = this.#bands.get(key) ?? { ...bar, amber: limits.amber, red: limits.red };
    this.#bands.set(key, band);
    return band;
  }

  /** @param {Side | null} side @param {Fault} fault */
  verdict(side, fault) {
    return (side && this.verdicts.get(`${side} ${fault}`)) ?? null;
  }

  /**
   * The range of cadence that the runner is asked for; null unless the last cue or the metronome asks for one.
   * @returns {[number, number] | null}
   */
  get target() {
    const [low, high] = [this.limits?.target_low_spm ?? null, this.limits?.target_high_spm ?? null];
    const asked = this.limits?.cadence_is_cue || this.display?.metronome_on;
    return asked && low !== null && high !== null ? [low, high] : null;
  }

  /** Seconds of the session so far; 0 until its first frame is recorded. */
  get elapsedS() {
    const [nowS, startS] = [this.state?.time_s ?? null, this.session?.started_s ?? null];
    return nowS === null || startS === null ? 0 : Math.max(0, nowS - startS);
  }
}
