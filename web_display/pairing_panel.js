// @ts-check
/** The pairing code for one more tablet, shown only on the station's own screen. */

import { find } from "./panels.js";
import { t } from "./words.js";

/** @typedef {import("./wire.d.ts").Pairing} Pairing */

// The quiet zone that the QR standard requires, in modules.
const QUIET = 4;

export class PairingPanel {
  #root;
  #endMs = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
  }

  /** @param {Pairing | null} pairing */
  show(pairing) {
    this.#root.hidden = pairing === null;
    if (!pairing || !pairing.role) return;
    this.#endMs = performance.now() + 1000 * pairing.left_s;
    find(this.#root, "#pairing-role").textContent = t(pairing.role === "operator" ? "page.pair_role_operator" : "page.pair_role_viewer");
    find(this.#root, "#pairing-code").textContent = pairing.code;
    find(this.#root, "#pairing-url").textContent = t("page.pair_go", { url: pairing.url.split("#")[0] });
    drawQr(/** @type {HTMLCanvasElement} */ (find(this.#root, "#pairing-qr")), pairing.qr);
    this.tick();
  }

  /** Count down, and hide when the code has expired. */
  tick() {
    if (this.#root.hidden) return;
    const leftS = Math.max(0, Math.ceil((this.#endMs - performance.now()) / 1000));
    find(this.#root, "#pairing-left").textContent = t("page.pair_left", { s: leftS });
    if (leftS === 0) this.#root.hidden = true;
  }
}

/**
 * Draw a QR code from rows of 0 and 1, black on white in every theme, as scanners expect.
 * @param {HTMLCanvasElement} canvas
 * @param {string[]} rows
 */
function drawQr(canvas, rows) {
  const side = rows.length + 2 * QUIET;
  const dot = 8;
  canvas.width = canvas.height = side * dot;
  const ink = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  ink.fillStyle = "#fff";
  ink.fillRect(0, 0, canvas.width, canvas.height);
  ink.fillStyle = "#000";
  rows.forEach((row, y) =>
    [...row].forEach((module, x) => {
      if (module === "1") ink.fillRect((x + QUIET) * dot, (y + QUIET) * dot, dot, dot);
    }),
  );
}
