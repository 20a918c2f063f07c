// @ts-check
/** Preferences of this browser: language, theme, sound. */

import { adoptTheme } from "./ink.js";
import { nextLanguage, nextLanguageName, setLanguage, t, translatePage } from "./words.js";

const PREFIX = "toeline.";

/** Read a preference; without storage, as in a private window, it lasts as long as the page. @param {string} name */
export function remembered(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} value */
export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    console.info(`${name} is not remembered: this browser keeps nothing`);
  }
}

const lightAsked = window.matchMedia("(prefers-color-scheme: light)");

/** The theme: from the URL, else the choice made here, else the system preference. */
export function theme() {
  const asked = new URLSearchParams(location.search).get("theme") ?? remembered("theme");
  if (asked === "light" || asked === "dark") return asked;
  return lightAsked.matches ? "light" : "dark";
}

function applyTheme() {
  document.documentElement.dataset.theme = theme();
  adoptTheme();
  window.dispatchEvent(new Event("themechange"));
}

/** Apply the initial preferences, and follow changes of the system theme. */
export async function applyPreferences() {
  await setLanguage(new URLSearchParams(location.search).get("lang") ?? remembered("lang") ?? navigator.language);
  translatePage();
  applyTheme();
  lightAsked.addEventListener("change", applyTheme);
}

/** Remove a preference from the URL, so that the choice made here wins. @param {string} name */
function dropFromAddress(name) {
  const url = new URL(location.href);
  url.searchParams.delete(name);
  history.replaceState(null, "", url);
}

/** Switch between light and dark. */
export function switchTheme() {
  const next = theme() === "light" ? "dark" : "light";
  dropFromAddress("theme");
  remember("theme", next);
  applyTheme();
}

/** Switch to the next language. */
export async function switchLanguage() {
  const next = nextLanguage();
  await setLanguage(next);
  dropFromAddress("lang");
  remember("lang", next);
  translatePage();
  window.dispatchEvent(new Event("words"));
}

/** The label of the language button, in the language it switches to. */
export const otherLanguage = nextLanguageName;

/** The label of the theme button. */
export const otherTheme = () => t(theme() === "light" ? "page.theme_dark" : "page.theme_light");
