// @ts-check
/** Pairs this browser: a link brings its code behind #, which is sent to nobody but the station. */

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

/** What the station's answer means, in a sentence. @param {Response} reply */
async function sentence(reply) {
  try {
    const { detail } = await reply.json();
    if (typeof detail === "string") return `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`;
  } catch {
    // Not the station's own words: say it in ours.
  }
  return `The station answered ${reply.status}.`;
}

async function pair() {
  send.disabled = true;
  said.textContent = "Pairing…";
  try {
    const reply = await fetch("/api/pair", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code: code.value.trim(), label: label.value.trim() }),
    });
    if (reply.ok) {
      said.textContent = "Paired.";
      location.replace("/tablet");
      return;
    }
    said.textContent = await sentence(reply);
    code.value = "";
    code.focus();
  } catch {
    said.textContent = "The station does not answer. Is this device in its network?";
  }
  send.disabled = false;
}

part("form").addEventListener("submit", (event) => {
  event.preventDefault();
  void pair();
});

/** Take the code of a scanned link, and keep it out of the history. */
function takeLink() {
  const given = decodeURIComponent(location.hash.slice(1));
  if (!given) return;
  history.replaceState(null, "", location.pathname);
  code.value = given;
  void pair();
}

window.addEventListener("hashchange", takeLink);
takeLink();
