// @ts-check
/** The station's sentences (why a verdict is what it is) in German, until they come as codes. */

import { language } from "./words.js";

/** @type {[RegExp, string][]} */
const GERMAN = [
  [/^far leg$/, "fernes Bein"],
  [/^(\d+) of (\d+) strides seen.*$/, "$1 von $2 Schritten gesehen"],
  [/^too close to the limit to tell$/, "zu nah an der Grenze"],
  [/^belt speed changed: (\d+) of (\d+) warm-up strides$/, "Bandtempo geändert: $1 von $2 Schritten"],
  [/^knee past the toes, shin upright: .*$/, "Knie vor der Zehe, Schienbein aufrecht: Kamera und Zehe prüfen"],
  [/^knee far ahead of the toes, (.*)$/, "Knie weit vor der Zehe"],
  [/^knee ahead of the toes, (.*)$/, "Knie vor der Zehe"],
  [/^shin leans far forward, (.*)$/, "Schienbein weit nach vorn geneigt"],
  [/^knee not too far forward$/, "Knie nicht zu weit vorn"],
  [/^leg straightens in push-off$/, "Bein streckt sich im Abdruck"],
  [/^push-off stays short at the (.*)$/, "Abdruck bleibt kurz"],
  [/^walking$/, "geht"],
  [/^standing$/, "steht"],
  [/^absent$/, "niemand auf dem Band"],
  [/^tracking gap$/, "Lücke in der Verfolgung"],
  [/^no peak knee flexion found$/, "keine größte Kniebeuge gefunden"],
  [/^no toe-off found$/, "kein Abdruck gefunden"],
  [/^events out of order$/, "Reihenfolge stimmt nicht"],
  [/^durations out of range$/, "Zeiten unplausibel"],
  [/^only (\d+) frames a second; at least 30 are needed$/, "nur $1 Bilder/s; nötig sind 30"],
  [/^smaller model (.*) in use$/, "kleineres Modell $1 in Gebrauch"],
  [/^runner too far from the middle of the picture$/, "zu weit von der Bildmitte"],
  [/^machine too slow: (.*)$/, "Rechner zu langsam: $1"],
  [/^no video is recorded: (.*)$/, "kein Video wird aufgenommen: $1"],
];

/** A sentence of the station in the language in force. @param {string} sentence */
export function reasonWords(sentence) {
  if (language() !== "de") return sentence;
  for (const [pattern, words] of GERMAN) {
    if (pattern.test(sentence)) return sentence.replace(pattern, words);
  }
  return sentence;
}
