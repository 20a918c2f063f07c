// @ts-check
/** Replay of the last seconds kept by the station: frames with their keypoints. */

import { decodeBinary, WireError } from "./decode.js";
import { present, roundAll } from "./geometry.js";
import { prepare } from "./ink.js";
import { decoded } from "./live_view.js";
import { Overlay } from "./overlay.js";
import { untilDead } from "./requests.js";

/** @typedef {import("./wire.d.ts").FrameHeader} FrameHeader */
/** @typedef {{header: FrameHeader, jpeg: Uint8Array<ArrayBuffer>}} ClipFrame */

/** Frames in capture order. */
export class Clip {
  /** @param {ClipFrame[]} frames */
  constructor(frames) {
    this.frames = frames.filter(({ header }) => header.time_s !== null);
  }

  /** Capture time of a frame. @param {number} index */
  timeS(index) {
    return /** @type {number} */ (this.frames[index].header.time_s);
  }

  get startS() {
    return this.frames.length ? this.timeS(0) : 0;
  }

  get endS() {
    return this.frames.length ? this.timeS(this.frames.length - 1) : 0;
  }

  /** The frame nearest to a capture time. @param {number} timeS */
  indexAt(timeS) {
    let [low, high] = [0, this.frames.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timeS(middle) < timeS) low = middle + 1;
      else high = middle;
    }
    if (low > 0 && timeS - this.timeS(low - 1) < this.timeS(low) - timeS) low -= 1;
    return low;
  }

  /** The part between two capture times. @param {number} fromS @param {number} toS */
  between(fromS, toS) {
    return new Clip(this.frames.filter((_, i) => this.timeS(i) >= fromS && this.timeS(i) <= toS));
  }
}

/**
 * Decode the response of `/api/replay`.
 * @param {ArrayBuffer} data each frame as its length, u32 little-endian, and the message
 */
export function parseReplay(data) {
  const view = new DataView(data);
  /** @type {ClipFrame[]} */
  const frames = [];
  for (let at = 0; at < data.byteLength; ) {
    if (at + 4 > data.byteLength) throw new WireError("a replay that ends within a length");
    const length = view.getUint32(at, true);
    const end = at + 4 + length;
    if (end > data.byteLength) throw new WireError("a replay that ends within a frame");
    const { header, jpeg } = decodeBinary(data.slice(at + 4, end));
    if (header.type === "frame") frames.push({ header, jpeg });
    at = end;
  }
  // Capture time continues after a camera reconnects, but may restart with a looped clip.
  const last = frames.at(-1)?.header.time_s ?? 0;
  return new Clip(frames.filter(({ header }) => header.time_s !== null && header.time_s <= (last ?? 0)));
}

/** @param {number} seconds @param {number} [mostHz] */
export async function fetchReplay(seconds, mostHz = 60) {
  const reply = await fetch(`/api/replay?seconds=${seconds}&most_hz=${mostHz}`, { signal: untilDead() });
  if (!reply.ok) throw new Error(`the station gives no replay: ${reply.status}`);
  return parseReplay(await reply.arrayBuffer());
}

/** Player of a clip on a pair of canvases: slow motion, single steps or paused. */
export class Player {
  #canvases;
  #overlay;
  /** @type {{key: string, box: import("./geometry.js").Box | null}} */ #shownPart = { key: "", box: null };
  #onFrame;
  /** @type {Clip | null} */ #clip = null;
  #turn = 0;
  #painting = 0;
  #shown = 0;
  index = 0;
  playing = false;

  /**
   * @param {{picture: HTMLCanvasElement, overlay: HTMLCanvasElement}} canvases
   * @param {(player: Player) => void} onFrame called after each frame shown
   */
  constructor(canvases, onFrame) {
    this.#canvases = canvases;
    this.#overlay = new Overlay(canvases.picture, canvases.overlay);
    this.#onFrame = onFrame;
  }

  get clip() {
    return this.#clip;
  }

  /** Zoom to the part of the picture that the runner occupies throughout the clip. */
  #part() {
    const { picture } = this.#canvases;
    const aspect = picture.clientWidth / Math.max(1, picture.clientHeight);
    const key = `${aspect.toFixed(3)} ${this.#clip?.startS} ${this.#clip?.frames.length}`;
    if (this.#clip && key !== this.#shownPart.key) {
      const points = this.#clip.frames.flatMap(({ header }) => present(header.xy_px));
      this.#shownPart = { key, box: roundAll(points, aspect, this.#clip.frames[0].header.size_px) };
    }
    return this.#shownPart.box;
  }

  /** Load a clip and show its first frame. @param {Clip} clip */
  async load(clip) {
    this.pause();
    this.#clip = clip;
    await this.seek(0);
  }

  /** Drop the clip and clear the canvases. */
  unload() {
    this.pause();
    this.#painting += 1;
    this.#clip = null;
    this.index = this.#shown = 0;
    this.#overlay.forget();
    for (const canvas of Object.values(this.#canvases)) prepare(canvas);
  }

  /** Show one frame; the index is clamped to the clip. @param {number} index */
  async seek(index) {
    if (!this.#clip?.frames.length) return;
    this.index = Math.min(this.#clip.frames.length - 1, Math.max(0, index));
    this.#painting += 1;
    const turn = this.#painting;
    const { header, jpeg } = this.#clip.frames[this.index];
    const bitmap = await decoded(jpeg);
    // The user has scrubbed on: only the newest request is shown.
    if (turn === this.#painting) {
      this.#overlay.paint(header, bitmap, this.#part());
      this.#shown = this.index;
      this.#onFrame(this);
    }
    bitmap?.close();
  }

  /** Pause and step forward or back. @param {number} frames */
  async step(frames) {
    this.pause();
    await this.seek(this.index + frames);
  }

  /** Pause on the current frame; a frame still being decoded is dropped. */
  pause() {
    this.#turn += 1;
    if (!this.playing) return;
    this.playing = false;
    this.#painting += 1;
    this.index = this.#shown;
  }

  /** Play from here to the end at a fraction of real time. @param {number} rate @param {boolean} [round] loop at the end */
  async play(rate, round = false) {
    const clip = this.#clip;
    if (!clip?.frames.length) return;
    this.pause();
    const turn = this.#turn;
    this.playing = true;
    do {
      if (this.index >= clip.frames.length - 1) await this.seek(0);
      const fromS = clip.timeS(this.index);
      const beganMs = await nextFrameMs();
      while (turn === this.#turn && this.index < clip.frames.length - 1) {
        const nowMs = await nextFrameMs();
        const index = clip.indexAt(fromS + (rate * (nowMs - beganMs)) / 1000);
        if (index !== this.index && turn === this.#turn) await this.seek(index);
      }
    } while (round && turn === this.#turn);
    if (turn === this.#turn) {
      this.playing = false;
      this.#onFrame(this);
    }
  }

  /** Load a clip and play it once. @param {Clip} clip @param {number} rate */
  async run(clip, rate) {
    await this.load(clip);
    await this.play(rate);
  }
}

/** @returns {Promise<number>} */
const nextFrameMs = () => new Promise((done) => requestAnimationFrame(done));
