// @ts-check
/** Display modes (coach, mirror, metronome, blank, replay) and visible panels. */

import { fetchReplay, Player } from "./replay.js";
import { currentStep, elapsedText, stationMode } from "./visit_screens.js";
import { t } from "./words.js";
import { hide, write } from "./write.js";

/** @typedef {import("./wire.d.ts").Display} Display */
/** @typedef {import("./wire.d.ts").Panel} Panel */

const REPLAY_S = 3;
const REPLAY_RATE = 0.25;
const RETRY_MS = 1000;

/** @type {Record<Panel, string[]>} */
const PARTS = {
  knees_forward: ["#knees-forward"],
  bent_push_off: ["#bent-push-off"],
  cadence: ["#cadence"],
  stills: ["#still-knee", "#still-push-off"],
  strides: ["#table"],
  ribbon: ["#ribbon"],
  cue: ["#cue"],
};

export class Modes {
  #root;
  #station;
  #sinceMs = performance.now();
  #player;
  #replaying = 0;

  /**
   * @param {HTMLElement} root
   * @param {import("./station_state.js").StationState} station
   * @param {import("./live_view.js").LiveView} view
   */
  constructor(root, station, view) {
    this.#root = root;
    this.#station = station;
    this.#player = new Player(view.canvases, () => {});
    this.view = view;
  }

  /** Whether cues are spoken in this mode. */
  get coaching() {
    return ["coach", "metronome"].includes(this.#root.dataset.mode ?? "");
  }

  /** Whether the runner sees the time alone. */
  get still() {
    return this.#root.dataset.mode === "blank";
  }

  /** Show the screen of the visit, or the one chosen; every part of it at once. */
  turn() {
    const { display, visit, feedback } = this.#station;
    const mode = stationMode(display, visit, feedback);
    if (this.#root.dataset.mode === mode) return;
    this.#sinceMs = performance.now();
    this.#root.dataset.mode = mode;
    void this.#replay(mode === "replay");
    this.#note();
  }

  /** @param {Display} display */
  follow(display) {
    this.turn();
    this.#root.dataset.shown = display.shown;
    this.view.skeletonOnly = display.shown === "skeleton";
    const shown = new Set(display.panels);
    for (const [panel, parts] of /** @type {[Panel, string[]][]} */ (Object.entries(PARTS))) {
      for (const selector of parts) {
        const element = /** @type {HTMLElement} */ (this.#root.querySelector(selector));
        element.hidden = !shown.has(panel) || (panel === "strides" && shown.has("stills"));
      }
    }
    const none = (/** @type {string[]} */ selectors) =>
      selectors.every((s) => /** @type {HTMLElement} */ (this.#root.querySelector(s)).hidden);
    this.#root.classList.toggle("no-gauges", none(["#knees-forward", "#bent-push-off", "#cadence"]));
    this.#root.classList.toggle("no-last", none(["#still-knee", "#still-push-off", "#table"]));
    this.#note();
  }

  /** Drop the previous runner's strides where they are replayed. */
  forgetRunner() {
    if (this.#root.dataset.mode !== "replay") return;
    void this.#replay(true);
    this.#player.unload();
    this.view.clear();
  }

  /** The time of the retention test is that of one session. */
  forgetSession() {
    this.#sinceMs = performance.now();
  }

  /** The retention test shows nothing but the time. */
  tick() {
    const blank = this.#root.dataset.mode === "blank";
    const elapsed = /** @type {HTMLElement} */ (this.#root.querySelector("#elapsed"));
    hide(elapsed, !blank);
    // A visit counts its step's time itself, without pauses and across reloads.
    const step = currentStep(this.#station.visit);
    const seconds = step ? step.elapsed_s : (performance.now() - this.#sinceMs) / 1000;
    if (blank) write(/** @type {HTMLElement} */ (elapsed.firstElementChild), elapsedText(seconds));
  }

  #note() {
    const note = /** @type {HTMLElement} */ (this.#root.querySelector("#view-note"));
    const { mode } = this.#root.dataset;
    const shown = this.#station.display?.shown ?? "picture";
    note.textContent = mode === "replay" ? t("page.replaying") : shown === "skeleton" ? t("page.skeleton_only") : "";
    note.hidden = note.textContent === "";
  }

  /** Loop the last strides in slow motion, updated each round, until the mode changes. @param {boolean} on */
  async #replay(on) {
    this.#replaying += 1;
    const turn = this.#replaying;
    this.view.held = on;
    if (!on) this.#player.pause();
    while (on && turn === this.#replaying) {
      const clip = await fetchReplay(REPLAY_S).catch(() => null);
      if (turn !== this.#replaying) return;
      if (clip?.frames.length) await this.#player.run(clip, REPLAY_RATE);
      else await new Promise((done) => setTimeout(done, RETRY_MS));
    }
  }
}
