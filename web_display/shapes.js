// @ts-check
/** The five shapes of verdicts, which distinguish the states without colour. */

/** @typedef {import("./wire.d.ts").VerdictState} VerdictState */

/** @type {Record<VerdictState, string>} */
export const SHAPES = { green: "circle", amber: "triangle", red: "octagon", borderline: "outline", unknown: "ring" };

const SYMBOLS = `
  <symbol id="shape-circle" viewBox="0 0 100 100">
    <circle cx="50" cy="50" r="47"/><path class="mark" d="M28 52 44 68 73 35"/>
  </symbol>
  <symbol id="shape-triangle" viewBox="0 0 100 100">
    <path d="M50 6 98 92H2Z" stroke-linejoin="round"/><path class="mark" d="M50 38V62M50 76V77"/>
  </symbol>
  <symbol id="shape-octagon" viewBox="0 0 100 100">
    <path d="M31 3H69L97 31V69L69 97H31L3 69V31Z"/><path class="mark" d="M33 33 67 67M67 33 33 67"/>
  </symbol>
  <symbol id="shape-outline" viewBox="0 0 100 100">
    <path class="hollow" d="M50 12 92 88H8Z"/>
  </symbol>
  <symbol id="shape-ring" viewBox="0 0 100 100">
    <circle class="hollow dashed" cx="50" cy="50" r="43"/>
  </symbol>`;

/** Add the shapes to the page, for `<use href="#shape-…">`. */
export function addShapes() {
  const sheet = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  sheet.setAttribute("class", "shapes");
  sheet.setAttribute("aria-hidden", "true");
  sheet.innerHTML = SYMBOLS;
  document.body.prepend(sheet);
}
