// @ts-check
/** The dialog that says whose a recorded session is, or all sessions of a runner. */

import { isPseudonym } from "./pseudonym.js";
import { t } from "./words.js";

/** @typedef {import("./archive.js").Kept} Kept */

export class AssignDialog {
  #part;
  #give;
  /** @type {Kept | null} */ #kept = null;

  /**
   * @param {(id: string) => HTMLElement} part
   * @param {(kept: Kept, runner: string, all: boolean) => Promise<void>} give sends it to the station
   */
  constructor(part, give) {
    this.#part = part;
    this.#give = give;
    part("assign-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    part("assign-cancel").addEventListener("click", () => this.#dialog.close());
  }

  get #dialog() {
    return /** @type {HTMLDialogElement} */ (this.#part("assign-dialog"));
  }

  get #runner() {
    return /** @type {HTMLInputElement} */ (this.#part("assign-runner"));
  }

  get #all() {
    return /** @type {HTMLInputElement} */ (this.#part("assign-all"));
  }

  /** Ask whose a session is. @param {Kept} kept @param {string} when its beginning, as shown */
  open(kept, when) {
    this.#kept = kept;
    this.#part("assign-words").textContent = t("page.assign_of", { runner: kept.runner || t("page.somebody"), when });
    this.#part("assign-all-label").hidden = kept.runner === "";
    this.#part("assign-all-words").textContent = t("page.assign_all", { runner: kept.runner });
    this.#runner.value = "";
    this.#all.checked = false;
    this.#wrong("");
    this.#dialog.showModal();
    this.#runner.focus();
  }

  async #submit() {
    const [kept, runner] = [this.#kept, this.#runner.value.trim()];
    if (!kept) return;
    if (!isPseudonym(runner)) {
      this.#wrong(t("page.wrong_runner"));
      this.#runner.focus();
      return;
    }
    this.#dialog.close();
    await this.#give(kept, runner, this.#all.checked);
  }

  /** @param {string} text */
  #wrong(text) {
    const wrong = this.#part("assign-wrong");
    wrong.hidden = text === "";
    wrong.textContent = text;
    this.#runner.setAttribute("aria-invalid", String(text !== ""));
  }
}
