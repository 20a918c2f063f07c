// @ts-check
/** The third tab: replay of the last ten seconds, and comparison of two strides. */

import { frameAt, piecesOf } from "./compare.js";
import { CurvePlots } from "./curve_plots.js";
import { clock, legName } from "./format.js";
import { drawMetrics, metricText } from "./metrics.js";
import { PairedPlayers } from "./paired_players.js";
import { fetchReplay } from "./replay.js";
import { t } from "./words.js";

/** @typedef {import("./compare.js").Piece} Piece */
/** @typedef {import("./replay.js").Clip} Clip */
/** @typedef {import("./tablet.js").Tools} Tools */
/** @typedef {import("./paired_players.js").How} How */
/** @typedef {import("./paired_players.js").Painted} Painted */
/** @typedef {import("./paired_players.js").Shown} Shown */
/** @typedef {import("./wire.d.ts").FrameHeader} FrameHeader */

const SECONDS = 10;

export class StridesTab {
  #tools;
  #players;
  #curves;
  /** @type {Clip | null} */ #clip = null;
  /** @type {Piece[]} */ #pieces = [];
  /** @type {Piece | null} */ #chosenA = null;
  /** @type {Piece | null} */ #chosenB = null;

  /** @param {Tools} tools */
  constructor(tools) {
    this.#tools = tools;
    const { part, press } = tools;
    this.#players = new PairedPlayers(tools, "replay", "", {
      painted: (painted) => this.#painted(painted),
      chosen: (how) => this.#compare(how),
    });
    this.#curves = new CurvePlots(part("curve-plots"));
    press("fetch", () => this.#fetch());
  }

  async #fetch() {
    this.#players.freeze();
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
    await this.#players.load(...this.#pair(clip));
    this.show();
    this.#drawCurves();
    await this.#players.at(0);
    this.#players.play();
  }

  /** What A and B show. @param {Clip} clip @returns {[Shown, Shown]} */
  #pair(clip) {
    return [{ clip, piece: this.#chosenA }, { clip, piece: this.#chosenB }];
  }

  /** Drop the previous session's strides. */
  forget() {
    this.#players.unload();
    this.#clip = this.#chosenA = this.#chosenB = null;
    this.#pieces = [];
    this.#curves.clear();
    const { part } = this.#tools;
    for (const id of ["caption-a", "caption-b"]) part(id).textContent = "";
    this.#drawCurves();
    this.show();
  }

  /** @param {How} how */
  async #compare(how) {
    this.#players.how = how;
    this.show();
    this.#drawCurves();
    await this.#players.at(0);
  }

  /** Update the tab. */
  show() {
    const { part } = this.#tools;
    this.#players.show();
    const clip = this.#clip;
    const words = part("replay-words");
    if (!clip) words.textContent = t("page.replay_none");
    else words.textContent = t("page.replay_got", { count: clip.frames.length, from: clock(clip.startS), to: clock(clip.endS) });
    for (const id of ["back", "forth", "play", "scrub"]) /** @type {HTMLButtonElement} */ (part(id)).disabled = !clip?.frames.length;
    this.#chips();
  }

  /** Redraw the plots when the tab is activated or the theme has changed. */
  again() {
    this.#curves.again();
    void this.#players.again();
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
    const as = piece === this.#chosenA ? "A" : piece === this.#chosenB && this.#players.how !== "one" ? "B" : "";
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
    this.#players.freeze();
    if (this.#players.how === "one") this.#chosenA = piece;
    else if (piece === this.#chosenA || piece === this.#chosenB) [this.#chosenA, this.#chosenB] = [this.#chosenB, this.#chosenA];
    else this.#chosenB = piece;
    const clip = this.#clip;
    if (clip) this.#players.choose(...this.#pair(clip));
    this.show();
    this.#drawCurves();
    if (this.#players.comparing) await this.#players.at(0);
    else if (clip) await this.#players.seek(frameAt(clip, piece, 0));
  }

  #drawCurves() {
    const pieces = [this.#chosenA, this.#players.how === "one" ? null : this.#chosenB].filter((piece) => piece !== null);
    const { station } = this.#tools;
    if (this.#clip) void this.#curves.show(pieces.map(({ stride }) => station.curves(stride)), station.belt?.speed_mps ?? null);
    this.#tools.part("stride-numbers").hidden = pieces.length === 0;
    this.#tools.part("stride-b").hidden = pieces.length < 2;
    drawMetrics(this.#tools.part("stride-metrics"), pieces.map((piece) => piece.stride));
  }

  /** @param {Painted} painted */
  #painted({ header, under }) {
    const { part } = this.#tools;
    part("caption-a").textContent = caption("A", under ? this.#chosenA : null, header);
    part("caption-b").textContent = under ? caption("B", this.#chosenB, under) : "";
  }
}

/** @param {string} letter @param {Piece | null} piece @param {FrameHeader} header */
function caption(letter, piece, header) {
  const frame = t("page.frame_of", { frame: header.frame, time: clock(header.time_s) });
  return piece ? `${letter} · ${legName(piece.side, piece.near)} · ${frame}` : frame;
}
