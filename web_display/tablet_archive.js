// @ts-check
/** The list of recorded sessions: select one to report, export or delete, two to compare. */

import { AssignDialog } from "./assign_dialog.js";
import { compared, documentAddress, exported, given, keepReport, listed, Refused, removed, reportAddress } from "./archive.js";
import { comparedRows } from "./compared_table.js";
import { clock, localTime, number, withUnit } from "./format.js";
import { RecordedView } from "./recorded_view.js";
import { speedText, speedUnit } from "./speed_units.js";
import { language, t } from "./words.js";

/** @typedef {import("./archive.js").Kept} Kept */
/** @typedef {import("./archive.js").Comparison} Comparison */
/** @typedef {import("./tablet.js").Tools} Tools */

const PAGE = 20;
// The station returns no more per request.
const MOST = 500;

export class ArchiveCard {
  #part;
  #station;
  #say;
  /** @type {Kept[]} */ #kept = [];
  /** At most two, in the order tapped. @type {Kept[]} */ #chosen = [];
  /** @type {Comparison | null} */ #comparison = null;
  #most = PAGE;
  #turn = 0;
  #busy = "";
  #wrong = "";
  #drawn = "";
  #session = "";
  #recorded;

  /** @param {Tools} tools @param {(text: string, bad: boolean) => void} say */
  constructor(tools, say) {
    const { station, part, press } = tools;
    this.#recorded = new RecordedView(tools);
    this.#part = part;
    this.#station = station;
    this.#say = say;
    press("archive-again", () => this.again());
    press("archive-more", () => {
      this.#most = Math.min(this.#most + PAGE, MOST);
      return this.again();
    });
    part("archive-runner").addEventListener("change", () => void this.again());
    press("report-html", () => this.#doing(async () => this.#got(await keepReport(this.#names(), "html"))));
    press("report-pdf", () => this.#doing(async () => this.#got(await keepReport(this.#names(), "pdf"))));
    const format = /** @type {HTMLSelectElement} */ (part("export-format"));
    press("export", () => this.#doing(async () => this.#got(await exported(this.#names()[0], format.value))));
    const whose = new AssignDialog(part, (kept, runner, all) => this.#assign(kept, runner, all));
    press("assign", () => whose.open(this.#chosen[0], when(this.#chosen[0])));
    press("delete", () => this.#dialog.showModal());
    press("delete-keep", () => this.#dialog.close());
    press("delete-yes", () => this.#remove());
  }

  get #dialog() {
    return /** @type {HTMLDialogElement} */ (this.#part("confirm-delete"));
  }

  /** Refresh the list. */
  async again() {
    const runner = /** @type {HTMLInputElement} */ (this.#part("archive-runner")).value.trim();
    try {
      this.#kept = await listed(runner, this.#most);
      this.#wrong = "";
    } catch (error) {
      this.#wrong = reason(error);
    }
    const names = new Map(this.#kept.map((kept) => [kept.name, kept]));
    // The selection is kept, with updated entries.
    const still = this.#chosen.flatMap((kept) => names.get(kept.name) ?? []);
    if (still.length < this.#chosen.length) this.#comparison = null;
    this.#chosen = still;
    this.#draw();
  }

  /** Follow language and session; the list itself is drawn on change. */
  show() {
    const session = `${this.#station.session?.name} ${this.#station.session?.recording}`;
    if (session !== this.#session) {
      this.#session = session;
      void this.again();
    }
    if (this.#drawn !== asShown()) this.#draw();
  }

  /** The selected sessions in order of recording: A before B. */
  #ordered() {
    return [...this.#chosen].sort((one, other) => (`${one.begun_at}${one.name}` < `${other.begun_at}${other.name}` ? -1 : 1));
  }

  #names() {
    return this.#ordered().map(({ name }) => name);
  }

  /** @param {Kept} kept */
  #choose(kept) {
    const at = this.#chosen.findIndex(({ name }) => name === kept.name);
    if (at >= 0) this.#chosen.splice(at, 1);
    else this.#chosen.splice(Math.min(this.#chosen.length, 1), 1, kept);
    this.#comparison = null;
    this.#turn += 1;
    this.#draw();
    if (this.#chosen.length === 2) void this.#compare();
  }

  async #compare() {
    const turn = this.#turn;
    await this.#doing(async () => {
      const [one, other] = this.#names();
      const found = await compared(one, other);
      // The selection may have changed meanwhile.
      if (turn === this.#turn) this.#comparison = found;
    }, "archive_comparing");
    if (turn !== this.#turn && this.#chosen.length === 2 && !this.#comparison) await this.#compare();
  }

  /**
   * Run one action at a time, and show the outcome.
   * @param {() => Promise<unknown>} what
   * @param {"archive_making" | "archive_comparing"} [words]
   */
  async #doing(what, words = "archive_making") {
    if (this.#busy) return;
    this.#busy = words;
    this.#draw();
    try {
      await what();
    } catch (error) {
      this.#say(t("page.not_done", { text: reason(error) }), true);
    } finally {
      this.#busy = "";
      this.#draw();
    }
  }

  /** @param {string} file */
  #got(file) {
    this.#say(t("page.archive_got", { file }), false);
  }

  /** @param {Kept} kept @param {string} runner @param {boolean} all */
  async #assign(kept, runner, all) {
    await this.#doing(async () => {
      const count = await given(kept, runner, all);
      this.#say(t("page.assigned", { count, runner }), false);
    });
    await this.again();
    this.#part("assign").focus();
  }

  async #remove() {
    this.#dialog.close();
    await this.#doing(async () => {
      const left = await removed(this.#names()[0]);
      this.#chosen = [];
      this.#say(left.length ? t("page.deleted_but", { files: left.join(", ") }) : t("did.delete"), false);
    });
    await this.again();
    this.#part("archive-again").focus();
  }

  #draw() {
    this.#drawn = asShown();
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.name : undefined;
    this.#part("kept").replaceChildren(...this.#kept.map((kept) => this.#row(kept)));
    // The tapped row has been replaced by a new element.
    if (focused) /** @type {HTMLElement | null} */ (this.#part("kept").querySelector(`[data-name="${focused}"]`))?.focus();
    const none = this.#kept.length ? "" : t("page.archive_none");
    this.#part("archive-words").textContent = this.#wrong ? t("page.archive_failed", { text: this.#wrong }) : none;
    this.#part("archive-more").hidden = this.#kept.length < this.#most || this.#most >= MOST;
    this.#drawPicked();
  }

  /** @param {Kept} kept */
  #row(kept) {
    const letter = "AB"[this.#names().indexOf(kept.name)] ?? "";
    const row = document.createElement("button");
    row.type = "button";
    row.className = "chip";
    row.dataset.name = kept.name;
    row.dataset.as = letter;
    row.setAttribute("aria-pressed", String(letter !== ""));
    const about = [withUnit(clock(kept.duration_s).replace(/\.\d$/, ""), " min"), t("page.archive_strides", { count: kept.strides })];
    if (kept.state !== "ended") about.push(t(`page.archive_${kept.state}`));
    for (const text of [letter, kept.runner || t("page.somebody"), when(kept), about.join(" · ")]) {
      const span = document.createElement("span");
      span.textContent = text;
      row.append(span);
    }
    row.addEventListener("click", () => this.#choose(kept));
    return row;
  }

  #drawPicked() {
    const [first, second] = this.#ordered();
    this.#part("picked").hidden = !first;
    this.#recorded.of(this.#ordered());
    this.#part("picked").setAttribute("aria-busy", String(Boolean(this.#busy)));
    this.#part("picked-words").textContent = this.#busy === "archive_comparing" ? t("page.archive_comparing") : this.#busy ? t("page.archive_making") : "";
    if (!first) return;
    this.#part("picked-title").textContent = second ? t("page.picked_two") : t("page.picked_one");
    this.#part("picked-facts").replaceChildren(...facts(this.#ordered()));
    this.#part("one-only").hidden = Boolean(second);
    for (const id of ["assign", "delete"]) this.#part(id).hidden = first.state === "recording";
    this.#part("confirm-words").textContent = t("page.confirm_delete", { runner: first.runner || t("page.somebody"), when: when(first) });
    /** @type {HTMLAnchorElement} */ (this.#part("report-open")).href = reportAddress(this.#names(), "html", false);
    for (const what of /** @type {const} */ (["sheet", "letter"])) {
      /** @type {HTMLAnchorElement} */ (this.#part(`${what}-open`)).href = documentAddress(what, this.#names());
    }
    this.#part("compared").hidden = !this.#comparison?.legs.length;
    this.#part("compared-about").textContent = this.#comparison ? aboutChange(this.#comparison) : "";
    this.#part("compared-rows").replaceChildren(...comparedRows(this.#comparison));
  }
}

/** What decides how the list is shown. */
const asShown = () => `${language()} ${speedUnit()}`;

/** @param {Comparison} comparison */
function aboutChange({ legs, same_runner }) {
  const about = legs.length ? t("page.compared_about") : t("page.compared_none");
  return same_runner ? about : `${t("page.compared_others")} ${about}`;
}

/** @param {unknown} error */
function reason(error) {
  if (error instanceof Refused) return error.message;
  throw error;
}

/** The start of a session. @param {Kept} kept */
const when = ({ begun_at }) => localTime(begun_at);

/** The details of the selected sessions. @param {Kept[]} chosen */
function facts(chosen) {
  const speed = (/** @type {Kept} */ { belt_speed_mps: mps, belt_speed_source: source }) => {
    if (!mps) return t("belt.none");
    return t(`belt.${source === "estimated" ? "picture" : (source ?? "entered")}`, { speed: speedText(mps) });
  };
  return chosen.flatMap((kept, index) => {
    const words = [
      kept.runner || t("page.somebody"),
      when(kept),
      `${speed(kept)}, ${withUnit(number(kept.incline_pct, 1), " %")}`,
      t("page.archive_valid", { valid: kept.valid_strides, count: kept.strides }),
    ];
    const [term, about] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = "AB"[index];
    about.textContent = words.join(" · ");
    return [term, about];
  });
}
