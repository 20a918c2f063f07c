// @ts-check
/** The card with the near leg's newest stills, to set points on, and what was set. */

import { localTime, number, signed, withUnit } from "./format.js";
import { cropRound, movedInside, placing, present } from "./geometry.js";
import { prepare } from "./ink.js";
import { PointEditor } from "./point_editor.js";
import { placesOf } from "./point_places.js";
import { t } from "./words.js";
import { hide, write } from "./write.js";

/** @typedef {import("./stills.js").Taken} Taken */
/** @typedef {import("./tablet.js").Tools} Tools */
/** @typedef {import("./wire.d.ts").StillHeader} StillHeader */
/** @typedef {"peak_knee_flexion" | "toe_off"} StillKind */

/** @type {{kind: StillKind, words: import("./words.js").Key}[]} */
const STILLS = [
  { kind: "peak_knee_flexion", words: "page.points_peak" },
  { kind: "toe_off", words: "page.points_toe_off" },
];

export class PointsCard {
  #tools;
  #editor;
  /** @type {Map<string, Taken>} */ #newest = new Map();
  /** @type {Map<string, HTMLButtonElement>} */ #buttons = new Map();

  /** @param {Tools} tools */
  constructor(tools) {
    this.#tools = tools;
    this.#editor = new PointEditor(tools);
    for (const { kind } of STILLS) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "plain still-button";
      button.dataset.kind = kind;
      button.dataset.command = "";
      button.innerHTML = '<canvas aria-hidden="true"></canvas><span></span>';
      button.addEventListener("click", () => void this.#open(kind));
      tools.part("point-stills").append(button);
      this.#buttons.set(kind, button);
    }
    tools.press("points-undo", () => tools.send({ type: "clear_points" }, "did.points_undo"));
  }

  /** Keep the newest still of each kind. @param {StillHeader} header @param {ImageBitmap | null} bitmap */
  take(header, bitmap) {
    if (!placesOf(header) || !bitmap) return bitmap?.close();
    this.#newest.get(header.kind)?.bitmap?.close();
    this.#newest.set(header.kind, { header, bitmap });
    this.#thumb(header.kind);
  }

  /** Drop the stills: they are of another runner, or pictures are hidden. */
  forget() {
    for (const { bitmap } of this.#newest.values()) bitmap?.close();
    this.#newest.clear();
    this.#editor.close();
    this.show();
  }

  /** @param {StillKind} kind */
  async #open(kind) {
    const taken = this.#newest.get(kind);
    // The editor keeps its picture, whatever comes meanwhile.
    if (taken?.bitmap) this.#editor.open({ header: taken.header, bitmap: await createImageBitmap(taken.bitmap) });
  }

  show() {
    const { station } = this.#tools;
    const hidden = station.display?.shown === "skeleton";
    if (hidden && this.#newest.size) this.forget();
    for (const { kind, words } of STILLS) {
      const button = /** @type {HTMLButtonElement} */ (this.#buttons.get(kind));
      write(/** @type {HTMLElement} */ (button.querySelector("span")), t(words));
      hide(button, !this.#newest.has(kind));
      this.#thumb(kind);
    }
    const none = t(hidden ? "page.points_no_picture" : "page.points_no_still");
    write(this.#tools.part("points-still-words"), this.#newest.size ? "" : none);
    write(this.#tools.part("points-words"), this.#inForce());
    hide(this.#tools.part("points-undo"), !station.points?.side);
  }

  /** What is in force, with both numbers of the last stride. */
  #inForce() {
    const { station } = this.#tools;
    const points = station.points;
    if (!points?.side) return t("page.points_none");
    const still = t(points.kind === "toe_off" ? "page.points_toe_off" : "page.points_peak");
    const when = t("page.points_set", { time: localTime(points.set_at), still });
    const last = station.latest[points.side];
    const [knee, push] = ["knee_toe_offset_pct", "knee_flexion_push_off_deg"].map((name) => last?.model?.[name] ?? null);
    if (!last || knee === null) return when;
    const figures = t("page.points_both", {
      knee: withUnit(signed(last.knee_toe_offset_pct, 1), " %"),
      knee_model: withUnit(signed(knee, 1), " %"),
      push: withUnit(number(last.knee_flexion_push_off_deg, 1), "°"),
      push_model: withUnit(number(push, 1), "°"),
    });
    return `${when} ${figures}`;
  }

  /** @param {string} kind */
  #thumb(kind) {
    const canvas = /** @type {HTMLCanvasElement} */ (this.#buttons.get(kind)?.querySelector("canvas"));
    const taken = this.#newest.get(kind);
    if (!canvas.checkVisibility()) return;
    const { ink, width, height } = prepare(canvas);
    if (!taken?.bitmap || !taken.header.size_px) return;
    const crop = movedInside(cropRound(present(taken.header.leg_px ?? []), width / height), taken.header.size_px);
    const place = placing(crop, { x: 0, y: 0, width, height });
    const [left, top] = place([0, 0]);
    const [right, bottom] = place(taken.header.size_px);
    ink.drawImage(taken.bitmap, left, top, right - left, bottom - top);
  }
}
