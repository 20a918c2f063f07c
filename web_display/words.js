// @ts-check
/**
 * The words of the page, by key: one file a language, the same that the report and the command line
 * use. A key that the catalogue lacks does not pass the type check.
 */

/** @typedef {keyof typeof import("../edge/i18n/en.json")} Key */
/** A metric that has words. @typedef {Key extends infer K ? (K extends `metric.${infer M}.label` ? M : never) : never} Metric */
/** @typedef {Record<string, string | number | null>} Values */
/** @typedef {string | {one: string, other: string}} Words */

const DASH = "–";
const MINUS = "−";
const FALLBACK = "en";

/** Every language by its code, with what it calls itself. @type {Record<string, string>} */
let names = {};
/** @type {Record<string, Words>} */
let words = {};
let chosen = FALLBACK;

/** @param {string} name @returns {Promise<Record<string, any>>} */
async function fetched(name) {
  const reply = await fetch(`/i18n/${name}.json`);
  if (!reply.ok) throw new Error(`the station gave no ${name}.json: ${reply.status}`);
  return reply.json();
}

/**
 * Speak this language from here on; one that is not known is English.
 * @param {string | null | undefined} name such as "de" or "de-AT"
 * @param {typeof fetched} load
 */
export async function setLanguage(name, load = fetched) {
  names = await load("languages");
  const short = (name ?? "").split("-")[0].toLowerCase();
  const known = Object.hasOwn(names, short) ? short : FALLBACK;
  words = await load(known);
  chosen = known;
}

/** The language in force. */
export const language = () => chosen;

/** The language after the one in force, for a button that goes round. */
export function nextLanguage() {
  const all = Object.keys(names);
  return all[(all.indexOf(chosen) + 1) % all.length];
}

/** What the next language calls itself. */
export const nextLanguageName = () => names[nextLanguage()] ?? "";

/** What a speaking voice calls the language in force. */
export const speechLanguage = () => t("language.speech");

/**
 * The words of a key in the language in force. `{name}` is filled in, `{name:.1f}` and `{name:+.1f}`
 * with fixed decimals; `count` chooses between one and other.
 * @param {Key} key
 * @param {Values} [values]
 */
export function t(key, values = {}) {
  if (!hasWords(key)) throw new Error(`no words for ${key} in ${chosen}`);
  const found = words[key];
  const sentence = typeof found === "string" ? found : found[values.count === 1 ? "one" : "other"];
  return sentence.replace(/\{(\w+)(?::(\+?)\.(\d)f)?\}/g, (_, name, sign, digits) => {
    if (!(name in values)) throw new Error(`${key} needs a value ${name}`);
    const value = values[name];
    if (typeof value === "string") return value;
    return decimal(value, digits === undefined ? null : Number(digits), sign === "+");
  });
}

/** Whether there are words of this key. @param {string} key @returns {key is Key} */
export function hasWords(key) {
  return Object.hasOwn(words, key);
}

/**
 * A number as the language writes it, with a true minus sign; absent is a dash.
 * @param {number | null | undefined} value
 * @param {number | null} [digits] as many as it takes where null
 * @param {boolean} [plus] whether a positive number gets its sign, too
 */
export function decimal(value, digits = null, plus = false) {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
  const text = digits === null ? String(Number(Math.abs(value).toPrecision(6))) : Math.abs(value).toFixed(digits);
  const sign = Number(text) === 0 ? "" : value < 0 ? MINUS : plus ? "+" : "";
  return sign + text.replace(".", String(words["language.decimal"] ?? "."));
}

/** A metric with its unit, as a heading. @param {Metric} metric */
export function metricWords(metric) {
  return `${t(`metric.${metric}.label`)}, ${t(`metric.${metric}.unit`)}`;
}

/**
 * The cue as the runner reads and hears it.
 * @param {{kind: string}} cue
 * @param {{target_low_spm: number | null, target_high_spm: number | null} | null} limits
 */
export function cueWords({ kind }, limits) {
  const [low, high] = [limits?.target_low_spm ?? null, limits?.target_high_spm ?? null];
  if (kind === "cadence" && low !== null && high !== null) return t("cue.cadence_to", { low, high });
  return t(/** @type {Key} */ (`cue.${kind}`));
}

/**
 * Put the words of the language in force into the page: `data-t` is an element's text, and
 * `data-t-label` its name for those who do not see it.
 * @param {ParentNode} [root]
 */
export function translatePage(root = document) {
  document.documentElement.lang = chosen;
  for (const [name, put] of /** @type {[string, (e: Element, words: string) => void][]} */ ([
    ["data-t", (e, text) => (e.textContent = text)],
    ["data-t-label", (e, text) => e.setAttribute("aria-label", text)],
    ["data-t-hint", (e, text) => e.setAttribute("placeholder", text)],
  ])) {
    for (const element of root.querySelectorAll(`[${name}]`)) {
      put(element, t(/** @type {Key} */ (element.getAttribute(name))));
    }
  }
}
