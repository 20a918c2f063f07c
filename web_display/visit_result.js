// @ts-check
/** The result of a visit on the tablet: what the cues moved, and the documents to hand out. */

import { documentAddress, experimentOf, Refused, reportAddress } from "./archive.js";
import { limitDigits, number, sideLetter, signed } from "./format.js";
import { stepName } from "./visit_words.js";
import { hasWords, language, metricWords, t } from "./words.js";
import { attribute, hide, write } from "./write.js";

/** @typedef {import("./archive.js").Experiment} Experiment */
/** @typedef {import("./archive.js").ExperimentBlock} Block */
/** @typedef {import("./archive.js").ExperimentCell} Cell */
/** @typedef {import("./wire.d.ts").Visit} Visit */

export class VisitResult {
  #part;
  #asked = "";

  /** @param {(id: string) => HTMLElement} part */
  constructor(part) {
    this.#part = part;
  }

  /**
   * Show the result of a visit at its last step and after it; nothing before, and nothing of the last one.
   * @param {Visit | null} visit
   * @param {boolean} reached
   */
  show(visit, reached) {
    const id = visit && reached ? visit.id : "";
    hide(this.#part("visit-result"), !id);
    write(this.#part("visit-result-of"), visit && id ? `${t("visit.result")} · ${visit.runner}` : "");
    const asked = id && `${id} ${language()}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#say([]);
    this.#part("visit-tables").replaceChildren();
    if (!id) return;
    attribute(this.#part("visit-sheet"), "href", documentAddress("sheet", [id]));
    attribute(this.#part("visit-letter"), "href", documentAddress("letter", [id]));
    attribute(this.#part("visit-report"), "href", reportAddress([id], "html", false));
    void this.#fetch(id, asked);
  }

  /** @param {string} id @param {string} asked */
  async #fetch(id, asked) {
    this.#say([t("visit.result_wait")]);
    try {
      const { legs } = await experimentOf(id);
      if (asked === this.#asked) this.#write(legs);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (asked === this.#asked) this.#say([error.message]);
    }
  }

  /** @param {string[]} lines */
  #say(lines) {
    const made = lines.map((text) => {
      const line = document.createElement("p");
      line.textContent = text;
      return line;
    });
    this.#part("visit-told").replaceChildren(...made);
  }

  /** @param {Experiment[]} legs */
  #write(legs) {
    const several = legs.length > 1;
    const told = legs.flatMap(({ side, conclusion, notes }) =>
      [conclusion, ...notes].map(({ text }) => (several ? `${sideLetter(side)}: ${text}` : text)),
    );
    this.#say(told);
    this.#part("visit-tables").replaceChildren(...legs.filter(({ blocks }) => blocks.length).map((leg) => tableOf(leg, several)));
  }
}

/** @param {Experiment} leg @param {boolean} several */
function tableOf(leg, several) {
  const table = document.createElement("table");
  if (several) table.createCaption().textContent = t(`visit_leg.${leg.side}`);
  const head = table.createTHead().insertRow();
  head.append(cell("td", ""), ...leg.blocks.map((block) => cell("th", blockName(block), "col")));
  const body = table.createTBody();
  for (const { metric, cells } of leg.rows) {
    const row = body.insertRow();
    row.append(cell("th", metricWords(/** @type {import("./words.js").Metric} */ (metric)), "row"));
    row.append(...cells.map(valueCell));
  }
  return table;
}

/** @param {Block} block */
const blockName = (block) => stepName(/** @type {import("./wire.d.ts").VisitStep} */ ({ kind: block.kind, cue: block.cue ?? "", side: null }));

/** A block's mean and strides; what changed, with the limit. @param {Cell} found */
function valueCell({ mean, strides, change }) {
  const judged = change?.judged ?? "";
  const made = cell("td", `${number(mean, 1)} (${strides})`);
  made.dataset.judged = judged;
  if (change && hasWords(`judged.${judged}`)) {
    const about = document.createElement("small");
    const limit = change.limit === null ? "" : ` (${number(change.limit, limitDigits(change.limit))})`;
    const by = change.change === null ? "" : `${signed(change.change, 1)} · `;
    about.textContent = `${by}${t(`judged.${change.judged}`)}${judged === "within_error" || judged === "changed" ? limit : ""}`;
    made.append(about);
  }
  return made;
}

/** @param {"th" | "td"} kind @param {string} text @param {string} [scope] */
function cell(kind, text, scope) {
  const made = document.createElement(kind);
  made.textContent = text;
  if (scope) made.setAttribute("scope", scope);
  return made;
}
