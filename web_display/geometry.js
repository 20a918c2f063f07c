// @ts-check
/** Layout geometry: fitting a picture, and cropping it around a leg. */

/** @typedef {[number, number] | null} Point */
/** @typedef {{x: number, y: number, width: number, height: number}} Box */
/** @typedef {(point: [number, number]) => [number, number]} Place */

/**
 * The largest box of the picture's shape in the middle of an area.
 * @param {[number, number]} size
 * @param {number} width
 * @param {number} height
 * @returns {Box}
 */
export function fit([w, h], width, height) {
  const scale = Math.min(width / w, height / h);
  return {
    x: (width - w * scale) / 2,
    y: (height - h * scale) / 2,
    width: w * scale,
    height: h * scale,
  };
}

/**
 * The crop of the picture, with an area's aspect ratio, that shows the points large.
 * @param {[number, number][]} points
 * @param {number} aspect width over height of the area
 * @returns {Box} in pixels of the picture; it may reach beyond the picture's edge
 */
export function cropRound(points, aspect) {
  const xs = points.map((p) => p[0]);
  const ys = points.map((p) => p[1]);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const height = Math.max((bottom - top) * 1.24, ((right - left) * 1.2) / aspect, 1);
  const width = height * aspect;
  return {
    x: (left + right - width) / 2,
    y: (top + bottom) / 2 - height / 2,
    width,
    height,
  };
}

/**
 * The crop of the picture, with an area's aspect ratio, that holds all points with a margin.
 * @param {[number, number][]} points
 * @param {number} aspect width over height of the area
 * @param {[number, number]} size of the picture
 * @returns {Box | null} null where there is no point
 */
export function roundAll(points, aspect, size) {
  if (!points.length) return null;
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [x, y] of points) {
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  const height = Math.min(size[1], Math.max((bottom - top) * 1.4, ((right - left) * 1.15) / aspect));
  const width = height * aspect;
  // The topmost point may be a shoulder: leave room for the head.
  const above = (height - (bottom - top)) * 0.75;
  const box = { x: (left + right - width) / 2, y: top - above, width, height };
  return movedInside(box, size);
}

/**
 * The same box moved into the picture, as far as it fits.
 * @param {Box} box
 * @param {[number, number]} size of the picture
 * @returns {Box}
 */
export function movedInside(box, [width, height]) {
  /** @param {number} at @param {number} extent @param {number} room */
  const moved = (at, extent, room) => (extent > room ? (room - extent) / 2 : Math.min(Math.max(at, 0), room - extent));
  return { ...box, x: moved(box.x, box.width, width), y: moved(box.y, box.height, height) };
}

/**
 * The mapping of picture pixels to an area that shows part of the picture.
 * @param {Box} from in the picture
 * @param {Box} to in the area
 * @returns {Place}
 */
export function placing(from, to) {
  const sx = to.width / from.width;
  const sy = to.height / from.height;
  return ([x, y]) => [to.x + (x - from.x) * sx, to.y + (y - from.y) * sy];
}

/**
 * The points that are present.
 * @param {(Point | undefined)[]} points
 * @returns {[number, number][]}
 */
export function present(points) {
  return points.filter((p) => p !== null && p !== undefined).map((p) => [p[0], p[1]]);
}

/**
 * The position of a value on a bar, clamped to 0 to 1.
 * @param {number} value
 * @param {{low: number, high: number}} band
 */
export function along(value, band) {
  return Math.min(1, Math.max(0, (value - band.low) / (band.high - band.low)));
}
