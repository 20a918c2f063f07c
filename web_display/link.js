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
    /** @param {number} receivedMs @returns {Ack} */
    const ackOf = (receivedMs) => (seq, paintedMs) => {
      if (socket.readyState !== WebSocket.OPEN) return;
      // The station compares these with its own clock: only their differences count.
      const times = paintedMs === undefined ? {} : { received_ms: receivedMs, painted_ms: paintedMs };
      socket.send(JSON.stringify({ type: "ack", seq, ...times }));
    };
    socket.onopen = () => listener.opened();
    socket.onmessage = ({ data }) => {
      failures = 0;
      if (typeof data === "string") listener.text(data);
      else listener.binary(data, ackOf(performance.now()));
    };
    socket.onclose = () => {
      listener.lost();
      setTimeout(open, pauseMs(failures, Math.random()));
      failures += 1;
    };
  }

  open();
}
