// @ts-check
/** A still enlarged, with four points to drag: by finger, mouse or arrow keys, under a magnifier. */

import { cropRound, placing, present } from "./geometry.js";
import { colours, dot, line, prepare } from "./ink.js";
import { POINTS, moved, placesOf, setting, stepOf } from "./point_places.js";
import { t } from "./words.js";
import { write } from "./write.js";

/** @typedef {import("./geometry.js").Box} Box */
/** @typedef {import("./point_places.js").Places} Places */
/** @typedef {import("./point_places.js").PointName} PointName */
/** @typedef {import("./stills.js").Taken} Taken */
/** @typedef {import("./tablet.js").Tools} Tools */

// The magnifier shows a tenth of the crop's width.
const MAGNIFIED = 0.1;
/** @type {Record<PointName, import("./words.js").Key>} */
const NAMES = { knee: "page.point_knee", ankle: "page.point_ankle", heel: "page.point_heel", toe: "page.point_toe" };

export class PointEditor {
  #tools;
  #dialog;
  #canvas;
  #glass;
  /** @type {Record<PointName, HTMLButtonElement>} */ #handles;
  /** @type {Taken | null} */ #taken = null;
  /** @type {Places | null} */ #places = null;
  /** @type {Box} */ #crop = { x: 0, y: 0, width: 1, height: 1 };
  /** The point under the magnifier. @type {PointName | null} */ #held = null;
  /** Where finger and point were when it was taken. @type {{finger: [number, number], point: [number, number]}} */
  #grip = { finger: [0, 0], point: [0, 0] };

