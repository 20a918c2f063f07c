// @ts-check
/** The third tab: replay of the last ten seconds, and comparison of two strides. */

import { drawGhost, frameAt, piecesOf } from "./compare.js";
import { CurvePlots } from "./curve_plots.js";
import { clock, legName } from "./format.js";
import { drawMetrics, metricText } from "./metrics.js";
import { fetchReplay, Player } from "./replay.js";
import { t } from "./words.js";

/** @typedef {import("./compare.js").Piece} Piece */
/** @typedef {import("./replay.js").Clip} Clip */
/** @typedef {import("./tablet.js").Tools} Tools */
/** @typedef {"one" | "beside" | "over"} How */

const SECONDS = 10;
const SHARES = 1000;

export class StridesTab {
  #tools;
  #a;
  #b;
  #curves;
  /** @type {Clip | null} */ #clip = null;
  /** @type {Piece[]} */ #pieces = [];
  /** @type {Piece | null} */ #chosenA = null;
  /** @type {Piece | null} */ #chosenB = null;
  /** @type {How} */ #how = "one";
  #rate = 0.25;
  #share = 0;
  #turn = 0;

  /** @param {Tools} tools */
  constructor(tools) {
    this.#tools = tools;
    const { part, press } = tools;
    this.#a = new Player(canvases(part("screens"), ".a"), () => this.#painted());
    this.#b = new Player(canvases(part("screens"), ".b"), () => {});
    this.#curves = new CurvePlots(part("curve-plots"));
    press("fetch", () => this.#fetch());
    press("back", () => this.#step(-1));
    press("forth", () => this.#step(1));
    press("play", () => (this.#playing ? this.#freeze() : this.#play()));
    part("scrub").addEventListener("input", () => void this.#scrubbed());
    for (const button of this.#all("[data-how]")) {
      button.addEventListener("click", () => void this.#compare(/** @type {How} */ (button.dataset.how)));
    }
    for (const button of this.#all("[data-rate]")) {
      button.addEventListener("click", () => {
        this.#rate = Number(button.dataset.rate);
        if (this.#playing) this.#play();
        this.show();
      });
    }
    window.addEventListener("resize", () => void this.#at(this.#share));
  }

  /** @param {string} selector @returns {HTMLElement[]} */
  #all(selector) {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.#tools.part("replay").querySelectorAll(`button${selector}`))];
  }

  get #scrub() {
    return /** @type {HTMLInputElement} */ (this.#tools.part("scrub"));
  }

  get #comparing() {
    return this.#how !== "one" && this.#chosenA !== null && this.#chosenB !== null;
  }

  get #playing() {
    return this.#a.playing || this.#turn > 0;
  }

  async #fetch() {
    this.#freeze();
    const { part, station } = this.#tools;
    const key = station.runner?.session_key;
    let clip;
    try {
      clip = await fetchReplay(SECONDS);
    } catch (error) {
      part("replay-words").textContent = t("page.replay_failed", { text: error instanceof Error ? error.message : String(error) });
      return;
    }
    // Meanwhile another session has begun.
    if (station.runner?.session_key !== key) return;
    this.#clip = clip;
    this.#pieces = piecesOf(clip, station.strides);
    const near = this.#pieces.filter((piece) => piece.near);
    this.#chosenA = near.at(-1) ?? this.#pieces.at(-1) ?? null;
    this.#chosenB = near.at(0) ?? null;
    await this.#b.load(clip);
    await this.#a.load(clip);
    this.show();
    this.#drawCurves();
    await this.#at(0);
    this.#play();
  }

  /** Drop the previous session's strides. */
  forget() {
    this.#freeze();
    this.#clip = this.#chosenA = this.#chosenB = null;
    this.#pieces = [];
    this.#share = 0;
    this.#a.unload();
    this.#b.unload();
    this.#curves.clear();
    const { part } = this.#tools;
    for (const id of ["caption-a", "caption-b"]) part(id).textContent = "";
    delete part("screens").dataset.frame;
    this.#drawCurves();
    this.show();
  }

  /** @param {How} how */
  async #compare(how) {
    this.#freeze();
    this.#how = how;
    this.show();
    this.#drawCurves();
    await this.#at(0);
  }

  /** Update the tab. */
  show() {
    const { part } = this.#tools;
    part("screens").dataset.how = this.#comparing ? this.#how : "one";
    for (const button of this.#all("[data-how]")) button.setAttribute("aria-pressed", String(button.dataset.how === this.#how));
    for (const button of this.#all("[data-rate]")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.rate) === this.#rate));
    }
    const clip = this.#clip;
    const words = part("replay-words");
    if (!clip) words.textContent = t("page.replay_none");
    else words.textContent = t("page.replay_got", { count: clip.frames.length, from: clock(clip.startS), to: clock(clip.endS) });
    for (const id of ["back", "forth", "play", "scrub"]) /** @type {HTMLButtonElement} */ (part(id)).disabled = !clip?.frames.length;
    part("play").textContent = t(this.#playing ? "page.freeze" : "page.play");
    this.#scrub.max = String(this.#comparing ? SHARES : Math.max(0, (clip?.frames.length ?? 1) - 1));
    this.#chips();
  }

  /** Redraw the plots when the tab is activated or the theme has changed. */
  again() {
    this.#curves.again();
    void this.#at(this.#share);
  }

  #chips() {
    const place = this.#tools.part("chips");
    if (!this.#pieces.length) {
      place.textContent = this.#clip ? t("page.pick_none") : "";
      return;
    }
    place.replaceChildren(...this.#pieces.map((piece) => this.#chip(piece)));
  }

  /** @param {Piece} piece */
  #chip(piece) {
    const chip = document.createElement("button");
    chip.type = "button";
    const as = piece === this.#chosenA ? "A" : piece === this.#chosenB && this.#how !== "one" ? "B" : "";
    chip.className = piece.near ? "chip near" : "chip far";
    chip.dataset.as = as;
    chip.setAttribute("aria-pressed", String(as !== ""));
    const { stride } = piece;
    const knee = metricText(stride, "knee_toe_offset_pct");
    const push = metricText(stride, "knee_flexion_push_off_deg");
    for (const text of [as, legName(piece.side, piece.near), clock(piece.startS), `${knee} · ${push}`]) {
      const span = document.createElement("span");
      span.textContent = text;
      chip.append(span);
    }
    chip.addEventListener("click", () => void this.#pick(piece));
    return chip;
  }

  /** @param {Piece} piece */
  async #pick(piece) {
    this.#freeze();
    if (this.#how === "one") this.#chosenA = piece;
    else if (piece === this.#chosenA || piece === this.#chosenB) [this.#chosenA, this.#chosenB] = [this.#chosenB, this.#chosenA];
    else this.#chosenB = piece;
    this.show();
    this.#drawCurves();
    if (this.#comparing) await this.#at(0);
    else if (this.#clip) await this.#a.seek(frameAt(this.#clip, piece, 0));
  }

  #drawCurves() {
    const pieces = [this.#chosenA, this.#how === "one" ? null : this.#chosenB].filter((piece) => piece !== null);
    const { station } = this.#tools;
    if (this.#clip) void this.#curves.show(pieces.map(({ stride }) => station.curves(stride)), station.belt?.speed_mps ?? null);
    this.#tools.part("stride-numbers").hidden = pieces.length === 0;
    this.#tools.part("stride-b").hidden = pieces.length < 2;
    drawMetrics(this.#tools.part("stride-metrics"), pieces.map((piece) => piece.stride));
  }

  /** Show both strides at the same fraction. @param {number} share 0 to 1 */
  async #at(share) {
    this.#share = share;
    const [clip, a, b] = [this.#clip, this.#chosenA, this.#chosenB];
    if (!clip) return;
    if (!this.#comparing || !a || !b) return this.#a.seek(this.#a.index);
    await Promise.all([this.#b.seek(frameAt(clip, b, share)), this.#a.seek(frameAt(clip, a, share))]);
  }

  /** Follow each frame of A. */
  #painted() {
    const { part } = this.#tools;
    const [clip, a, b] = [this.#clip, this.#chosenA, this.#chosenB];
    if (!clip) return;
    const header = clip.frames[this.#a.index].header;
    this.#scrub.value = String(this.#comparing ? Math.round(this.#share * SHARES) : this.#a.index);
    part("caption-a").textContent = this.#caption(this.#comparing ? a : null, this.#a.index);
    part("caption-b").textContent = b ? this.#caption(b, frameAt(clip, b, this.#share)) : "";
    part("screens").dataset.frame = String(header.frame);
    part("play").textContent = t(this.#playing ? "page.freeze" : "page.play");
    if (this.#how === "over" && a && b) {
      const ghost = { frame: clip.frames[frameAt(clip, b, this.#share)].header, side: b.side };
      drawGhost(canvases(part("screens"), ".a").overlay, ghost, { frame: header, side: a.side });
    }
  }

  /** @param {Piece | null} piece @param {number} index */
  #caption(piece, index) {
    const header = this.#clip?.frames[index].header;
    const frame = t("page.frame_of", { frame: header?.frame ?? 0, time: clock(header?.time_s ?? null) });
    if (!piece) return frame;
    const letter = piece === this.#chosenA ? "A" : "B";
    return `${letter} · ${legName(piece.side, piece.near)} · ${frame}`;
  }

  async #scrubbed() {
    const value = Number(this.#scrub.value);
    this.#freeze();
    if (this.#comparing) await this.#at(value / SHARES);
    else await this.#a.seek(value);
  }

  /** @param {number} frames */
  async #step(frames) {
    this.#freeze();
    const [clip, a] = [this.#clip, this.#chosenA];
    if (!this.#comparing || !clip || !a) return this.#a.step(frames);
    // Both strides step by one frame of A.
    const count = Math.max(1, frameAt(clip, a, 1) - frameAt(clip, a, 0));
    return this.#at(Math.min(1, Math.max(0, this.#share + frames / count)));
  }

  #freeze() {
    this.#turn = 0;
    this.#a.pause();
    this.#tools.part("play").textContent = t("page.play");
  }

  #play() {
    this.#freeze();
    if (this.#comparing) void this.#playBoth();
    else void this.#a.play(this.#rate, true);
    this.#tools.part("play").textContent = t("page.freeze");
  }

  async #playBoth() {
    const [a, b] = [this.#chosenA, this.#chosenB];
    if (!a || !b) return;
    const turn = (this.#turn = performance.now());
    const spanS = (a.endS - a.startS + b.endS - b.startS) / 2;
    let lastMs = performance.now();
    while (this.#turn === turn) {
      const nowMs = await new Promise((done) => requestAnimationFrame(done));
      if (this.#turn !== turn) return;
      const share = this.#share + (this.#rate * (nowMs - lastMs)) / 1000 / spanS;
      lastMs = nowMs;
      await this.#at(share > 1 ? 0 : share);
    }
  }
}

/** @param {HTMLElement} screens @param {string} which */
function canvases(screens, which) {
  const find = (/** @type {string} */ name) => /** @type {HTMLCanvasElement} */ (screens.querySelector(`${which} ${name}`));
  return { picture: find(".picture"), overlay: find(".overlay") };
}
