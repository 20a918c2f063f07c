// @ts-check
/** The live picture: decodes, paints the newest frame with its own keypoints, and says when it is stale. */

import { pictureAlarm } from "./format.js";
import { Overlay } from "./overlay.js";
import { hide, write } from "./write.js";

/** @typedef {import("./link.js").Ack} Ack */
/** @typedef {import("./wire.d.ts").FrameHeader} FrameHeader */
/** @typedef {{frame: FrameHeader, bitmap: ImageBitmap | null, ack: Ack}} Waiting */

/** A picture that cannot be decoded is none. @param {Uint8Array<ArrayBuffer>} jpeg */
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
  /** @type {Waiting | null} */ #waiting = null;
  #startedMs = performance.now();
  /** Whether something else is shown in this place: frames are acknowledged, and not painted. */
  held = false;
  /** Whether no picture may be seen: one that was sent before it was forbidden is not painted. */
  skeletonOnly = false;
  /** When this page last painted, in its own milliseconds. */
  paintedMs = -Infinity;

  /**
   * @param {HTMLElement} root holds the canvases `.picture` and `.overlay`, and `.alarm`
   * @param {(frame: FrameHeader) => void} onPaint
   */
  constructor(root, onPaint) {
    this.#root = root;
    /** @param {string} selector */
    const find = (selector) => {
      const found = root.querySelector(selector);
      if (!found) throw new Error(`the page has no ${selector}`);
      return /** @type {HTMLElement} */ (found);
    };
    const [picture, overlay] = [".picture", ".overlay"].map((s) => /** @type {HTMLCanvasElement} */ (find(s)));
    this.canvases = { picture, overlay };
    this.#overlay = new Overlay(picture, overlay);
    this.#alarm = { box: find(".alarm"), loud: find(".alarm .loud"), small: find(".alarm .small") };
    this.#onPaint = onPaint;
  }

  /** A new link counts its pictures anew. */
  forget() {
    this.#seq = 0;
  }

  /**
   * Show a frame, unless a newer one came while it was decoded.
   * @param {FrameHeader} frame
   * @param {Uint8Array<ArrayBuffer>} jpeg empty where no picture leaves the station
   * @param {Ack} ack
   */
  async take(frame, jpeg, ack) {
    const bitmap = await decoded(jpeg);
    if (frame.seq <= this.#seq) {
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
   * Say what must be said also when nothing arrives.
   * @param {boolean} linked
   * @param {import("./wire.d.ts").Health | null} health
   */
  tick(linked, health) {
    const painted = Number.isFinite(this.paintedMs);
    const quietS = (performance.now() - (painted ? this.paintedMs : this.#startedMs)) / 1000;
    const told = { station: health?.state ?? null, frameAgeS: health?.frame_age_s ?? null };
    const alarm = pictureAlarm({ linked, painted, quietS, ...told });
    this.#root.classList.toggle("stale", alarm !== null);
    hide(this.#alarm.box, alarm === null);
    write(this.#alarm.loud, alarm?.loud ?? "");
    write(this.#alarm.small, alarm?.small ?? "");
  }
}
