// @ts-check
/** The link to the station: opens, reopens with growing pauses, and tells what arrives. */

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;

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

/**
 * @typedef {object} Listener
 * @property {() => void} opened
 * @property {() => void} lost
 * @property {(data: string) => void} text
 * @property {(data: ArrayBuffer, ack: (seq: number) => void) => void} binary
 */

/**
 * Keep a link to the station for as long as the page lives.
 * @param {string} url
 * @param {Listener} listener
 */
export function keepLink(url, listener) {
  let failures = 0;

  function open() {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    // Bound to this socket: a picture of the last link must not be acknowledged on the next.
    const ack = (/** @type {number} */ seq) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "ack", seq }));
    };
    socket.onopen = () => listener.opened();
    socket.onmessage = ({ data }) => {
      failures = 0;
      if (typeof data === "string") listener.text(data);
      else listener.binary(data, ack);
    };
    socket.onclose = () => {
      listener.lost();
      setTimeout(open, pauseMs(failures, Math.random()));
      failures += 1;
    };
  }

  open();
}
