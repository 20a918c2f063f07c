// @ts-check
/** The link to the station: connects, notices that it is dead, reconnects, and passes messages on. */

import { decodeText, WireError } from "./decode.js";
import { linkDead, linkUp } from "./requests.js";
import { Silence } from "./silence.js";

/** @typedef {import("./wire.d.ts").Text} Text */
/** What reaches the page; heartbeats stay here. @typedef {Exclude<Text, import("./wire.d.ts").Heartbeat>} Message */

const FIRST_PAUSE_MS = 500;
// After a restart of the station, every page is live again within five seconds.
const LONGEST_PAUSE_MS = 3000;
const WATCH_MS = 250;
const ASK_WITHIN_MS = 5000;
// The station's close code for a revoked pairing.
const REVOKED = 4401;

/**
 * The delay before the next attempt, with jitter so that pages that lost the same station do not
 * all reconnect at once.
 * @param {number} failures failed attempts since the last connection
 * @param {number} chance 0 to 1
 */
export function pauseMs(failures, chance) {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
  return pause * (0.75 + 0.25 * chance);
}

/** The URL of the live link of this page's station. */
export function liveUrl() {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/live`;
}

/**
 * A message of another version must not break the display; missing data shows as stale.
 * @param {() => void | Promise<void>} handle
 */
export async function guarded(handle) {
  try {
    await handle();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    console.warn(error.message);
  }
}

/**
 * Acknowledge a picture to the station, with the time if it was painted.
 * @typedef {(seq: number, paintedMs?: number) => void} Ack
 */

/**
 * @typedef {object} Listener
 * @property {() => void} opened
 * @property {() => void} [ready] commands can be sent
 * @property {() => void} lost
 * @property {(message: Message) => void} text
 * @property {(data: ArrayBuffer, ack: Ack) => void} binary
 */

/** Go to the pairing page if the pairing has ended; if the station is unreachable, keep waiting. */
async function leaveIfUnpaired() {
  const reply = await fetch("/api/me", { signal: AbortSignal.timeout(ASK_WITHIN_MS) }).catch(() => null);
  if (reply?.status === 401) location.assign("/pair");
}

/** One connection, from its first attempt until it is closed or found dead. */
class Connection {
  #socket;
  #silence = new Silence(performance.now());
  /** Number of the last heartbeat. @type {number | null} */ #heartbeat = null;
  opened = false;
  /** Whether anything was received: a full station accepts a link and closes it. */
  used = false;

  /** @param {string} url @param {Listener} listener @param {(code: number | null) => void} ended */
  constructor(url, listener, ended) {
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#silence.heard(performance.now());
      this.opened = true;
      this.#write({ type: "heartbeat", number: 0 });
      listener.opened();
    };
    socket.onmessage = ({ data }) => {
      this.#silence.heard(performance.now());
      this.used = true;
      if (typeof data === "string") void guarded(() => this.#take(decodeText(data), listener));
      else listener.binary(data, this.#ackOf(performance.now()));
    };
    socket.onclose = ({ code }) => ended(code);
  }

  /** @param {Text} message @param {Listener} listener */
  #take(message, listener) {
    if (message.type !== "heartbeat") return listener.text(message);
    const first = this.#heartbeat === null;
    this.#heartbeat = message.number;
    this.#write({ type: "heartbeat", number: message.number });
    if (!first) return;
    linkUp();
    listener.ready?.();
  }

  /**
   * A picture is acknowledged on the link that it came over.
   * @param {number} receivedMs
   * @returns {Ack}
   */
  #ackOf(receivedMs) {
    return (seq, paintedMs) => {
      // The station compares these with its own clock: only the differences matter.
      const times = paintedMs === undefined ? {} : { received_ms: receivedMs, painted_ms: paintedMs };
      this.#write({ type: "ack", seq, ...times });
    };
  }

  /** @param {object} message */
  #write(message) {
    if (this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /**
   * Send a command with the number of the last heartbeat: the station refuses one that was held up
   * on its way. False if nothing was sent.
   * @param {object} command
   */
  send(command) {
    if (this.#heartbeat === null) return false;
    return this.#write({ ...command, heartbeat: this.#heartbeat });
  }

  /** Expect a sign of life soon. */
  doubt() {
    this.#silence.doubt(performance.now());
  }

  /**
   * Whether the station has been silent for too long, also while connecting, or has said farewell:
   * it does so when it no longer hears this page, and then the page's own farewell does not arrive.
   */
  isDead() {
    return this.#silence.isDead(performance.now()) || this.#socket.readyState > WebSocket.OPEN;
  }

  /** Give up: a browser would go on waiting for a dead link's farewell for minutes. */
  abandon() {
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
  }
}

/**
 * Keep a link to the station for the lifetime of the page.
 * @param {string} url
 * @param {Listener} listener
 * @returns {(command: object) => boolean} sends a command; false if there is no link
 */
export function keepLink(url, listener) {
  let failures = 0;
  let timer = 0;
  /** @type {Connection | null} */ let connection = null;

  function open() {
    clearTimeout(timer);
    connection = new Connection(url, listener, ended);
  }

  /** @param {number | null} code null if the link was found dead */
  function ended(code) {
    const { opened, used } = connection ?? { opened: false, used: false };
    connection = null;
    if (used) failures = 0;
    if (code === null) linkDead();
    listener.lost();
    if (code !== null && (!opened || code === REVOKED)) void leaveIfUnpaired();
    timer = window.setTimeout(open, pauseMs(failures, Math.random()));
    failures += 1;
  }

  function drop() {
    connection?.abandon();
    ended(null);
  }

  function watch() {
    if (connection?.isDead()) drop();
  }

  /** The page is looked at again, or the network has changed: find out at once. */
  function hasten() {
    failures = 0;
    if (connection) connection.doubt();
    else open();
  }

  /** A page that was kept aside has lost its link. @param {PageTransitionEvent} event */
  function shown(event) {
    if (!event.persisted) return;
    drop();
    open();
  }

  window.addEventListener("pageshow", shown);
  window.addEventListener("online", hasten);
  window.addEventListener("offline", hasten);
  document.addEventListener("resume", hasten);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") hasten();
  });
  window.setInterval(watch, WATCH_MS);
  open();
  return (command) => connection?.send(command) ?? false;
}
