// @ts-check
/** Commands to the station: each gets an answer, or a message that says what is known of it. */

import { hasWords, t } from "./words.js";

/** @typedef {import("./wire.d.ts").Answer} Answer */
/** @typedef {import("./wire.d.ts").FromClient} FromClient */
/** @typedef {Exclude<FromClient, import("./wire.d.ts").Ack | import("./wire.d.ts").HeartbeatReply>} Command */
/** @typedef {Command extends infer C ? (C extends Command ? Omit<C, "id" | "heartbeat"> : never) : never} Wanted */
/** @typedef {{ok: boolean, text: string}} Outcome */

// The station itself times a command out after ten seconds.
const PATIENCE_MS = 12_000;
const HIGHEST_ID = 2 ** 31 - 1;

export class Commands {
  #send;
  #report;
  // Several tabs of one browser are the same client to the station.
  #next = Math.floor((Math.random() * HIGHEST_ID) / 2);
  /** @type {Map<number, (outcome: Outcome) => void>} */ #waiting = new Map();
  /** Commands that were sent over a link that died. @type {number[]} */ #unsure = [];

  /**
   * @param {(command: object) => boolean} send false where there is no link
   * @param {(outcome: Outcome) => void} report what became of a command that was not confirmed
   */
  constructor(send, report) {
    this.#send = send;
    this.#report = report;
  }

  /** Send a command and wait for the outcome. @param {Wanted} wanted @returns {Promise<Outcome>} */
  give(wanted) {
    const id = this.#next++;
    if (!this.#send({ ...wanted, id })) return Promise.resolve({ ok: false, text: t("page.not_sent") });
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

  /** The link is lost: whether pending commands were carried out is not known yet. */
  lost() {
    for (const id of [...this.#waiting.keys()]) {
      this.#unsure.push(id);
      this.#settle(id, { ok: false, text: t("page.not_confirmed") });
    }
  }

  /** The link is back: ask what became of those commands. */
  async linked() {
    const unsure = this.#unsure;
    this.#unsure = [];
    for (const command of unsure) {
      const { ok, text } = await this.give({ type: "ask_outcome", command });
      this.#report({ ok, text: ok ? t("page.was_done") : text });
    }
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
