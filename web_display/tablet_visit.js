// @ts-check
/** The first tab: leads through the visit, one step at a time. */

import { keepForm, release, typedNumber } from "./kept_form.js";
import { PainScale } from "./pain_scale.js";
import { number, withUnit } from "./format.js";
import { lastRaiseWords, RAISES, raiseCounts, raiseWords } from "./step_screen.js";
import { isPseudonym } from "./pseudonym.js";
import { SpeedField } from "./speed_field.js";
import { checkWords } from "./tablet_setup.js";
import { currentStep, elapsedText } from "./visit_screens.js";
import { VisitResult } from "./visit_result.js";
import { missingWords, splitWords, stepName, templateName, whyWords } from "./visit_words.js";
import { hasWords, t } from "./words.js";
import { attribute, hide, write } from "./write.js";

/** @typedef {import("./tablet.js").Tools} Tools */
/** @typedef {import("./wire.d.ts").VisitStep} VisitStep */
/** @typedef {import("./words.js").Key} Key */

/** Marks of steps that are over; a word stands beside each. */
const MARKS = { waiting: "", running: "", done: "✓", skipped: "–", stopped: "!", repeated: "↻" };
/** What a step needs before `visit_go_on` makes it count again. */
const DOUBTS = ["another_person", "after_pain"];
/** What the step's own words say already. */
const PLAIN = ["answer", "raises", "set_up"];
const ASKED_ONCE = ["runner", "place", "complaint", "shoes", "speed", "incline"];

export class VisitTab {
  #tools;
  #part;
  #speed;
  #pain;
  #stopPain;
  #result;
  #drawn = "";
  #led = "";