  /** @param {Tools} tools */
  constructor(tools) {
    this.#tools = tools;
    this.#dialog = /** @type {HTMLDialogElement} */ (tools.part("point-editor"));
    this.#canvas = /** @type {HTMLCanvasElement} */ (tools.part("point-picture"));
    this.#glass = /** @type {HTMLCanvasElement} */ (tools.part("point-glass"));
    this.#handles = /** @type {Record<PointName, HTMLButtonElement>} */ (Object.fromEntries(POINTS.map((name) => [name, this.#handle(name)])));
    tools.press("point-apply", () => this.#apply());
    tools.press("point-reset", () => this.#restart());
    tools.press("point-cancel", () => this.#dialog.close());
    this.#dialog.addEventListener("close", () => this.#forget());
    window.addEventListener("resize", () => this.#draw());
  }

  /** Open a still; it belongs to the editor from now on. @param {Taken} taken */
  open(taken) {
    this.#forget();
    this.#taken = taken;
    write(this.#tools.part("point-title"), t(taken.header.kind === "toe_off" ? "page.points_toe_off" : "page.points_peak"));
    this.#dialog.showModal();
    this.#restart();
  }

  /** Close it: the still is of another session. */
  close() {
    if (this.#dialog.open) this.#dialog.close();
  }

  #forget() {
    this.#taken?.bitmap?.close();
    this.#taken = this.#places = this.#held = null;
  }

  /** Put all points back where they were found. */
  #restart() {
    this.#places = this.#taken && placesOf(this.#taken.header);
    write(this.#tools.part("point-words"), t("page.point_hint"));
    this.#draw();
  }

  async #apply() {
    if (!this.#taken || !this.#places) return;
    const { ok, text } = await this.#tools.give(setting(this.#taken.header, this.#places));
    // What was dragged stays until it is accepted.
    if (ok) this.#dialog.close();
    else write(this.#tools.part("point-words"), text);
  }

  /** @param {PointName} name */
  #handle(name) {
    const handle = document.createElement("button");
    handle.type = "button";
    handle.className = "handle";
    handle.dataset.point = name;
    handle.setAttribute("aria-describedby", "point-words");
    this.#tools.part("point-stage").append(handle);
    handle.addEventListener("pointerdown", (event) => {
      handle.setPointerCapture(event.pointerId);
      this.#grip = { finger: [event.clientX, event.clientY], point: this.#places?.[name] ?? [0, 0] };
      this.#hold(name);
    });
    handle.addEventListener("pointermove", (event) => {
      if (handle.hasPointerCapture(event.pointerId)) this.#drag(name, event);
    });
    handle.addEventListener("keydown", (event) => {
      const step = stepOf(event);
      if (!step) return;
      event.preventDefault();
      this.#move(name, step);
    });
    handle.addEventListener("focus", () => this.#hold(name));
    return handle;
  }

  /** @param {PointName} name @param {PointerEvent} event */
  #drag(name, { clientX, clientY }) {
    // From where it was taken, so that the point does not jump under the finger.
    const scale = this.#crop.width / Math.max(1, this.#canvas.clientWidth);
    const { finger, point } = this.#grip;
    this.#put(name, point, [(clientX - finger[0]) * scale, (clientY - finger[1]) * scale]);
  }

  /** @param {PointName} name */
  #hold(name) {
    this.#held = name;
    this.#draw();
  }

  /** @param {PointName} name @param {[number, number]} by in pixels of the picture */
  #move(name, by) {
    if (this.#places) this.#put(name, this.#places[name], by);
  }

  /** @param {PointName} name @param {[number, number]} from @param {[number, number]} by */
  #put(name, from, by) {
    const size = this.#taken?.header.size_px;
    if (!this.#places || !size) return;
    this.#places[name] = moved(from, by, size);
    this.#held = name;
    this.#draw();
  }

  #draw() {
    const [taken, places] = [this.#taken, this.#places];
    if (!taken || !places || !taken.header.size_px) return;
    const { ink, width, height, u } = prepare(this.#canvas);
    const leg = present(taken.header.leg_px ?? []).slice(1);
    // Not of the points being dragged: the picture must not move under the finger.
    this.#crop = cropRound(leg, width / height);
    const place = placing(this.#crop, { x: 0, y: 0, width, height });
    picture(ink, taken, place);
    line(ink, [places.knee, places.ankle].map(place), { colour: colours.near, width: 3 * u });
    line(ink, [places.ankle, places.heel, places.toe, places.ankle].map(place), { colour: colours.near, width: 2 * u });
    for (const point of leg) dot(ink, place(point), 4 * u, colours.quiet);
    const ratio = width / Math.max(1, this.#canvas.clientWidth);
    for (const name of POINTS) {
      const [x, y] = place(places[name]);
      const handle = this.#handles[name];
      handle.style.left = `${x / ratio}px`;
      handle.style.top = `${y / ratio}px`;
      handle.setAttribute("aria-label", t(NAMES[name]));
      handle.title = t(NAMES[name]);
    }
    this.#magnify(taken, places);
  }

  /** @param {Taken} taken @param {Places} places */
  #magnify(taken, places) {
    this.#glass.hidden = this.#held === null;
    if (this.#held === null) return;
    const at = places[this.#held];
    // In the corner away from the finger.
    this.#glass.dataset.side = at[0] > this.#crop.x + this.#crop.width / 2 ? "left" : "right";
    const { ink, width, height, u } = prepare(this.#glass);
    const wide = MAGNIFIED * this.#crop.width;
    const from = { x: at[0] - wide / 2, y: at[1] - (wide * height) / width / 2, width: wide, height: (wide * height) / width };
    picture(ink, taken, placing(from, { x: 0, y: 0, width, height }));
    const [x, y] = [width / 2, height / 2];
    line(ink, [[x, 0], [x, height]], { colour: colours.light, width: 1.5 * u });
    line(ink, [[0, y], [width, y]], { colour: colours.light, width: 1.5 * u });
  }
}

/**
 * @param {CanvasRenderingContext2D} ink
 * @param {Taken} taken
 * @param {import("./geometry.js").Place} place
 */
function picture(ink, { header, bitmap }, place) {
  if (!bitmap || !header.size_px) return;
  const [left, top] = place([0, 0]);
  const [right, bottom] = place(header.size_px);
  ink.drawImage(bitmap, left, top, right - left, bottom - top);
}
