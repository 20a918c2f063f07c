// @ts-check
/** The operator's corner of the station display, visible during pointer or keyboard use. */

import { otherLanguage, otherTheme, switchLanguage, switchTheme } from "./preferences.js";

const SHOWN_MS = 4000;

/** @param {HTMLElement} bar holds the buttons `#theme`, `#language` and `#full-screen` */
export function addChoices(bar) {
  /** @param {string} id */
  const button = (id) => /** @type {HTMLButtonElement} */ (bar.querySelector(`#${id}`));
  let timer = 0;
  const name = () => {
    button("theme").textContent = otherTheme();
    button("language").textContent = otherLanguage();
  };
  button("theme").addEventListener("click", switchTheme);
  button("language").addEventListener("click", () => void switchLanguage());
  button("full-screen").addEventListener("click", () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void document.documentElement.requestFullscreen();
  });
  window.addEventListener("pointermove", () => {
    bar.classList.add("shown");
    clearTimeout(timer);
    timer = window.setTimeout(() => bar.classList.remove("shown"), SHOWN_MS);
  });
  for (const change of ["themechange", "words"]) window.addEventListener(change, name);
  name();
}
