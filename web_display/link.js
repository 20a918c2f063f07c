// @ts-check
/** The link to the station: opens, reopens with growing pauses, and tells what arrives. */

import { WireError } from "./decode.js";

const FIRST_PAUSE_MS = 500;
// A station that was started again is live on every page within five seconds.
const LONGEST_PAUSE_MS = 3000;
// Paired no more: a code that the station chose.
const REVOKED = 4401;

/**
 * The pause before the next attempt; a part of it is left to chance so that many pages that lost
 * the same station do not come back in one moment.
 * @param {number} failures attempts that failed since the link last stood
 * @param {number} chance 0 to 1
 */
export function pauseMs(failures, chance) {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
  return pause * (0.75 + 0.25 * chance);
}

/** Where the live link of this page's station is. */
export function liveUrl() {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/live`;
}

/**
 * A message of another version must not end the display; what it lacks shows as stale.
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
 * Tell the station that a picture is done with; where it was painted, also when.
 * @typedef {(seq: number, paintedMs?: number) => void} Ack
 */

/**
 * @typedef {object} Listener
 * @property {() => void} opened
 * @property {() => void} lost
 * @property {(data: string) => void} text
 * @property {(data: ArrayBuffer, ack: Ack) => void} binary
 */

/** A page whose pairing has ended belongs on the pairing page; a station that is away is waited for. */
async function leaveIfUnpaired() {
  const reply = await fetch("/api/me").catch(() => null);
  if (reply?.status === 401) location.assign("/pair");
}

/**
 * Keep a link to the station for as long as the page lives.
 * @param {string} url
 * @param {Listener} listener
 * @returns {(text: string) => boolean} sends a text; false where there is no link to send it over
 */
export function keepLink(url, listener) {
  let failures = 0;
  /** @type {WebSocket | null} */ let standing = null;

  function open() {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    // Bound to this socket: a picture of the last link must not be acknowledged on the next.
    /** @param {number} receivedMs @returns {Ack} */
    const ackOf = (receivedMs) => (seq, paintedMs) => {
      if (socket.readyState !== WebSocket.OPEN) return;
      // The station compares these with its own clock: only their differences count.
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
