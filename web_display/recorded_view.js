// @ts-check
/** Recorded sessions to watch: a stretch of one, or two strides of any, side by side or overlaid. */

import { framesOf, outlineOf, Refused } from "./archive.js";
import { clock, legName, localTime } from "./format.js";
import { metricText } from "./metrics.js";
import { PairedPlayers } from "./paired_players.js";
import { t } from "./words.js";

/** @typedef {import("./archive.js").Kept} Kept */
/** @typedef {import("./archive.js").Outline} Outline */
/** @typedef {import("./compare.js").Piece} Piece */
/** @typedef {import("./paired_players.js").How} How */
/** @typedef {import("./paired_players.js").Painted} Painted */
/** @typedef {import("./replay.js").Clip} Clip */
/** @typedef {import("./tablet.js").Tools} Tools */
/** @typedef {{kept: Kept, outline: Outline}} Session */
/** @typedef {{session: Session, piece: Piece | null}} Choice a stride, or a session without one */
/** @typedef {{choice: Choice, clip: Clip}} Loaded */

const STRETCH_S = 10;
// So that the first frame of a stride is not the first of the stretch.
const BEFORE_S = 0.1;

export class RecordedView {
  #part;
  #players;
  /** @type {Kept[]} */ #chosen = [];
  /** @type {Session[]} */ #sessions = [];
  /** @type {Choice[]} */ #choices = [];
  /** @type {Loaded | null} */ #one = null;
  /** @type {Loaded | null} */ #other = null;
  #asked = 0;

  /** @param {Tools} tools */
  constructor(tools) {
    const { part, press } = tools;
    this.#part = part;
    this.#players = new PairedPlayers(tools, "recorded", "recorded-", {
      painted: (painted) => this.#painted(painted),
      chosen: (how) => this.#compare(how),
    });
    press("recorded-open", () => this.#open());
    press("recorded-earlier", () => this.#turnPage(-STRETCH_S));
    press("recorded-later", () => this.#turnPage(STRETCH_S));
    for (const id of ["recorded-a", "recorded-b"]) part(id).addEventListener("change", () => void this.#load());
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

  /** @param {How} how */
  #compare(how) {
    this.#players.how = how;
    return this.#load();
  }

  /** @param {string} id */
  #select(id) {
    return /** @type {HTMLSelectElement} */ (this.#part(id));
  }

  #forget() {
    this.#players.unload();
    this.#players.how = "one";
    this.#asked += 1;
    this.#sessions = [];
    this.#choices = [];
    this.#one = this.#other = null;
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
    this.#players.freeze();
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
      async () => ({ one: await this.#loaded(a), other: this.#players.how === "one" ? null : await this.#loaded(b) }),
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
    const empty = !one.clip.frames.length || (other && !other.clip.frames.length);
    this.#part("recorded-player").hidden = false;
    this.#part("recorded-words").textContent = empty ? t("page.recorded_none") : "";
    const [a, b] = [one, other].map((loaded) => loaded && { clip: loaded.clip, piece: loaded.choice.piece });
    if (a) await this.#players.load(a, b);
    this.#show();
    await this.#players.at(0);
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
    this.#players.show();
    const { how } = this.#players;
    for (const button of this.#part("recorded").querySelectorAll("button[data-how]")) {
      /** @type {HTMLButtonElement} */ (button).disabled = !this.#choices.some(({ piece }) => piece);
    }
    this.#select("recorded-b").disabled = how === "one";
    for (const id of ["recorded-earlier", "recorded-later"]) this.#part(id).hidden = how !== "one";
  }

  /** @param {Painted} painted */
  #painted({ header, under }) {
    if (!this.#one) return;
    this.#part("recorded-caption-a").textContent = caption("A", this.#one, header.time_s);
    this.#part("recorded-caption-b").textContent = under && this.#other ? caption("B", this.#other, under.time_s) : "";
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
