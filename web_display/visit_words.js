// @ts-check
/** A visit in the page's language: names of steps, what each still needs, why its cue. */

import { hasWords, t } from "./words.js";

/** @typedef {import("./wire.d.ts").MissingEntry} MissingEntry */
/** @typedef {import("./wire.d.ts").TemplateEntry} TemplateEntry */
/** @typedef {import("./wire.d.ts").VisitStep} VisitStep */
/** @typedef {import("./words.js").Key} Key */

/** A step's name, with its cue or side where it has one. @param {VisitStep} step */
export function stepName({ kind, cue, side }) {
  const name = t(`visit_step.${kind}`);
  const short = `cue.${cue}.short`;
  if (kind === "cue" && hasWords(short)) return `${name}: ${t(short)}`;
  return kind === "calf_raises" && side ? `${name}: ${t(`visit_leg.${side}`)}` : name;
}

/** What a step still needs; the station's English text for a code of another version. @param {MissingEntry} missing */
export function missingWords({ code, params, text }) {
  const key = `visit_missing.${code}`;
  if (!hasWords(key)) return text;
  /** @type {Record<string, string | number>} */
  const values = { ...params };
  for (const [name, prefix] of /** @type {const} */ ([["last", "reason"], ["cause", "stance"], ["side", "visit_leg"]])) {
    const own = `${prefix}.${values[name]}`;
    if (name in values && hasWords(own)) values[name] = t(own);
  }
  if ("checks" in values) {
    const names = String(values.checks).split(" ");
    values.checks = names.map((name) => t(/** @type {Key} */ (`check.${name}`))).join(", ");
  }
  return t(key, values);
}

/** Why a step has its cue; empty for one that the template gives. @param {VisitStep} step */
export function whyWords({ why }) {
  const key = `visit_choice.${why}`;
  return hasWords(key) ? t(key) : "";
}

/** Why a step was interrupted last; empty if it was not. @param {VisitStep} step */
export function splitWords({ split }) {
  const key = `visit_split.${split}`;
  return hasWords(key) ? t("visit.interrupted", { cause: t(key) }) : "";
}

/** A template's title, the clinic's own first. @param {TemplateEntry} template */
export function templateName({ name, title }) {
  const key = `visit_template.${name}`;
  return title || (hasWords(key) ? t(key) : name);
}
