// @ts-check
/** The current state as received from the station, with the newest strides and marks. */

/** @typedef {import("./wire.d.ts").Text} Text */
/** @typedef {import("./wire.d.ts").Side} Side */
/** @typedef {import("./wire.d.ts").Fault} Fault */
/** @typedef {import("./wire.d.ts").Stride} Stride */
/** @typedef {import("./wire.d.ts").Bar & {amber: number, red: number}} Band */

import { useMetrics } from "./metrics.js";
import { useSkeleton } from "./skeleton.js";

// A page may stay open for a day.
export const KEPT_STRIDES = 60;
export const KEPT_MARKS = 200;

export class Told {
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
  /** @type {import("./wire.d.ts").SetUp | null} */ setUp = null;
  /** @type {import("./wire.d.ts").Pairing | null} */ pairing = null;
  /** @type {import("./wire.d.ts").State | import("./wire.d.ts").FrameHeader | null} */ state = null;
  /** @type {import("./wire.d.ts").Cue | null} */ cue = null;
  /** @type {Map<string, import("./wire.d.ts").Bands>} */ #limits = new Map();
  /** @type {Map<string, Band>} */ #bands = new Map();
  /** @type {Map<string, import("./wire.d.ts").Verdict>} */ verdicts = new Map();
  /** @type {Record<Side, Stride | null>} */ latest = { left: null, right: null };
  /** Newest last. @type {Stride[]} */ strides = [];
  /** Joint angles of strides, by leg and start. @type {Map<string, import("./wire.d.ts").Curves>} */ #curves = new Map();
  /** Newest last. @type {import("./wire.d.ts").Mark[]} */ marks = [];

  /** A new link: a restarted station restarts its clock, and sends the whole current state. */
  forget() {
    this.#limits.clear();
    this.#bands.clear();
    this.verdicts.clear();
    this.latest = { left: null, right: null };
    this.strides = [];
    this.#curves.clear();
    this.marks = [];
    this.notices = [];
    this.pairing = null;
  }

  /** @param {Text} message */
  take(message) {
    switch (message.type) {
      case "hello":
        this.hello = message;
        useSkeleton(message);
        useMetrics(message);
        this.#bands.clear();
        break;
      case "you":
        this.you = message;
        break;
      case "health":
        this.health = message;
        break;
      case "notices":
        this.notices = message.notices;
        break;
      case "session":
        // Marks may arrive before the session that they belong to.
        if (message.name !== this.session?.name) this.#dropMarks(message.started_s ?? 0);
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
      case "set_up":
        this.setUp = message;
        break;
      case "pairing":
        this.pairing = message.role ? message : null;
        break;
      case "state":
        this.state = message;
        break;
      case "stride":
        this.latest[message.side] = message;
        this.strides = [...this.strides, message].slice(-KEPT_STRIDES);
        break;
      case "curves":
        this.#curves.set(`${message.side} ${message.start_s}`, message);
        if (this.#curves.size > KEPT_STRIDES) this.#curves.delete(/** @type {string} */ (this.#curves.keys().next().value));
        break;
      case "mark":
        this.marks = [...this.marks, message].slice(-KEPT_MARKS);
        break;
      case "bands":
        this.#limits.set(`${message.side} ${message.fault}`, message);
        this.#bands.delete(`${message.side} ${message.fault}`);
        break;
      case "verdict":
        this.verdicts.set(`${message.side} ${message.fault}`, message);
        break;
      case "cue":
        this.cue = message;
        break;
      default:
        break;
    }
  }

  /** @param {number} beforeS */
  #dropMarks(beforeS) {
    this.marks = this.marks.filter(({ time_s: timeS }) => timeS !== null && timeS >= beforeS);
  }

  /** The joint angles of a stride; null unless it is a valid stride of the near leg. @param {Stride} stride */
  curves(stride) {
    return this.#curves.get(`${stride.side} ${stride.start_s}`) ?? null;
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
}
