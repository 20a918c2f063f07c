// @ts-check
/**
 * Every sentence that people read, in each language. English is the station's own; a language that
 * lacks a key does not pass the type check. `{name}` is filled in.
 */

/** @typedef {keyof typeof EN} Key */
/** @typedef {Record<string, string | number>} Values */

const EN = {
  title_station: "Toeline",
  title_tablet: "Toeline: tablet",
  // Station display.
  knees_forward: "Knee over toe",
  bent_push_off: "Push-off",
  cadence: "Cadence",
  toe_line: "Toe line",
  push_off_line: "Push-off line",
  live_picture: "Live picture",
  runner_live: "The runner, live",
  ribbon_label: "Stance of each leg over the last four seconds",
  last_peak: "Last peak knee bend",
  last_push_off: "Last push-off",
  steps_min: "steps/min",
  green: "good",
  amber: "watch",
  red: "too much",
  borderline: "on the line",
  unknown: "can’t tell yet",
  running: "running",
  walking: "walking: cadence only",
  standing: "standing",
  absent: "nobody on the belt",
  looking: "looking for a runner",
  starting: "starting",
  live: "live",
  no_camera: "no camera",
  ended: "ended",
  failed: "failed",
  slowed: "slowed",
  late: "LATE",
  dropped: "{count} dropped",
  no_link: "no link",
  left_letter: "L",
  right_letter: "R",
  near: "near",
  far: "far",
  near_leg: "{leg} near leg",
  far_leg: "{leg} far leg: not judged from this side",
  mean_of: "mean of {count} strides",
  last_stride: "last stride",
  no_stride: "no stride yet",
  knee_bend: "knee bend",
  knee_over: "knee over toe",
  knee_ahead: "knee ahead of toe",
  knee_behind: "knee behind toe",
  not_measured: "not measured",
  target: "target {low} to {high}",
  target_label: "target",
  no_target: "learning your own rhythm",
  on_target: "on target",
  quicker: "a little quicker",
  calmer: "a little calmer",
  beat_at: "beat {spm}",
  link_lost_cue: "link lost, trying again",
  link_lost: "link lost, no picture for {s} s",
  never_linked: "no link to the station",
  trying: "trying again",
  no_picture_for: "no picture for {s} s",
  no_camera_for: "no camera for {s} s",
  no_picture: "no picture",
  recording_ended: "the recording has ended",
  station_failed: "the station has failed",
  first_picture: "waiting for the first picture",
  skeleton_only: "skeleton only: no picture leaves the station",
  replaying: "slow motion, the last strides",
  keep_running: "Keep running just like that",
  unsupported_sound: "This browser has no {missing}; everything else works.",
  speech: "spoken cues",
  audio_clock: "audio clock for the metronome",
  sound_on: "Sound on",
  sound_off: "Sound off",
  sound_blocked: "Tap for sound",
  theme_light: "Light",
  theme_dark: "Dark",
  language: "Deutsch",
  full_screen: "Full screen",
  choices: "Choices of this screen",
  pair_title: "Pair a tablet",
  pair_qr: "The pairing link as a QR code",
  pair_role_viewer: "It may look on.",
  pair_role_operator: "It may steer the station.",
  pair_left: "Valid for {s} s, once.",
  pair_go: "or open {url} there and type",
  th_time: "time",
  th_leg: "leg",
  th_knee: "knee–toe",
  th_push: "push-off",
  th_contact: "contact",
  th_steps: "steps/min",
  cue_sit_back: "Sit back a touch, as onto a high barstool",
  cue_cadence: "Quicker, lighter steps",
  cue_cadence_to: "Quicker, lighter steps: {low} to {high} a minute",
  cue_long_push: "Finish the push: long leg behind you",
  cue_praise: "That's it: keep running like this",
};

