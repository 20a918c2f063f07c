// @ts-check
/** What this browser shows by its own choice: language, light or dark, sound. */

import { adoptTheme } from "./ink.js";
import { nextLanguage, nextLanguageName, setLanguage, t, translatePage } from "./words.js";

const PREFIX = "toeline.";

/** A private window may refuse; then a choice lasts as long as the page. @param {string} name */
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

/** Light or dark: the address first, then what was chosen here, then what the machine prefers. */
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

/** Begin with what is asked for, and follow the machine's own changes. */
export async function applyPreferences() {
  await setLanguage(new URLSearchParams(location.search).get("lang") ?? remembered("lang") ?? navigator.language);
  translatePage();
  applyTheme();
  lightAsked.addEventListener("change", applyTheme);
}

/** A choice made here outlives what the address asked for. @param {string} name */
function dropFromAddress(name) {
  const url = new URL(location.href);
  url.searchParams.delete(name);
  history.replaceState(null, "", url);
}

/** The other of light and dark. */
export function switchTheme() {
  const next = theme() === "light" ? "dark" : "light";
  dropFromAddress("theme");
  remember("theme", next);
  applyTheme();
}

/** The next language. */
export async function switchLanguage() {
  const next = nextLanguage();
  await setLanguage(next);
  dropFromAddress("lang");
  remember("lang", next);
  translatePage();
  window.dispatchEvent(new Event("words"));
}

/** What the language's button offers, in that language. */
export const otherLanguage = nextLanguageName;

/** What the theme's button offers. */
export const otherTheme = () => t(theme() === "light" ? "page.theme_dark" : "page.theme_light");
