// @ts-check
/** The live picture: decodes and paints the newest frame with its keypoints, and marks stale ones. */

import { pictureAlarm } from "./format.js";
import { prepare } from "./ink.js";
import { Overlay } from "./overlay.js";
import { hide, write } from "./write.js";

/** @typedef {import("./link.js").Ack} Ack */
/** @typedef {import("./wire.d.ts").FrameHeader} FrameHeader */
/** @typedef {{frame: FrameHeader, bitmap: ImageBitmap | null, ack: Ack}} Waiting */

/** Decode a picture; null if that fails. @param {Uint8Array<ArrayBuffer>} jpeg */
export async function decoded(jpeg) {
  if (!jpeg.length) return null;
  return createImageBitmap(new Blob([jpeg], { type: "image/jpeg" })).catch(() => null);
}

export class LiveView {
  #root;
  #overlay;
  #onPaint;
  #alarm;
  #seq = 0;
  #turn = 0;
  /** @type {Waiting | null} */ #waiting = null;
  #startedMs = performance.now();
  /** Whether something else covers this view: frames are acknowledged but not painted. */
  held = false;
  /** Whether pictures are forbidden: those already sent are not painted either. */
  skeletonOnly = false;
  /** Time of the last paint, in milliseconds of the page's clock. */
  paintedMs = -Infinity;

  /**
   * @param {HTMLElement} root holds the canvases `.picture` and `.overlay`, and `.alarm`
   * @param {(frame: FrameHeader) => void} onPaint
   * @param {boolean} [letters] whether the sides are written on the knees
   */
  constructor(root, onPaint, letters = true) {
    this.#root = root;
    /** @param {string} selector */
    const find = (selector) => {
      const found = root.querySelector(selector);
      if (!found) throw new Error(`the page has no ${selector}`);
      return /** @type {HTMLElement} */ (found);
    };
    const [picture, overlay] = [".picture", ".overlay"].map((s) => /** @type {HTMLCanvasElement} */ (find(s)));
    this.canvases = { picture, overlay };
    this.#overlay = new Overlay(picture, overlay, letters);
    this.#alarm = { box: find(".alarm"), loud: find(".alarm .loud"), small: find(".alarm .small"), remedies: find(".alarm .remedies") };
    this.#onPaint = onPaint;
  }

  /** Reset for a new link, which restarts the numbering of pictures. */
  forget() {
    this.#seq = 0;
  }

  /** Drop the previous runner's frame if it is still to be painted, and their path. */
  forgetRunner() {
    this.#turn += 1;
    this.#overlay.forget();
    if (!this.#waiting) return;
    this.#waiting.bitmap?.close();
    this.#waiting.ack(this.#waiting.frame.seq);
    this.#waiting = null;
  }

  /** Clear both canvases. */
  clear() {
    for (const canvas of Object.values(this.canvases)) prepare(canvas);
  }

  /**
   * Show a frame, unless a newer one arrived while it was being decoded.
   * @param {FrameHeader} frame
   * @param {Uint8Array<ArrayBuffer>} jpeg empty where no picture leaves the station
   * @param {Ack} ack
   */
  async take(frame, jpeg, ack) {
    const turn = this.#turn;
    const bitmap = await decoded(jpeg);
    if (turn !== this.#turn) ack(frame.seq);
    if (turn !== this.#turn || frame.seq <= this.#seq) {
      bitmap?.close();
      return;
    }
    this.#seq = frame.seq;
    if (this.#waiting) this.#waiting.bitmap?.close();
    else requestAnimationFrame(() => this.#paint());
    this.#waiting = { frame, bitmap, ack };
  }

  #paint() {
    if (!this.#waiting) return;
    const { frame, bitmap, ack } = this.#waiting;
    this.#waiting = null;
    if (!this.held) {
      this.#overlay.paint(frame, this.skeletonOnly ? null : bitmap);
      this.#root.dataset.frame = String(frame.frame);
    }
    bitmap?.close();
    this.paintedMs = performance.now();
    ack(frame.seq, this.paintedMs);
    this.#onPaint(frame);
  }

  /**
   * Update the alarm, even when no frames arrive.
   * @param {boolean} linked
   * @param {import("./wire.d.ts").Health | null} health
   */
  tick(linked, health) {
    const painted = Number.isFinite(this.paintedMs);
    const quietS = (performance.now() - (painted ? this.paintedMs : this.#startedMs)) / 1000;
    const reported = { station: health?.state ?? null, frameAgeS: health?.frame_age_s ?? null };
    const alarm = pictureAlarm({ linked, painted, quietS, ...reported });
    this.#root.classList.toggle("stale", alarm !== null);
    hide(this.#alarm.box, alarm === null);
    write(this.#alarm.loud, alarm?.loud ?? "");
    write(this.#alarm.small, alarm?.small ?? "");
    hide(this.#alarm.remedies, !alarm?.remedies);
  }
}
