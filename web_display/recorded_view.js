// @ts-check
/** Recorded sessions to watch: a stretch of one, or two strides of any, side by side or overlaid. */

import { framesOf, outlineOf, Refused } from "./archive.js";
import { drawGhost, frameAt } from "./compare.js";
import { clock, legName, localTime } from "./format.js";
import { metricText } from "./metrics.js";
import { Clip, Player } from "./replay.js";
import { t } from "./words.js";

/** @typedef {import("./archive.js").Kept} Kept */
/** @typedef {import("./archive.js").Outline} Outline */
/** @typedef {import("./compare.js").Piece} Piece */
/** @typedef {import("./tablet.js").Tools} Tools */
/** @typedef {{kept: Kept, outline: Outline}} Session */
/** @typedef {{session: Session, piece: Piece | null}} Choice a stride, or a session without one */
/** @typedef {{choice: Choice, clip: Clip}} Loaded */

const STRETCH_S = 10;
const SHARES = 1000;
// So that the first frame of a stride is not the first of the stretch.
const BEFORE_S = 0.1;

export class RecordedView {
  #part;
  #a;
  #b;
  /** @type {Kept[]} */ #chosen = [];
  /** @type {Session[]} */ #sessions = [];
  /** @type {Choice[]} */ #choices = [];
  /** @type {Loaded | null} */ #one = null;
  /** @type {Loaded | null} */ #other = null;
  #how = "one";
  #rate = 0.25;
  #share = 0;
  #turn = 0;
  #asked = 0;

