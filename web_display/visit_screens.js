// @ts-check
/** Which screen the runner sees: that of the visit's step, else the one that the operator chose. */

/** @typedef {import("./wire.d.ts").Display} Display */
/** @typedef {import("./wire.d.ts").Feedback} Feedback */
/** @typedef {import("./wire.d.ts").Visit} Visit */
/** @typedef {import("./wire.d.ts").VisitStep} VisitStep */
/** @typedef {import("./wire.d.ts").Mode | "welcome" | "stand_still" | "raises" | "thanks"} StationMode */

/** The current step; null without a visit, and when it is over. @param {Visit | null} visit @returns {VisitStep | null} */
export function currentStep(visit) {
  return visit?.steps.find(({ id }) => id === visit.current) ?? null;
}

/**
 * The screen to show. While feedback is off, or a step shows the time alone, that is `blank`: no
 * cue, no target, no colour.
 * @param {Display | null} display
 * @param {Visit | null} visit
 * @param {Feedback | null} feedback
 * @returns {StationMode}
 */
export function stationMode(display, visit, feedback) {
  const chosen = display?.mode ?? "coach";
  if (!visit || visit.over) return chosen;
  const off = feedback !== null && feedback.reason !== "free" && !feedback.on;
  switch (visit.screen) {
    case "time_only":
      return "blank";
    case "coach":
      return off ? "blank" : chosen;
    case "metronome":
      return off ? "blank" : "metronome";
    case "picture":
      return chosen === "coach" ? "mirror" : chosen;
    default:
      return visit.screen;
  }
}

/** Seconds as minutes and seconds. @param {number} seconds */
export function elapsedText(seconds) {
  const whole = Math.floor(Math.max(0, seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
