// @ts-check
/** The first tab: camera check, runner and belt, neutral stance, limits, pairing. */

import { foundWords } from "./findings.js";
import { number, withUnit } from "./format.js";
import { keepForm, offer, release, typedNumber } from "./kept_form.js";
import { otherLanguage, otherTheme, switchLanguage, switchTheme } from "./preferences.js";
import { isPseudonym } from "./pseudonym.js";
import { SpeedField } from "./speed_field.js";
import { chooseUnit, nextUnit } from "./speed_units.js";
import { t } from "./words.js";
import { attribute } from "./write.js";

/** @typedef {import("./tablet.js").Tools} Tools */
/** @typedef {import("./wire.d.ts").Check} Check */
/** @typedef {import("./words.js").Key} Key */

const MARKS = { pass: "✓", fix: "!", unknown: "?" };

export class SetUpTab {
  #tools;
  #part;
  #speed;

  /** @param {Tools} tools */
  constructor(tools) {
    this.#tools = tools;
    this.#part = tools.part;
    const { part, press } = tools;
    const form = /** @type {HTMLFormElement} */ (part("session-form"));
    this.#speed = new SpeedField(this.#field("speed"), part("speed-label"));
    const limits = /** @type {HTMLFormElement} */ (part("limits-form"));
    keepForm(form);
    keepForm(limits);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#start();
    });
    form.addEventListener("input", () => this.#speedWords());
    limits.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#saveLimits(limits);
    });
    press("set-belt", () => this.#setBelt());
    press("stop", () => tools.send({ type: "stop_session" }, "did.stop"));
    press("check-now", () => tools.send({ type: "check_set_up" }));
    press("capture", () => tools.send({ type: "capture_neutral" }));
    press("neutral-clear", () => tools.send({ type: "clear_neutral" }, "did.neutral"));
    press("pair-viewer", () => tools.send({ type: "show_pairing", role: "viewer" }, "did.pair"));
    press("pair-operator", () => tools.send({ type: "show_pairing", role: "operator" }, "did.pair"));
    press("theme", switchTheme);
    press("language", switchLanguage);
    press("speed-unit", () => {
      chooseUnit(nextUnit());
      window.dispatchEvent(new Event("words"));
    });
    this.#speedWords();
  }

  /** Empty the form of the session that is over; one typed for the next runner stays. */
  forget() {
    const field = this.#field("runner");
    if (!field.value || field.value !== this.#tools.station.session?.runner) return;
    const form = /** @type {HTMLFormElement} */ (this.#part("session-form"));
    release(form);
    for (const each of form.querySelectorAll("input")) each.value = "";
    this.#wrong("", "");
    this.#speedWords();
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.#part(name));
  }

  /** The belt values typed; null, with a message, if one is not a number. */
  #belt() {
    const { mps } = this.#speed;
    const incline = typedNumber(this.#field("incline").value);
    if (Number.isNaN(mps)) return this.#wrong(this.#speed.rule, "speed");
    if (incline !== null && !(incline >= -15 && incline <= 40)) return this.#wrong(t("page.wrong_incline"), "incline");
    return { mps: mps ?? 0, incline: incline ?? 0 };
  }

  /** @param {string} text @param {string} field @returns {null} */
  #wrong(text, field) {
    const wrong = this.#part("session-wrong");
    wrong.hidden = text === "";
    wrong.textContent = text;
    for (const name of ["runner", "speed", "incline"]) this.#field(name).setAttribute("aria-invalid", String(name === field));
    if (field) this.#field(field).focus();
    return null;
  }

  async #start() {
    const runner = this.#field("runner").value.trim();
    if (!isPseudonym(runner)) return this.#wrong(t("page.wrong_runner"), "runner");
    const belt = this.#belt();
    if (!belt) return null;
    this.#wrong("", "");
    const speeds = { belt_speed_mps: belt.mps, incline_pct: belt.incline };
    return this.#tools.send({ type: "start_session", runner, ...speeds }, "did.start");
  }

  async #setBelt() {
    const belt = this.#belt();
    if (!belt) return;
    this.#wrong("", "");
    await this.#tools.send({ type: "set_belt", speed_mps: belt.mps, incline_pct: belt.incline }, "did.belt");
  }

  #speedWords() {
    const { mps } = this.#speed;
    const known = mps !== null && mps > 0;
    this.#part("speed-words").textContent = known ? t("page.speed_is", { mps: number(mps, 2) }) : t("page.speed_unknown");
    this.#part("speed-unit").textContent = t("page.speed_switch", { unit: nextUnit() });
  }

  /** @param {HTMLFormElement} form */
  async #saveLimits(form) {
    const value = (/** @type {string} */ name) => typedNumber(/** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value);
    const kneeAmber = value("knee_toe_amber_pct");
    const kneeRed = value("knee_toe_red_pct");
    const pushAmber = value("push_off_amber_deg");
    const pushRed = value("push_off_red_deg");
    const wrong = this.#part("limits-wrong");
    const ordered = (kneeAmber ?? Number.NaN) < (kneeRed ?? Number.NaN) && (pushAmber ?? Number.NaN) < (pushRed ?? Number.NaN);
    wrong.hidden = ordered;
    wrong.textContent = ordered ? "" : t("page.wrong_limit");
    if (!ordered) return;
    const limits = {
      knee_toe_amber_pct: kneeAmber,
      knee_toe_red_pct: kneeRed,
      push_off_amber_deg: pushAmber,
      push_off_red_deg: pushRed,
    };
    if (await this.#tools.send({ type: "set_thresholds", ...limits }, "did.limits")) release(form);
  }

  /** Show the current state. */
  show() {
    const { station } = this.#tools;
    this.#part("theme").textContent = otherTheme();
    this.#part("language").textContent = otherLanguage();
    this.#speedWords();
    this.#showCheck();
    this.#showNeutral();
    const running = Boolean(station.session?.runner);
    this.#part("stop").hidden = !running;
    this.#part("set-belt").hidden = !running;
    const limits = station.limits;
    if (!limits) return;
    const form = /** @type {HTMLFormElement} */ (this.#part("limits-form"));
    for (const name of /** @type {const} */ (["knee_toe_amber_pct", "knee_toe_red_pct", "push_off_amber_deg", "push_off_red_deg"])) {
      offer(/** @type {HTMLInputElement} */ (form.elements.namedItem(name)), limits[name], 1);
    }
  }

  #showCheck() {
    const setUp = this.#tools.station.setUp;
    const progress = /** @type {HTMLProgressElement} */ (this.#part("check-progress"));
    progress.hidden = setUp?.state !== "measuring";
    attribute(progress, "value", String(setUp?.progress ?? 0));
    this.#part("check-state").textContent = checkWords(setUp);
    this.#part("checks").replaceChildren(...(setUp?.checks ?? []).map(checkLine));
  }

  #showNeutral() {
    const neutral = this.#tools.station.neutral;
    const progress = /** @type {HTMLProgressElement} */ (this.#part("neutral-progress"));
    progress.hidden = neutral?.state !== "measuring";
    attribute(progress, "value", String(neutral?.progress ?? 0));
    this.#part("neutral-words").textContent = neutralWords(neutral);
    this.#part("neutral").dataset.state = neutral?.state ?? "none";
    this.#part("neutral-clear").hidden = !neutral?.kept && neutral?.state !== "measuring";
  }
}

/** @param {import("./wire.d.ts").SetUp | null} setUp */
export function checkWords(setUp) {
  if (!setUp || setUp.state === "none") return t("page.check_none");
  if (setUp.state === "measuring") return t("page.check_measuring");
  if (setUp.state === "failed") return t("page.check_failed", { text: setUp.text });
  const good = setUp.checks.filter(({ finding }) => finding === "pass").length;
  const all = setUp.checks.length;
  return good === all ? t("page.check_all") : t("page.check_done", { count: good, all });
}

/** @param {import("./wire.d.ts").Neutral | null} neutral */
export function neutralWords(neutral) {
  const hint = neutral ? stanceWords(neutral) : "";
  if (neutral?.state === "measuring") return hint || t("page.neutral_measuring");
  if (neutral?.state === "failed") return t("page.neutral_failed", { text: hint });
  if (!neutral?.kept) return [hint, t("page.neutral_none")].filter(Boolean).join(" ");
  const angle = (/** @type {number | null} */ value) => withUnit(number(value), "°");
  return t("page.neutral_kept", {
    knee: angle(neutral.knee_flexion_deg),
    shank: angle(neutral.shank_angle_deg),
    foot: angle(neutral.foot_angle_deg),
  });
}

/** The instruction, or the error. @param {import("./wire.d.ts").Neutral} neutral */
function stanceWords({ code }) {
  return code === "none" || code === "done" ? "" : t(/** @type {Key} */ (`stance.${code}`));
}

/** @param {Check} check */
function checkLine(check) {
  const line = document.createElement("li");
  line.dataset.finding = check.finding;
  const mark = document.createElement("span");
  mark.className = "mark";
  mark.textContent = MARKS[check.finding];
  mark.setAttribute("aria-hidden", "true");
  const about = document.createElement("div");
  const name = document.createElement("b");
  const title = t(/** @type {Key} */ (`check.${check.name}`));
  name.textContent = `${title}: ${t(`outcome.${check.finding}`)}`;
  const words = document.createElement("p");
  words.textContent = foundWords(check);
  about.append(name, words);
  line.append(mark, about);
  return line;
}