  /** @param {Tools} tools */
  constructor({ part, press }) {
    this.#part = part;
    this.#a = new Player(canvases(part("recorded-screens"), ".a"), () => this.#painted());
    this.#b = new Player(canvases(part("recorded-screens"), ".b"), () => {});
    press("recorded-open", () => this.#open());
    press("recorded-play", () => (this.#playing ? this.#freeze() : this.#play()));
    press("recorded-back", () => this.#step(-1));
    press("recorded-forth", () => this.#step(1));
    press("recorded-earlier", () => this.#turnPage(-STRETCH_S));
    press("recorded-later", () => this.#turnPage(STRETCH_S));
    part("recorded-scrub").addEventListener("input", () => void this.#scrubbed());
    for (const id of ["recorded-a", "recorded-b"]) part(id).addEventListener("change", () => void this.#load());
    for (const button of this.#all("[data-how]")) {
      button.addEventListener("click", () => {
        this.#how = button.dataset.how ?? "one";
        void this.#load();
      });
    }
    for (const button of this.#all("[data-rate]")) {
      button.addEventListener("click", () => {
        this.#rate = Number(button.dataset.rate);
        if (this.#playing) this.#play();
        this.#show();
      });
    }
  }

  /** Offer these sessions; others are dropped. @param {Kept[]} chosen */
  of(chosen) {
    const same = chosen.map(({ name }) => name).join() === this.#chosen.map(({ name }) => name).join();
    this.#part("recorded").hidden = chosen.length === 0;
    if (!same) {
      this.#forget();
      this.#chosen = chosen;
    }
    this.#show();
  }

  get #comparing() {
    return this.#how !== "one" && Boolean(this.#one?.choice.piece && this.#other?.choice.piece);
  }

  get #playing() {
    return this.#a.playing || this.#turn > 0;
  }

  /** @param {string} selector @returns {HTMLElement[]} */
  #all(selector) {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.#part("recorded").querySelectorAll(`button${selector}`))];
  }

  /** @param {string} id */
  #select(id) {
    return /** @type {HTMLSelectElement} */ (this.#part(id));
  }

  #forget() {
    this.#freeze();
    this.#asked += 1;
    this.#sessions = [];
    this.#choices = [];
    this.#one = this.#other = null;
    this.#share = 0;
    this.#how = "one";
    this.#a.unload();
    this.#b.unload();
    for (const id of ["recorded-words", "recorded-caption-a", "recorded-caption-b"]) this.#part(id).textContent = "";
    this.#part("recorded-player").hidden = true;
  }

  async #open() {
    const chosen = this.#chosen;
    await this.#asking(async () => {
      const sessions = [];
      for (const kept of chosen) sessions.push({ kept, outline: await outlineOf(kept.name) });
      return sessions;
    }, async (sessions) => {
      this.#sessions = sessions;
      this.#choices = sessions.flatMap(choicesOf);
      for (const id of ["recorded-a", "recorded-b"]) this.#select(id).replaceChildren(...this.#groups());
      this.#select("recorded-b").value = String(this.#choices.length - 1);
      await this.#load();
    });
  }

  /**
   * Ask the station, and go on if nothing else has been asked for meanwhile.
   * @template T
   * @param {() => Promise<T>} ask
   * @param {(got: T) => unknown} then
   */
  async #asking(ask, then) {
    this.#freeze();
    this.#asked += 1;
    const asked = this.#asked;
    this.#part("recorded-words").textContent = t("page.recorded_loading");
    try {
      const got = await ask();
      if (asked !== this.#asked) return;
      this.#part("recorded-words").textContent = "";
      await then(got);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (asked === this.#asked) this.#part("recorded-words").textContent = t("page.replay_failed", { text: error.message });
    }
  }

  #groups() {
    return this.#sessions.map((session, index) => {
      const group = document.createElement("optgroup");
      group.label = `${"AB"[index]} · ${localTime(session.kept.begun_at)}`;
      for (const [place, choice] of this.#choices.entries()) {
        if (choice.session !== session) continue;
        const option = document.createElement("option");
        option.value = String(place);
        option.textContent = label(choice);
        group.append(option);
      }
      return group;
    });
  }

  /** Fetch what is chosen, and show its beginning. */
  async #load() {
    const [a, b] = ["recorded-a", "recorded-b"].map((id) => this.#choices[Number(this.#select(id).value)]);
    if (!a || !b) return;
    await this.#asking(
      async () => ({ one: await this.#loaded(a), other: this.#how === "one" ? null : await this.#loaded(b) }),
      ({ one, other }) => this.#take(one, other),
    );
  }

  /** @param {Choice} choice @returns {Promise<Loaded>} */
  async #loaded(choice) {
    const has = [this.#one, this.#other].find((loaded) => loaded?.choice === choice);
    if (has) return has;
    const fromS = (choice.piece?.startS ?? choice.session.outline.origin_s ?? 0) - BEFORE_S;
    return { choice, clip: await framesOf(choice.session.kept.name, fromS, STRETCH_S) };
  }

  /** @param {Loaded} one @param {Loaded | null} other */
  async #take(one, other) {
    this.#one = one;
    this.#other = other;
    this.#share = 0;
    const empty = !one.clip.frames.length || (other && !other.clip.frames.length);
    this.#part("recorded-player").hidden = false;
    this.#part("recorded-words").textContent = empty ? t("page.recorded_none") : "";
    if (other) await this.#b.load(other.clip);
    await this.#a.load(one.clip);
    this.#show();
    await this.#at(0);
  }

  /** @param {number} seconds */
  async #turnPage(seconds) {
    const shown = this.#one;
    if (!shown) return;
    const { origin_s: first, last_s: last } = shown.choice.session.outline;
    const wanted = (shown.clip.frames.length ? shown.clip.startS : (first ?? 0)) + seconds;
    const fromS = Math.max(first ?? 0, Math.min(wanted, (last ?? wanted) - 1));
    await this.#asking(
      () => framesOf(shown.choice.session.kept.name, fromS, STRETCH_S),
      (clip) => this.#take({ choice: { session: shown.choice.session, piece: null }, clip }, null),
    );
  }

  #show() {
    const screens = this.#part("recorded-screens");
    screens.dataset.how = this.#comparing ? this.#how : "one";
    for (const button of this.#all("[data-how]")) {
      button.setAttribute("aria-pressed", String(button.dataset.how === this.#how));
      /** @type {HTMLButtonElement} */ (button).disabled = !this.#choices.some(({ piece }) => piece);
    }
    for (const button of this.#all("[data-rate]")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.rate) === this.#rate));
    }
    const scrub = /** @type {HTMLInputElement} */ (this.#part("recorded-scrub"));
    scrub.max = String(this.#comparing ? SHARES : Math.max(0, (this.#one?.clip.frames.length ?? 1) - 1));
    this.#select("recorded-b").disabled = this.#how === "one";
    for (const id of ["recorded-earlier", "recorded-later"]) this.#part(id).hidden = this.#how !== "one";
    this.#part("recorded-play").textContent = t(this.#playing ? "page.freeze" : "page.play");
  }

  /** Show both strides at the same share. @param {number} share 0 to 1 */
  async #at(share) {
    this.#share = share;
    const [one, other] = [this.#one, this.#other];
    if (!this.#comparing || !one?.choice.piece || !other?.choice.piece) return this.#a.seek(this.#a.index);
    await this.#b.seek(frameAt(other.clip, other.choice.piece, share));
    await this.#a.seek(frameAt(one.clip, one.choice.piece, share));
  }

  #painted() {
    const [one, other] = [this.#one, this.#other];
    if (!one) return;
    const { header } = one.clip.frames[this.#a.index];
    const scrub = /** @type {HTMLInputElement} */ (this.#part("recorded-scrub"));
    scrub.value = String(this.#comparing ? Math.round(this.#share * SHARES) : this.#a.index);
    this.#part("recorded-screens").dataset.frame = String(header.frame);
    this.#part("recorded-caption-a").textContent = caption("A", one, header.time_s);
    const both = this.#comparing && other?.choice.piece ? other : null;
    const under = both && both.choice.piece ? both.clip.frames[frameAt(both.clip, both.choice.piece, this.#share)].header : null;
    this.#part("recorded-caption-b").textContent = both ? caption("B", both, under?.time_s ?? null) : "";
    this.#part("recorded-play").textContent = t(this.#playing ? "page.freeze" : "page.play");
    if (this.#how === "over" && both?.choice.piece && under && one.choice.piece) {
      const { overlay } = canvases(this.#part("recorded-screens"), ".a");
      drawGhost(overlay, { frame: under, side: both.choice.piece.side }, { frame: header, side: one.choice.piece.side });
    }
  }

  async #scrubbed() {
    const value = Number(/** @type {HTMLInputElement} */ (this.#part("recorded-scrub")).value);
    this.#freeze();
    if (this.#comparing) await this.#at(value / SHARES);
    else await this.#a.seek(value);
  }

  /** @param {number} frames */
  async #step(frames) {
    this.#freeze();
    const piece = this.#one?.choice.piece;
    if (!this.#comparing || !this.#one || !piece) return this.#a.step(frames);
    const count = Math.max(1, frameAt(this.#one.clip, piece, 1) - frameAt(this.#one.clip, piece, 0));
    return this.#at(Math.min(1, Math.max(0, this.#share + frames / count)));
  }

  #freeze() {
    this.#turn = 0;
    this.#a.pause();
    this.#part("recorded-play").textContent = t("page.play");
  }

  #play() {
    this.#freeze();
    if (this.#comparing) void this.#playBoth();
    else void this.#a.play(this.#rate, true);
    this.#part("recorded-play").textContent = t("page.freeze");
  }

  async #playBoth() {
    const [a, b] = [this.#one?.choice.piece, this.#other?.choice.piece];
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

/** The valid strides of a session; itself if it has none. @param {Session} session @returns {Choice[]} */
function choicesOf(session) {
  const pieces = session.outline.strides.flatMap((stride) => {
    const { start_s: startS, end_s: endS, side, near, valid } = stride;
    if (!valid || startS === null || endS === null) return [];
    return [{ session, piece: { side, near, startS, endS, stride } }];
  });
  return pieces.length ? pieces : [{ session, piece: null }];
}

/** @param {Choice} choice */
function label({ session, piece }) {
  if (!piece) return t("page.how_one");
  const at = clock(piece.startS - (session.outline.origin_s ?? 0));
  return `${at} · ${legName(piece.side, piece.near)} · ${metricText(piece.stride, "knee_toe_offset_pct")} · ${metricText(piece.stride, "knee_flexion_push_off_deg")}`;
}

/** @param {string} letter @param {Loaded} loaded @param {number | null} timeS */
function caption(letter, { choice }, timeS) {
  const at = clock(timeS === null ? null : timeS - (choice.session.outline.origin_s ?? 0));
  return `${letter} · ${localTime(choice.session.kept.begun_at)} · ${at}`;
}

/** @param {HTMLElement} screens @param {string} which */
function canvases(screens, which) {
  const find = (/** @type {string} */ name) => /** @type {HTMLCanvasElement} */ (screens.querySelector(`${which} ${name}`));
  return { picture: find(".picture"), overlay: find(".overlay") };
}
