// @ts-check
/** Shared drawing tools: colours (Okabe and Ito), fonts, and canvases at screen resolution. */

/** Colours on pictures, the same in light and dark themes. */
export const colours = {
  near: "#56b4e9",
  far: "#d5dbe3",
  quiet: "#a3afbd",
  light: "#f4f6f8",
  dark: "#0a0d12",
  panel: "#141a23",
  green: "#009e73",
  amber: "#e69f00",
  red: "#d55e00",
};

/** Colours outside pictures, from the style sheet's theme. */
export const paper = { near: "#56b4e9", quiet: "#a9b4c2", text: "#f4f6f8", panel: "#141a23", ground: "#0a0d12", rule: "#36424f" };

/** Read the current theme from the style sheet. */
export function adoptTheme() {
  const style = getComputedStyle(document.documentElement);
  for (const name of /** @type {(keyof typeof paper)[]} */ (Object.keys(paper))) {
    paper[name] = style.getPropertyValue(`--${name}`).trim() || paper[name];
  }
}

/** @param {number} size in pixels @param {boolean} [bold] */
export function font(size, bold = false) {
  return `${bold ? "700 " : ""}${size}px "Barlow", "Liberation Sans", Arial, sans-serif`;
}

/**
 * Clear a canvas and match it to the screen's resolution.
 * @param {HTMLCanvasElement} canvas
 * @returns {{ink: CanvasRenderingContext2D, width: number, height: number, u: number}} sizes in
 *   device pixels; `u` is one pixel of the 1920x1080 drawing, as `unit` has it
 */
export function prepare(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
  const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const ink = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  ink.setLineDash([]);
  ink.globalAlpha = 1;
  ink.clearRect(0, 0, width, height);
  return { ink, width, height, u: ratio * unit(canvas) };
}

/**
 * The drawing scale: the page's `--u`, else from the size of the canvas.
 * @param {HTMLCanvasElement} canvas
 */
function unit(canvas) {
  if (document.documentElement.dataset.drawing === "page") {
    // As station.css has it.
    const [width, height] = window.innerWidth < window.innerHeight ? [1080, 1990] : [1920, 1080];
    return Math.min(window.innerWidth / width, window.innerHeight / height);
  }
  return Math.max(0.45, Math.min(1, canvas.clientWidth / 1048));
}

/**
 * A line with a dark outline, so that it is visible on any picture.
 * @param {CanvasRenderingContext2D} ink
 * @param {[number, number][]} points
 * @param {{colour: string, width: number, dash?: number[]}} pen
 */
export function line(ink, points, { colour, width, dash = [] }) {
  if (points.length < 2) return;
  ink.lineJoin = "round";
  ink.lineCap = dash.length ? "butt" : "round";
  ink.beginPath();
  points.forEach(([x, y], place) => (place ? ink.lineTo(x, y) : ink.moveTo(x, y)));
  ink.setLineDash(dash);
  ink.strokeStyle = "rgba(10, 13, 18, 0.65)";
  ink.lineWidth = width * 1.7;
  ink.stroke();
  ink.strokeStyle = colour;
  ink.lineWidth = width;
  ink.stroke();
  ink.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} ink
 * @param {[number, number]} at
 * @param {number} radius
 * @param {string} fill
 */
export function dot(ink, [x, y], radius, fill) {
  ink.beginPath();
  ink.arc(x, y, radius, 0, 2 * Math.PI);
  ink.fillStyle = fill;
  ink.fill();
  ink.strokeStyle = "rgba(10, 13, 18, 0.8)";
  ink.lineWidth = radius * 0.35;
  ink.stroke();
}
