// @ts-check
/** The second tab: picture, verdicts of both legs, manual cues, metronome, station display. */

import { find, note } from "./panels.js";
import { clarityWords, legName, number, signed, verdictWord, withUnit } from "./format.js";
import { Metronomy } from "./metronome_steps.js";
import { SHAPES } from "./shapes.js";
import { t } from "./words.js";
import { attribute, hide, write } from "./write.js";

/** @typedef {import("./tablet.js").Tools} Tools */
/** @typedef {import("./wire.d.ts").Fault} Fault */
/** @typedef {import("./wire.d.ts").Mode} Mode */
/** @typedef {import("./wire.d.ts").Panel} Panel */
/** @typedef {import("./wire.d.ts").Side} Side */

/** @type {{fault: Fault, metric: "knee_toe_offset_pct" | "knee_flexion_push_off_deg", unit: string, signed: boolean}[]} */
const JUDGED = [
  { fault: "knees_forward", metric: "knee_toe_offset_pct", unit: " %", signed: true },
  { fault: "bent_push_off", metric: "knee_flexion_push_off_deg", unit: "°", signed: false },
];

const CARD = `
  <header><h2></h2><p class="word"></p></header>
  <div class="reading"><svg class="shape" aria-hidden="true"><use></use></svg>
    <p class="figure"><b class="number"></b><span class="range"></span></p></div>
  <p class="note"></p>
  <p class="far"></p>`;

export class LiveTab {
  #tools;
  #metronomy;
  /** @type {HTMLElement[]} */ #cards;

  /** @param {Tools} tools */
  constructor(tools) {
    this.#tools = tools;
    this.#cards = [...JUDGED, null].map(() => {
      const card = document.createElement("section");
      card.className = "card verdict";
      card.innerHTML = CARD;
      tools.part("judged").append(card);
      return card;
    });
    for (const button of tools.part("shows").querySelectorAll("button")) {
      const mode = /** @type {Mode} */ (button.dataset.mode);
      button.addEventListener("click", () => void tools.send({ type: "set_display", mode }));
    }
    tools.part("panels").addEventListener("change", (event) => void this.#choose(/** @type {HTMLInputElement} */ (event.target)));
    this.#metronomy = new Metronomy(tools);
  }

  /** Offer a button for each kind of cue of the greeting. @param {string[]} kinds */
  offer(kinds) {
    this.#tools.part("cue-buttons").replaceChildren(...kinds.map((kind) => this.#button(kind)));
  }

  /** @param {string} kind */
  #button(kind) {
    const button = document.createElement("button");
    const key = /** @type {import("./words.js").Key} */ (`cue.${kind}.short`);
    button.type = "button";
    button.className = "plain";
    button.dataset.cue = kind;
    button.dataset.command = "";
    button.dataset.t = key;
    button.textContent = t(key);
    button.addEventListener("click", () => void this.#tools.send({ type: "give_cue", kind }, "did.cue"));
    return button;
  }

  /** @param {HTMLInputElement} box */
  async #choose(box) {
    const panels = /** @type {Panel[]} */ (
      [...this.#boxes()].filter((one) => one.checked && one.dataset.panel).map((one) => one.dataset.panel)
    );
    /** @type {import("./wire.d.ts").Shown} */
    const shown = box.checked ? "skeleton" : "picture";
    await this.#tools.send({ type: "set_display", ...(box.id === "skeleton" ? { shown } : { panels }) });
    // Whatever the outcome, the boxes show the station's state.
    this.show();
  }

  /** @returns {NodeListOf<HTMLInputElement>} */
  #boxes() {
    return this.#tools.part("panels").querySelectorAll("input");
  }

  /** Show the state of the station. */
  show() {
    const { station } = this.#tools;
    JUDGED.forEach((judged, i) => this.#verdict(this.#cards[i], judged));
    this.#cadence(this.#cards[2]);
    const clarity = station.state?.activity === "running" ? clarityWords(station.state) : "";
    write(this.#tools.part("clarity"), clarity);
    hide(this.#tools.part("clarity"), !clarity);
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (this.#tools.part("shows").querySelectorAll("button"))) {
      attribute(button, "aria-pressed", String(button.dataset.mode === station.display?.mode));
    }
    for (const box of this.#boxes()) {
      const on = box.id === "skeleton" ? station.display?.shown === "skeleton" : station.display?.panels.includes(/** @type {Panel} */ (box.dataset.panel));
      box.checked = Boolean(on);
    }
    this.#metronomy.show();
  }

  /** @param {HTMLElement} card @param {typeof JUDGED[number]} how */
  #verdict(card, { fault, metric, unit, signed: plus }) {
    const { station } = this.#tools;
    const near = station.near;
    const verdict = station.verdict(near, fault);
    const state = verdict?.state ?? "unknown";
    const words = (/** @type {number | null} */ value) => withUnit(plus ? signed(value, 1) : number(value, 1), unit);
    card.dataset.state = state;
    write(find(card, "h2"), t(`fault.${fault}`));
    write(find(card, ".word"), verdictWord(state));
    attribute(find(card, ".shape use"), "href", `#shape-${SHAPES[state]}`);
    write(find(card, ".number"), words(verdict?.mean ?? null));
    const [low, high] = verdict?.ci95 ?? [null, null];
    const range = low === null || high === null ? t("page.interval_none") : t("page.interval", { low: words(low), high: words(high) });
    const error = verdict?.error95 ?? null;
    write(find(card, ".range"), low === null || error === null ? range : t("page.interval_model", { interval: range, error: number(error, 1) }));
    const leg = near ? `${t("page.leg_judged", { leg: legName(near, true).split(" ")[0] })}: ` : "";
    write(find(card, ".note"), leg + note(verdict, verdict?.mean ?? null, null));
    this.#far(card, near, metric, words);
  }

  /**
   * Show the far leg with its values and the reason why it is not judged.
   * @param {HTMLElement} card
   * @param {Side | null} near
   * @param {typeof JUDGED[number]["metric"]} metric
   * @param {(value: number | null) => string} words
   */
  #far(card, near, metric, words) {
    const place = find(card, ".far");
    hide(place, near === null);
    if (near === null) return write(place, "");
    const far = near === "left" ? "right" : "left";
    const found = this.#tools.station.latest[far]?.recent?.[metric];
    const figures = found
      ? ` ${words(found.mean)}${found.low === null ? "" : ` (${t("page.interval", { low: words(found.low), high: words(found.high) })})`}`
      : "";
    write(place, t("page.leg_not_judged", { leg: legName(far, false).split(" ")[0] }) + (figures ? `:${figures}` : ""));
  }

  /** @param {HTMLElement} card */
  #cadence(card) {
    const { station } = this.#tools;
    const found = station.strides.at(-1)?.recent?.cadence_spm;
    card.classList.add("plain-number");
    write(find(card, "h2"), t("page.cadence"));
    write(find(card, ".number"), number(found?.mean ?? station.state?.cadence_spm ?? null));
    const interval = found?.low === null || !found ? t("page.interval_none") : t("page.interval", { low: number(found.low, 1), high: number(found.high, 1) });
    write(find(card, ".range"), `${t("page.steps_min")} · ${interval}`);
    write(find(card, ".note"), aimWords(station));
    hide(find(card, ".far"), true);
  }
}

/** The target while cadence is the cue, else the runner's own cadence. @param {import("./station_state.js").StationState} station */
function aimWords({ target, limits }) {
  if (target) return t("page.target", { low: number(target[0]), high: number(target[1]) });
  const base = limits?.baseline_spm ?? null;
  return base === null ? t("page.no_target") : t("page.own_cadence", { base: number(base) });
}
