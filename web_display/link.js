// @ts-check
/** The link to the station: connects, reconnects with backoff, and passes messages on. */

import { WireError } from "./decode.js";

const FIRST_PAUSE_MS = 500;
// After a restart of the station, every page is live again within five seconds.
const LONGEST_PAUSE_MS = 3000;
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
 * @property {() => void} lost
 * @property {(data: string) => void} text
 * @property {(data: ArrayBuffer, ack: Ack) => void} binary
 */

/** Go to the pairing page if the pairing has ended; if the station is unreachable, keep waiting. */
async function leaveIfUnpaired() {
  const reply = await fetch("/api/me").catch(() => null);
  if (reply?.status === 401) location.assign("/pair");
}

/**
 * Keep a link to the station for the lifetime of the page.
 * @param {string} url
 * @param {Listener} listener
 * @returns {(text: string) => boolean} sends a text; false if there is no link
 */
export function keepLink(url, listener) {
  let failures = 0;
  /** @type {WebSocket | null} */ let standing = null;

  function open() {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    // Bound to this socket: a picture must be acknowledged on the link that it came over.
    /** @param {number} receivedMs @returns {Ack} */
    const ackOf = (receivedMs) => (seq, paintedMs) => {
      if (socket.readyState !== WebSocket.OPEN) return;
      // The station compares these with its own clock: only the differences matter.
      const times = paintedMs === undefined ? {} : { received_ms: receivedMs, painted_ms: paintedMs };
      socket.send(JSON.stringify({ type: "ack", seq, ...times }));
    };
    socket.onopen = () => {
      standing = socket;
      listener.opened();
    };
    socket.onmessage = ({ data }) => {
      failures = 0;
      if (typeof data === "string") listener.text(data);
      else listener.binary(data, ackOf(performance.now()));
    };
    socket.onclose = ({ code }) => {
      const refused = standing !== socket;
      standing = null;
      listener.lost();
      if (refused || code === REVOKED) void leaveIfUnpaired();
      setTimeout(open, pauseMs(failures, Math.random()));
      failures += 1;
    };
  }

  open();
  return (text) => {
    if (standing?.readyState !== WebSocket.OPEN) return false;
    standing.send(text);
    return true;
  };
}
