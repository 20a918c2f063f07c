// @ts-check
/** Two players on one card: one clip alone, or two strides at the same share, beside or over each other. */

import { drawGhost, frameAt } from "./compare.js";
import { Player } from "./replay.js";
import { t } from "./words.js";

/** @typedef {import("./compare.js").Piece} Piece */
/** @typedef {import("./replay.js").Clip} Clip */
/** @typedef {import("./tablet.js").Tools} Tools */
/** @typedef {import("./wire.d.ts").FrameHeader} FrameHeader */
/** @typedef {"one" | "beside" | "over"} How */
/** @typedef {{clip: Clip, piece: Piece | null}} Shown a clip, and the stride of it that is compared */
/** @typedef {{header: FrameHeader, under: FrameHeader | null}} Painted the frame of A, and that of B while comparing */

const SHARES = 1000;

export class PairedPlayers {
  #card;
  #part;
  #a;
  #b;
  #painted;
  /** @type {Shown | null} */ #one = null;
  /** @type {Shown | null} */ #other = null;
  /** @type {How} */ #how = "one";
  #rate = 0.25;
  #share = 0;
  #turn = 0;

  /**
   * @param {Tools} tools
   * @param {string} card id of the card that holds the buttons
   * @param {string} prefix of the ids of its parts
   * @param {{painted: (painted: Painted) => void, chosen: (how: How) => unknown}} told
   *   `painted` follows each frame of A; `chosen` is called when a way of comparing was pressed
   */
  constructor({ part, press }, card, prefix, { painted, chosen }) {
    this.#card = part(card);
    this.#part = (/** @type {string} */ name) => part(`${prefix}${name}`);
    this.#painted = painted;
    this.#a = new Player(this.#canvases(".a"), () => this.#follow());
    this.#b = new Player(this.#canvases(".b"), () => {});
    press(`${prefix}back`, () => this.#step(-1));
    press(`${prefix}forth`, () => this.#step(1));
    press(`${prefix}play`, () => (this.#playing ? this.freeze() : this.play()));
    this.#scrub.addEventListener("input", () => void this.#scrubbed());
    for (const button of this.#all("how")) {
      button.addEventListener("click", () => void chosen(/** @type {How} */ (button.dataset.how)));
    }
    for (const button of this.#all("rate")) {
      button.addEventListener("click", () => {
        this.#rate = Number(button.dataset.rate);
        if (this.#playing) this.play();
        this.show();
      });
    }
    window.addEventListener("resize", () => void this.again());
  }

  get how() {
    return this.#how;
  }

  set how(how) {
    this.freeze();
    this.#how = how;
  }

  get comparing() {
    return this.#how !== "one" && Boolean(this.#one?.piece && this.#other?.piece);
  }

  get #playing() {
    return this.#a.playing || this.#turn > 0;
  }

  get #scrub() {
    return /** @type {HTMLInputElement} */ (this.#part("scrub"));
  }

  /** @param {string} key @returns {HTMLButtonElement[]} */
  #all(key) {
    return [.../** @type {NodeListOf<HTMLButtonElement>} */ (this.#card.querySelectorAll(`button[data-${key}]`))];
  }

  /** @param {string} which */
  #canvases(which) {
    const screens = this.#part("screens");
    const find = (/** @type {string} */ name) => /** @type {HTMLCanvasElement} */ (screens.querySelector(`${which} ${name}`));
    return { picture: find(".picture"), overlay: find(".overlay") };
  }

  /** Load what A and B show; nothing is painted yet. @param {Shown} one @param {Shown | null} other */
  async load(one, other) {
    this.choose(one, other);
    this.#share = 0;
    if (other) await this.#b.load(other.clip);
    await this.#a.load(one.clip);
  }

  /** Choose other strides of the loaded clips. @param {Shown} one @param {Shown | null} other */
  choose(one, other) {
    [this.#one, this.#other] = [one, other];
  }

  unload() {
    this.freeze();
    this.#one = this.#other = null;
    this.#share = 0;
    this.#a.unload();
    this.#b.unload();
    delete this.#part("screens").dataset.frame;
  }

  /** Update buttons and slider. */
  show() {
    this.#part("screens").dataset.how = this.comparing ? this.#how : "one";
    for (const button of this.#all("how")) button.setAttribute("aria-pressed", String(button.dataset.how === this.#how));
    for (const button of this.#all("rate")) button.setAttribute("aria-pressed", String(Number(button.dataset.rate) === this.#rate));
    this.#scrub.max = String(this.comparing ? SHARES : Math.max(0, (this.#one?.clip.frames.length ?? 1) - 1));
    this.#name();
  }

  #name() {
    this.#part("play").textContent = t(this.#playing ? "page.freeze" : "page.play");
  }

  /** Paint the frames in view anew, for example in another size. */
  again() {
    return this.at(this.#share);
  }

  /** Show the frame of A with this number. @param {number} index */
  seek(index) {
    return this.#a.seek(index);
  }

  /** Show both strides at the same share; a clip alone where it is. @param {number} share 0 to 1 */
  async at(share) {
    this.#share = share;
    const [one, other] = [this.#one, this.#other];
    if (!one) return;
    if (!this.comparing || !one.piece || !other?.piece) return this.#a.seek(this.#a.index);
    await Promise.all([this.#b.seek(frameAt(other.clip, other.piece, share)), this.#a.seek(frameAt(one.clip, one.piece, share))]);
  }

  /** Follow each frame of A. */
  #follow() {
    const [one, other] = [this.#one, this.#other];
    const header = one?.clip.frames[this.#a.index]?.header;
    if (!one || !header) return;
    this.#scrub.value = String(this.comparing ? Math.round(this.#share * SHARES) : this.#a.index);
    this.#part("screens").dataset.frame = String(header.frame);
    this.#name();
    const b = this.comparing ? other : null;
    const under = b?.piece ? b.clip.frames[frameAt(b.clip, b.piece, this.#share)].header : null;
    this.#painted({ header, under });
    if (this.#how === "over" && one.piece && b?.piece && under) {
      drawGhost(this.#canvases(".a").overlay, { frame: under, side: b.piece.side }, { frame: header, side: one.piece.side });
    }
  }

  async #scrubbed() {
    const value = Number(this.#scrub.value);
    this.freeze();
    if (this.comparing) await this.at(value / SHARES);
    else await this.#a.seek(value);
  }

  /** @param {number} frames */
  async #step(frames) {
    this.freeze();
    if (!this.comparing || !this.#one?.piece) return this.#a.step(frames);
    // Both strides step by one frame of A.
    const { clip, piece } = this.#one;
    const count = Math.max(1, frameAt(clip, piece, 1) - frameAt(clip, piece, 0));
    return this.at(Math.min(1, Math.max(0, this.#share + frames / count)));
  }

  freeze() {
    this.#turn = 0;
    this.#a.pause();
    this.#name();
  }

  play() {
    this.freeze();
    if (this.comparing) void this.#playBoth();
    else void this.#a.play(this.#rate, true);
    this.#part("play").textContent = t("page.freeze");
  }

  async #playBoth() {
    const [a, b] = [this.#one?.piece, this.#other?.piece];
    if (!a || !b) return;
    const turn = (this.#turn = performance.now());
    const spanS = (a.endS - a.startS + b.endS - b.startS) / 2;
    let lastMs = performance.now();
    while (this.#turn === turn) {
      const nowMs = await new Promise((done) => requestAnimationFrame(done));
      if (this.#turn !== turn) return;
      const share = this.#share + (this.#rate * (nowMs - lastMs)) / 1000 / spanS;
      lastMs = nowMs;
      await this.at(share > 1 ? 0 : share);
    }
  }
}
