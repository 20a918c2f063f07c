// @ts-check
/** Speaks a cue once, if the browser supports and allows speech. */

import { speechLanguage } from "./words.js";

export class Speaker {
  #onTalk;

  /** @param {(talking: boolean) => void} onTalk called so that other sound can be lowered */
  constructor(onTalk) {
    this.#onTalk = onTalk;
  }

  /** Whether this browser can speak at all. */
  static get able() {
    return "speechSynthesis" in window && "SpeechSynthesisUtterance" in window;
  }

  /** @param {string} sentence */
  say(sentence) {
    if (!Speaker.able) return;
    // A queued older sentence would be late.
    speechSynthesis.cancel();
    const words = new SpeechSynthesisUtterance(sentence);
    words.lang = speechLanguage();
    words.rate = 0.95;
    words.onstart = () => this.#onTalk(true);
    words.onend = () => this.#onTalk(false);
    words.onerror = () => this.#onTalk(false);
    speechSynthesis.speak(words);
  }

  hush() {
    if (Speaker.able) speechSynthesis.cancel();
    this.#onTalk(false);
  }
}
