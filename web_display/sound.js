// @ts-check
/** The station's sound: spoken cues and the metronome, both of which can be muted. */

import { Metronome } from "./metronome.js";
import { remember, remembered } from "./preferences.js";
import { Speaker } from "./speech.js";
import { t } from "./words.js";

export class Sound {
  #button;
  #metronome = new Metronome(() => this.#show());
  #speaker = new Speaker((talking) => this.#metronome.duck(talking));
  #here = remembered("sound") !== "off";
  #still = false;
  /** @type {import("./wire.d.ts").Display | null} */ #display = null;
  #stopped = false;

  /** @param {HTMLElement} button toggles the sound of this screen */
  constructor(button) {
    this.#button = button;
    button.addEventListener("click", () => this.#pressed());
    // Browsers block sound until the first tap or key press on the page.
    for (const kind of ["pointerdown", "keydown"]) {
      window.addEventListener(kind, () => void this.#metronome.allow().then(() => this.#show()));
    }
    window.addEventListener("words", () => this.#show());
    this.#show();
  }

  /** @param {import("./wire.d.ts").Display} display */
  follow(display) {
    this.#display = display;
    this.#apply();
  }

  /** Be silent while the runner is to run as always. @param {boolean} still */
  still(still) {
    if (still === this.#still) return;
    this.#still = still;
    this.#apply();
  }

  /** Say a sentence, unless sound is off. @param {string} sentence */
  say(sentence) {
    if (!this.#still && this.#here && !this.#display?.muted) this.#speaker.say(sentence);
  }

  /** Stop the metronome: its tempo belonged to the previous session. The station says so only afterwards. */
  forgetSession() {
    if (this.#display) this.follow({ ...this.#display, metronome_on: false });
  }

  /** Stop the metronome: without a link nobody could. It beats again once the station says so. */
  loseLink() {
    this.#stopped ||= this.#metronome.on;
    if (this.#display) this.follow({ ...this.#display, metronome_on: false });
  }

  /** The link stands again. */
  regainLink() {
    this.#stopped = false;
  }

  /** Whether the metronome was stopped because the link was lost. */
  get stopped() {
    return this.#stopped;
  }

  /** Break off the sentence being spoken. */
  hush() {
    this.#speaker.hush();
  }

  /** The metronome's beats so far and its current rate; null while silent. */
  beats() {
    return this.#metronome.now();
  }

  #pressed() {
    this.#here = !this.#here;
    remember("sound", this.#here ? "on" : "off");
    this.#apply();
  }

  #apply() {
    const muted = !this.#here || this.#still || (this.#display?.muted ?? false);
    if (muted) this.#speaker.hush();
    this.#metronome.follow(this.#display && { ...this.#display, muted });
    this.#show();
  }

  #show() {
    const muted = !this.#here || (this.#display?.muted ?? false);
    const blocked = !muted && this.#metronome.blocked;
    this.#button.dataset.sound = muted ? "off" : blocked ? "blocked" : "on";
    this.#button.textContent = t(muted ? "page.sound_off" : blocked ? "page.sound_blocked" : "page.sound_on");
    this.#button.setAttribute("aria-pressed", String(!muted));
  }
}