  /** @param {Tools} tools */
  constructor(tools) {
    this.#tools = tools;
    const { part, press } = tools;
    this.#part = part;
    this.#result = new VisitResult(part);
    const form = this.#form;
    keepForm(form);
    this.#speed = new SpeedField(this.#field("speed"), part("visit-speed-label"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#start();
    });
    this.#pain = new PainScale(part("visit-pain"), () => this.show());
    this.#stopPain = new PainScale(part("pain-scale"), () => this.#showStopPain());
    press("visit-next", () => this.#next());
    press("visit-skip", () => this.#send("visit_skip"));
    press("visit-repeat", () => this.#send("visit_repeat"));
    press("visit-go-on", () => this.#send("visit_go_on"));
    press("visit-stop", () => this.#dialog("confirm-stop").showModal());
    press("stop-keep", () => this.#dialog("confirm-stop").close());
    press("stop-yes", () => this.#stop());
    press("pain-stop", () => this.#toldPain(true));
    press("pain-note", () => this.#toldPain(false));
    press("pain-cancel", () => this.#dialog("pain-dialog").close());
    part("visit-steps").addEventListener("click", (event) => this.#again(/** @type {HTMLElement} */ (event.target)));
  }

  /** Ask about pain, to stop the step or only to note it. */
  askPain() {
    this.#stopPain.clear();
    this.#showStopPain();
    this.#dialog("pain-dialog").showModal();
  }

  /** Whether a step is in progress that pain can stop. */
  get leads() {
    return this.#step !== null;
  }

  /** Forget what was asked of the patient before. */
  forget() {
    this.#pain.clear();
    this.#stopPain.clear();
    this.#dialog("pain-dialog").close();
    this.#dialog("confirm-stop").close();
  }

  get #form() {
    return /** @type {HTMLFormElement} */ (this.#part("visit-form"));
  }

  get #step() {
    return currentStep(this.#tools.station.visit);
  }

  /** @param {string} id */
  #dialog(id) {
    return /** @type {HTMLDialogElement} */ (this.#part(id));
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.#form.elements.namedItem(name));
  }

  /** @param {string} name @param {string | null} wrong */
  #wrong(name, wrong) {
    const place = this.#part("visit-wrong");
    hide(place, wrong === null);
    write(place, wrong ?? "");
    for (const each of ASKED_ONCE) this.#field(each).setAttribute("aria-invalid", String(wrong !== null && each === name));
    if (wrong === null) return;
    const more = /** @type {HTMLDetailsElement} */ (this.#part("visit-more"));
    more.open ||= more.contains(this.#field(name));
    this.#field(name).focus();
  }

  async #start() {
    const runner = this.#field("runner").value.trim();
    const [{ mps }, incline] = [this.#speed, typedNumber(this.#field("incline").value)];
    if (!isPseudonym(runner)) return this.#wrong("runner", t("page.wrong_runner"));
    if (Number.isNaN(mps)) return this.#wrong("speed", this.#speed.rule);
    if (incline !== null && !(incline >= -15 && incline <= 40)) return this.#wrong("incline", t("page.wrong_incline"));
    this.#wrong("", null);
    const [side, level] = [this.#field("pain_side").value, this.#field("pain_level").value];
    const begun = await this.#tools.send({
      type: "start_visit",
      runner,
      template: this.#field("template").value || "default",
      complaint: this.#field("complaint").value.trim(),
      pain_side: side === "left" || side === "right" ? side : null,
      pain_place: this.#field("place").value.trim(),
      pain_level: level === "" ? null : Number(level),
      shoes: this.#field("shoes").value.trim(),
      video_consent: this.#field("consent").checked,
      belt_speed_mps: mps,
      incline_pct: incline,
    });
    if (!begun) return;
    // Nothing of this patient is offered to the next.
    release(this.#form);
    this.#form.reset();
  }

  /** Send a command about the step as it is shown here. @param {"visit_next" | "visit_skip" | "visit_repeat" | "visit_go_on"} type */
  async #send(type) {
    const step = this.#step;
    if (step) await this.#tools.send({ type, step: step.id });
  }

  async #next() {
    const step = this.#step;
    if (!step) return;
    const told = this.#pain.told;
    if (step.kind !== "pain") await this.#send("visit_next");
    else if (told && (await this.#tools.send({ type: "visit_pain", step: step.id, ...told }))) this.#pain.clear();
  }

  async #stop() {
    this.#dialog("confirm-stop").close();
    await this.#tools.send({ type: "visit_stop" });
  }

  #showStopPain() {
    for (const id of ["pain-stop", "pain-note"]) {
      /** @type {HTMLButtonElement} */ (this.#part(id)).disabled = this.#stopPain.told === null;
    }
  }

  /** @param {boolean} stop */
  async #toldPain(stop) {
    const [step, told] = [this.#step, this.#stopPain.told];
    this.#dialog("pain-dialog").close();
    if (step && told) await this.#tools.send({ type: "visit_pain", step: step.id, ...told, stop }, "did.mark");
  }

  /** Do an earlier step again. @param {HTMLElement} target */
  async #again(target) {
    const of = target.closest("button")?.dataset.of;
    const step = this.#step;
    if (of && step) await this.#tools.send({ type: "visit_repeat", step: step.id, of });
  }

  /** Write again what is written once, in the page's language. */
  again() {
    this.#drawn = "";
    this.#pain.words();
    this.#stopPain.words();
    this.show();
  }

  /** Show the current state. */
  show() {
    const { visit } = this.#tools.station;
    const step = this.#step;
    this.#speed.show();
    hide(this.#part("visit-start"), step !== null);
    hide(this.#part("visit-step"), step === null);
    hide(this.#part("visit-over"), !(visit?.over && step === null));
    attribute(this.#part("page-visit"), "data-kind", step?.kind ?? "none");
    this.#showTemplates();
    const { session } = this.#tools.station;
    // The last patient's result is over when somebody else's session is on.
    const another = Boolean(session?.name) && session?.runner !== visit?.runner;
    this.#result.show(visit, Boolean(visit?.over && !another) || step?.kind === "result");
    if (visit && step) this.#showStep(visit, step);
  }

  #showTemplates() {
    const select = /** @type {HTMLSelectElement} */ (/** @type {unknown} */ (this.#field("template")));
    const usable = this.#tools.station.templates.filter(({ flaw }) => !flaw);
    const key = usable.map((each) => `${each.name} ${templateName(each)}`).join("\n");
    if (select.dataset.written === key) return;
    select.dataset.written = key;
    const chosen = select.value || "default";
    select.replaceChildren(...usable.map((each) => new Option(templateName(each), each.name, false, each.name === chosen)));
  }

  /** @param {import("./wire.d.ts").Visit} visit @param {VisitStep} step */
  #showStep(visit, step) {
    const { part } = this.#tools;
    const at = visit.steps.indexOf(step);
    const following = visit.steps.find(({ state }, i) => i > at && state === "waiting");
    attribute(part("visit-step"), "data-step", step.id);
    // Every step begins at its top, wherever the last one was read to.
    if (step.id !== this.#led) part("pages").scrollTop = 0;
    this.#led = step.id;
    write(part("visit-place"), t("visit.place", { at: at + 1, of: visit.steps.length, runner: visit.runner }));
    write(part("visit-title"), stepName(step));
    write(part("visit-do"), [t(`visit_do.${step.kind}`), whyWords(step)].filter(Boolean).join(" "));
    this.#showCount(step);
    this.#list(part("visit-missing"), [...step.missing.filter(({ code }) => !PLAIN.includes(code)).map(missingWords), splitWords(step)].filter(Boolean));
    hide(part("visit-pain"), step.kind !== "pain");
    this.#showExercise(step);
    const doubt = step.missing.some(({ code }) => DOUBTS.includes(code));
    hide(part("visit-go-on"), !doubt);
    const next = /** @type {HTMLButtonElement} */ (part("visit-next"));
    const told = this.#pain.told;
    write(next, nextWords(step, told?.level ?? null));
    next.disabled = this.#tools.station.you?.role === "viewer" || (step.kind === "pain" && told === null);
    write(part("visit-following"), following ? t("visit.following", { step: stepName(following) }) : "");
    for (const id of ["visit-skip", "visit-stop"]) hide(part(id), step.kind === "result");
    hide(part("visit-repeat"), !["baseline", "cue", "retention", "calf_raises"].includes(step.kind) || step.state === "waiting");
    this.#showSteps(visit, at);
  }

  /** Time and strides so far. @param {VisitStep} step */
  #showCount(step) {
    const { part } = this.#tools;
    const timed = ["warm_up", "baseline", "cue", "retention"].includes(step.kind);
    hide(part("visit-count"), !timed);
    if (!timed) return;
    const planned = step.planned_s === null ? "" : ` / ${elapsedText(step.planned_s)}`;
    write(part("visit-time"), `${elapsedText(step.elapsed_s)}${planned}`);
    write(part("visit-strides"), step.strides_needed ? t("visit.strides", { seen: step.strides, needed: step.strides_needed }) : "");
    const shares = [step.planned_s ? step.elapsed_s / step.planned_s : 1, step.strides_needed ? step.strides / step.strides_needed : 1];
    const progress = /** @type {HTMLProgressElement} */ (part("visit-progress"));
    attribute(progress, "value", String(Math.min(1, ...shares)));
  }

  /** What the exercise of the step reports. @param {VisitStep} step */
  #showExercise(step) {
    const { part, station } = this.#tools;
    /** @type {string[]} */
    let lines = [];
    if (step.kind === "set_up") lines = [checkWords(station.setUp)];
    if (step.kind === "calf_raises") {
      const raises = station.exercise(RAISES);
      const { full, partial, height } = raiseCounts(raises);
      const cm = raises?.values.last_height_cm ?? null;
      lines = [raiseWords(raises), t("visit.raises", { full, partial }), t("screen.raise_height", { height: withUnit(number(height), " %") })];
      const last = [withUnit(number(cm, 1), " cm"), lastRaiseWords(raises)].filter(Boolean).join(", ");
      if (cm !== null) lines.push(t("visit.raise_last", { height: last }));
    }
    this.#list(part("visit-exercise"), lines.filter(Boolean));
  }

  /** @param {HTMLElement} place @param {string[]} lines */
  #list(place, lines) {
    hide(place, !lines.length);
    const key = lines.join("\n");
    if (place.dataset.written === key) return;
    place.dataset.written = key;
    place.replaceChildren(
      ...lines.map((line) => {
        const item = document.createElement("li");
        item.textContent = line;
        return item;
      }),
    );
  }

  /** All steps as a bar, and by name with what became of each. @param {import("./wire.d.ts").Visit} visit @param {number} at */
  #showSteps(visit, at) {
    const key = visit.steps.map((step) => `${step.id} ${step.state} ${stepName(step)}`).join("\n") + at;
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#part("visit-bar").replaceChildren(
      ...visit.steps.map(({ state }, i) => {
        const dot = document.createElement("span");
        dot.dataset.state = i === at ? "current" : state;
        return dot;
      }),
    );
    this.#part("visit-steps").replaceChildren(...visit.steps.map((step, i) => stepLine(step, i === at, i < at)));
  }
}

/** The words on the large button. @param {VisitStep} step @param {number | null} pain */
function nextWords(step, pain) {
  if (step.kind === "result") return t("visit.finish");
  if (step.kind === "pain") return pain === null ? t("visit.choose_pain") : t("visit.record_pain", { level: pain });
  if (step.kind === "set_up" && step.missing.some(({ code }) => code === "set_up_fix")) return t("visit.go_on_anyway");
  return t("visit.next");
}

/** @param {VisitStep} step @param {boolean} current @param {boolean} past */
function stepLine(step, current, past) {
  const line = document.createElement("li");
  if (current) line.setAttribute("aria-current", "step");
  line.dataset.state = step.state;
  const mark = document.createElement("span");
  mark.className = "mark";
  mark.setAttribute("aria-hidden", "true");
  mark.textContent = MARKS[step.state];
  const name = document.createElement("span");
  const state = `visit_state.${step.state}`;
  name.textContent = past && hasWords(state) ? `${stepName(step)}: ${t(state)}` : stepName(step);
  line.append(mark, name);
  if (past && !["patient", "result"].includes(step.kind) && step.state !== "repeated") {
    const again = document.createElement("button");
    again.type = "button";
    again.className = "plain";
    again.dataset.of = step.id;
    again.dataset.command = "";
    again.textContent = t("visit.repeat");
    again.setAttribute("aria-label", `${t("visit.repeat")}: ${stepName(step)}`);
    line.append(again);
  }
  return line;
}
