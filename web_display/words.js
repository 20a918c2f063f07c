// @ts-check
/**
 * Translations of the page by key, from the files that the report and the command line use too, one
 * per language. An unknown key fails the type check.
 */

/** @typedef {keyof typeof import("../edge/i18n/en.json")} Key */
/** A metric with translations. @typedef {Key extends infer K ? (K extends `metric.${infer M}.label` ? M : never) : never} Metric */
/** @typedef {Record<string, string | number | null>} Values */
/** @typedef {string | {one: string, other: string}} Words */

const DASH = "–";
const MINUS = "−";
const FALLBACK = "en";

/** Languages by code, each with its own name for itself. @type {Record<string, string>} */
let names = {};
/** @type {Record<string, Words>} */
let words = {};
let chosen = FALLBACK;
/** @param {number | null} mps */
let speedWords = (mps) => `${decimal(mps, 1)} m/s`;

/** Write speeds in sentences in the page's unit. @param {(mps: number | null) => string} text */
export function useSpeedWords(text) {
  speedWords = text;
}

/** @param {string} name @returns {Promise<Record<string, any>>} */
async function fetched(name) {
  const reply = await fetch(`/i18n/${name}.json`);
  if (!reply.ok) throw new Error(`the station gave no ${name}.json: ${reply.status}`);
  return reply.json();
}

/**
 * Switch to a language; English if it is unknown.
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

/** The code of the current language. */
export const language = () => chosen;

/** The language after the current one, for a button that cycles. */
export function nextLanguage() {
  const all = Object.keys(names);
  return all[(all.indexOf(chosen) + 1) % all.length];
}

/** The next language's own name for itself. */
export const nextLanguageName = () => names[nextLanguage()] ?? "";

/** The current language as a BCP 47 tag for speech. */
export const speechLanguage = () => t("language.speech");

/**
 * The translation of a key in the current language. `{name}` is filled in, `{name:.1f}` and
 * `{name:+.1f}` with fixed decimals, `{name:speed}` is a speed in m/s; `count` selects between `one` and `other`.
 * @param {Key} key
 * @param {Values} [values]
 */
export function t(key, values = {}) {
  if (!hasWords(key)) throw new Error(`no words for ${key} in ${chosen}`);
  const found = words[key];
  const sentence = typeof found === "string" ? found : found[values.count === 1 ? "one" : "other"];
  return sentence.replace(/\{(\w+)(?::(?:(\+?)\.(\d)f|(speed)))?\}/g, (_, name, sign, digits, speed) => {
    if (!(name in values)) throw new Error(`${key} needs a value ${name}`);
    const value = values[name];
    if (typeof value === "string") return value;
    if (speed) return speedWords(value);
    return decimal(value, digits === undefined ? null : Number(digits), sign === "+");
  });
}

/** Whether there is a translation for this key. @param {string} key @returns {key is Key} */
export function hasWords(key) {
  return Object.hasOwn(words, key);
}

/**
 * A number formatted for the language, with a true minus sign; a dash if absent.
 * @param {number | null | undefined} value
 * @param {number | null} [digits] decimals; as many as needed if null
 * @param {boolean} [plus] whether to show the sign of positive numbers
 */
export function decimal(value, digits = null, plus = false) {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
  const text = digits === null ? String(Number(Math.abs(value).toPrecision(6))) : Math.abs(value).toFixed(digits);
  const sign = Number(text) === 0 ? "" : value < 0 ? MINUS : plus ? "+" : "";
  return sign + text.replace(".", String(words["language.decimal"] ?? "."));
}

/** A metric's heading with its unit. @param {Metric} metric */
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

/** @typedef {{reason: string, reason_code: string, reason_params: Record<string, string | number>}} Reasoned */

/**
 * The reason of a verdict or a stride; for an unknown code, the station's English text.
 * @param {Reasoned} reason
 */
export function reasonWords({ reason, reason_code: code, reason_params: params }) {
  const key = `reason.${code}`;
  if (!hasWords(key)) return reason;
  const last = `reason.${params.last}`;
  return t(key, hasWords(last) ? { ...params, last: t(last) } : params);
}

/** @typedef {{notice?: string, notice_code?: string, notice_params?: Record<string, string | number>}} Noticed */

/**
 * A notice of the station; without a code, or for an unknown one, the station's own text.
 * @param {Noticed} notice
 */
export function noticeWords({ notice = "", notice_code: code = "", notice_params: params = {} }) {
  const key = `notice.${code}`;
  if (!hasWords(key)) return notice;
  const steps = String(params.shed ?? "").split(" ").map((step) => /** @type {Key} */ (`shed.${step}`));
  if ("shed" in params) return t(key, { ...params, shed: steps.map((step) => t(step, params)).join("; ") });
  const flaw = `leg_flaw.${params.flaw}`;
  return t(key, hasWords(flaw) ? { ...params, flaw: t(flaw) } : params);
}

/**
 * Translate the page into the current language: `data-t` gives an element's text, `data-t-label` its
 * accessible name.
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