/** @type {Record<Key, string>} */
const DE = {
  title_station: "Toeline",
  title_tablet: "Toeline: Tablet",
  knees_forward: "Knie über Zehe",
  bent_push_off: "Abdruck",
  cadence: "Schrittfrequenz",
  toe_line: "Zehenlinie",
  push_off_line: "Abdrucklinie",
  live_picture: "Livebild",
  runner_live: "Die laufende Person, live",
  ribbon_label: "Bodenkontakt beider Beine in den letzten vier Sekunden",
  last_peak: "Letzte größte Kniebeuge",
  last_push_off: "Letzter Abdruck",
  steps_min: "Schritte/min",
  green: "gut",
  amber: "aufpassen",
  red: "zu viel",
  borderline: "an der Grenze",
  unknown: "noch unklar",
  running: "läuft",
  walking: "geht: nur Schrittfrequenz",
  standing: "steht",
  absent: "niemand auf dem Band",
  looking: "sucht eine laufende Person",
  starting: "startet",
  live: "live",
  no_camera: "keine Kamera",
  ended: "beendet",
  failed: "ausgefallen",
  slowed: "gedrosselt",
  late: "SPÄT",
  dropped: "{count} verloren",
  no_link: "keine Verbindung",
  left_letter: "L",
  right_letter: "R",
  near: "nah",
  far: "fern",
  near_leg: "{leg} nahes Bein",
  far_leg: "{leg} fernes Bein: von dieser Seite nicht bewertet",
  mean_of: "Mittel aus {count} Schritten",
  last_stride: "letzter Schritt",
  no_stride: "noch kein Schritt",
  knee_bend: "Kniebeuge",
  knee_over: "Knie über der Zehe",
  knee_ahead: "Knie vor der Zehe",
  knee_behind: "Knie hinter der Zehe",
  not_measured: "nicht gemessen",
  target: "Ziel {low} bis {high}",
  target_label: "Ziel",
  no_target: "lernt deinen Rhythmus",
  on_target: "im Ziel",
  quicker: "etwas schneller",
  calmer: "etwas ruhiger",
  beat_at: "Takt {spm}",
  link_lost_cue: "Verbindung verloren, neuer Versuch",
  link_lost: "Verbindung verloren, kein Bild seit {s} s",
  never_linked: "keine Verbindung zur Station",
  trying: "neuer Versuch",
  no_picture_for: "kein Bild seit {s} s",
  no_camera_for: "keine Kamera seit {s} s",
  no_picture: "kein Bild",
  recording_ended: "die Aufnahme ist zu Ende",
  station_failed: "die Station ist ausgefallen",
  first_picture: "wartet auf das erste Bild",
  skeleton_only: "nur Skelett: kein Bild verlässt die Station",
  replaying: "Zeitlupe, die letzten Schritte",
  keep_running: "Genau so weiterlaufen",
  unsupported_sound: "Dieser Browser hat kein {missing}; alles andere geht.",
  speech: "Sprachausgabe",
  audio_clock: "Audiouhr für das Metronom",
  sound_on: "Ton an",
  sound_off: "Ton aus",
  sound_blocked: "Für Ton tippen",
  theme_light: "Hell",
  theme_dark: "Dunkel",
  language: "English",
  full_screen: "Vollbild",
  choices: "Auswahl für diesen Bildschirm",
  pair_title: "Tablet koppeln",
  pair_qr: "Der Kopplungslink als QR-Code",
  pair_role_viewer: "Es darf zusehen.",
  pair_role_operator: "Es darf die Station steuern.",
  pair_left: "Gültig {s} s, einmal.",
  pair_go: "oder dort {url} öffnen und eingeben",
  th_time: "Zeit",
  th_leg: "Bein",
  th_knee: "Knie–Zehe",
  th_push: "Abdruck",
  th_contact: "Kontakt",
  th_steps: "Schritte/min",
  cue_sit_back: "Etwas zurücksetzen, wie auf einen hohen Barhocker",
  cue_cadence: "Schnellere, leichtere Schritte",
  cue_cadence_to: "Schnellere, leichtere Schritte: {low} bis {high} pro Minute",
  cue_long_push: "Abdruck zu Ende führen: langes Bein nach hinten",
  cue_praise: "Genau so: lauf so weiter",
};

/**
 * The station's own sentences (why a verdict is what it is) in other languages; one that is not
 * listed is shown as the station says it.
 * @type {[RegExp, string][]}
 */
const DE_REASONS = [
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
];

/** @type {Record<string, {words: Record<Key, string>, reasons: [RegExp, string][], speech: string}>} */
const LANGUAGES = {
  en: { words: EN, reasons: [], speech: "en-GB" },
  de: { words: DE, reasons: DE_REASONS, speech: "de-DE" },
};

let chosen = "en";

/** The languages there are. */
export const languages = () => Object.keys(LANGUAGES);

/** The language in force. */
export const language = () => chosen;

/** What a speaking voice calls the language in force. */
export const speechLanguage = () => LANGUAGES[chosen].speech;

/**
 * Speak this language from here on; one that is not known is English.
 * @param {string | null | undefined} name such as "de" or "de-AT"
 */
export function setLanguage(name) {
  const short = (name ?? "").slice(0, 2).toLowerCase();
  chosen = short in LANGUAGES ? short : "en";
}

/**
 * A sentence in the language in force.
 * @param {Key} key
 * @param {Values} [values]
 */
export function t(key, values = {}) {
  return LANGUAGES[chosen].words[key].replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** Whether there is a sentence of this name. @param {string} key @returns {key is Key} */
export function hasWords(key) {
  return key in EN;
}

/** A sentence of the station in the language in force. @param {string} sentence */
export function reasonWords(sentence) {
  for (const [pattern, words] of LANGUAGES[chosen].reasons) {
    if (pattern.test(sentence)) return sentence.replace(pattern, words);
  }
  return sentence;
}

/**
 * The cue in the language in force; a kind that is not known stays as the station words it.
 * @param {{kind: string, wording: string}} cue
 */
export function cueWords({ kind, wording }) {
  if (chosen === "en") return wording;
  const range = /(\d+) to (\d+)/.exec(wording);
  if (kind === "cadence" && range) return t("cue_cadence_to", { low: range[1], high: range[2] });
  const key = `cue_${kind}`;
  return hasWords(key) ? t(key) : wording;
}

/**
 * Put the words of the language in force into the page: `data-t` is an element's text, and
 * `data-t-label` its name for those who do not see it.
 * @param {ParentNode} [root]
 */
export function translatePage(root = document) {
  document.documentElement.lang = chosen;
  for (const [name, put] of /** @type {[string, (e: Element, words: string) => void][]} */ ([
    ["data-t", (e, words) => (e.textContent = words)],
    ["data-t-label", (e, words) => e.setAttribute("aria-label", words)],
    ["data-t-hint", (e, words) => e.setAttribute("placeholder", words)],
  ])) {
    for (const element of root.querySelectorAll(`[${name}]`)) {
      const key = element.getAttribute(name) ?? "";
      if (!hasWords(key)) throw new Error(`no words for ${key}`);
      put(element, t(key));
    }
  }
}
