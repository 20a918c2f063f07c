// @ts-check
/** The station's reason codes in the page's language. */

import { hasWords, language, t } from "./words.js";

/** @typedef {{reason: string, reason_code: string, reason_params: Record<string, string | number>}} Reasoned */

/**
 * The reason of a verdict or a stride; for an unknown code, the station's English text.
 * @param {Reasoned} told
 */
export function reasonWords({ reason, reason_code: code, reason_params: params }) {
  const key = `reason.${code}`;
  if (!hasWords(key)) return reason;
  const last = `reason.${params.last}`;
  return t(key, hasWords(last) ? { ...params, last: t(last) } : params);
}

/** Notices of the station still arrive as English sentences. @type {[RegExp, string][]} */
const GERMAN = [
  [/^machine too slow: (.*)$/, "Rechner zu langsam: $1"],
  [/^no video is recorded: (.*)$/, "kein Video wird aufgenommen: $1"],
];

/** A notice of the station in the current language. @param {string} sentence */
export function noticeWords(sentence) {
  if (language() !== "de") return sentence;
  const found = GERMAN.find(([pattern]) => pattern.test(sentence));
  return found ? sentence.replace(...found) : sentence;
}
