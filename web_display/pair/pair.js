// @ts-check
/** Pairs this browser; a link carries the code after #, which goes to the station only. */

import { setLanguage, t, translatePage } from "../words.js";

/** @param {string} id */
function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

const code = /** @type {HTMLInputElement} */ (part("code"));
const label = /** @type {HTMLInputElement} */ (part("label"));
const send = /** @type {HTMLButtonElement} */ (part("send"));
const said = part("said");

/** The meaning of the station's response. @param {Response} reply */
function sentence({ status }) {
  if (status === 429) return t("pair.too_fast");
  // 403 is a wrong code, 400 a malformed one.
  return status === 400 || status === 403 || status === 422 ? t("pair.wrong") : t("pair.not_possible", { status });
}

async function pair() {
  send.disabled = true;
  said.textContent = t("pair.pairing");
  try {
    const reply = await fetch("/api/pair", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code: code.value.trim(), label: label.value.trim() }),
    });
    if (reply.ok) {
      said.textContent = t("pair.paired");
      location.replace("/tablet");
      return;
    }
    said.textContent = sentence(reply);
    code.value = "";
    code.focus();
  } catch {
    said.textContent = t("pair.no_answer");
  }
  send.disabled = false;
}

await setLanguage(new URLSearchParams(location.search).get("lang") ?? navigator.language);
translatePage();

part("form").addEventListener("submit", (event) => {
  event.preventDefault();
  void pair();
});

/** Read the code of a scanned link, and remove it from the history. */
function takeLink() {
  const given = decodeURIComponent(location.hash.slice(1));
  if (!given) return;
  history.replaceState(null, "", location.pathname);
  code.value = given;
  void pair();
}

window.addEventListener("hashchange", takeLink);
takeLink();
