// @ts-check
/** Commands to the station: each gets an answer or a timeout message. */

import { hasWords, t } from "./words.js";

/** @typedef {import("./wire.d.ts").Answer} Answer */
/** @typedef {import("./wire.d.ts").FromClient} FromClient */
/** @typedef {Exclude<FromClient, import("./wire.d.ts").Ack>} Order */
/** @typedef {Order extends infer O ? (O extends Order ? Omit<O, "id"> : never) : never} Wanted */
/** @typedef {{ok: boolean, text: string}} Outcome */

// The station itself times a command out after ten seconds.
const PATIENCE_MS = 12_000;

export class Orders {
  #send;
  #next = 1;
  /** @type {Map<number, (outcome: Outcome) => void>} */ #waiting = new Map();

  /** @param {(text: string) => boolean} send false where there is no link */
  constructor(send) {
    this.#send = send;
  }

  /** Send a command and wait for the outcome. @param {Wanted} wanted @returns {Promise<Outcome>} */
  give(wanted) {
    const id = this.#next++;
    if (!this.#send(JSON.stringify({ ...wanted, id }))) return Promise.resolve({ ok: false, text: t("page.not_sent") });
    return new Promise((done) => {
      const timer = setTimeout(() => this.#settle(id, { ok: false, text: t("page.no_answer") }), PATIENCE_MS);
      this.#waiting.set(id, (outcome) => {
        clearTimeout(timer);
        done(outcome);
      });
    });
  }

  /** @param {Answer} answer */
  answered({ id, ok, code, text }) {
    this.#settle(id, { ok, text: ok ? "" : t("page.not_done", { text: why(code, text) }) });
  }

  /** The link is lost: pending commands will not be answered. */
  lost() {
    for (const id of [...this.#waiting.keys()]) this.#settle(id, { ok: false, text: t("page.not_sent") });
  }

  /** @param {number} id @param {Outcome} outcome */
  #settle(id, outcome) {
    this.#waiting.get(id)?.(outcome);
    this.#waiting.delete(id);
  }
}

/**
 * Why a command was refused, in the page's language; disk errors keep the station's text.
 * @param {string} code
 * @param {string} text
 */
function why(code, text) {
  const key = `answer.${code}`;
  return hasWords(key) ? t(key, { text }) : text;
}
