// @ts-check
/** The tablet page: tabs, the link, commands and their outcomes. */

import { decodeBinary } from "./decode.js";
import { clock } from "./format.js";
import { guarded, keepLink, liveUrl } from "./link.js";
import { LiveView } from "./live_view.js";
import { listNotices, notices } from "./notices.js";
import { NoLink } from "./no_link.js";
import { Orders } from "./orders.js";
import { applyPreferences, remember, remembered } from "./preferences.js";
import { Ribbon } from "./ribbon.js";
import { addShapes } from "./shapes.js";
import { ArchiveCard } from "./tablet_archive.js";
import { LiveTab } from "./tablet_live.js";
import { showSession } from "./tablet_session.js";
import { SetUpTab } from "./tablet_setup.js";
import { StridesTab } from "./tablet_strides.js";
import { TrendTab } from "./tablet_trend.js";
import { Told } from "./told.js";
import { keepAwake } from "./wake_lock.js";
import { noticeWords, t } from "./words.js";
import { attribute, hide, write } from "./write.js";

/** @typedef {import("./link.js").Ack} Ack */
/** @typedef {import("./orders.js").Wanted} Wanted */
/** @typedef {import("./words.js").Key} Key */

/**
 * What every tab needs.
 * @typedef {object} Tools
 * @property {Told} told
 * @property {(id: string) => HTMLElement} part
 * @property {(id: string, what: () => unknown) => void} press
 * @property {(wanted: Wanted, done?: Key) => Promise<boolean>} order sends a command, shows the outcome
 */

const TICK_MS = 200;
const SAID_MS = 6000;
// After these, all tabs are updated.
const RARE = new Set(["runner", "session", "limits", "display", "neutral", "set_up"]);
const TABS = ["setup", "live", "strides", "trend", "sessions"];

/** @param {string} id */
function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

addShapes();
await applyPreferences();

const told = new Told();
const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const view = new LiveView(part("view"), (frame) => {
  told.see(frame);
  ribbon.add(frame);
});
const ribbon = new Ribbon(/** @type {HTMLCanvasElement} */ (part("ribbon")), calm);
const orders = new Orders((command) => send(command), ({ ok, text }) => say(text, !ok));
/** @type {Tools} */
const tools = {
  told,
  part,
  press: (id, what) => part(id).addEventListener("click", () => void what()),
  async order(wanted, done) {
    const { ok, text } = await orders.give(wanted);
    if (!ok) say(text, true);
    else if (done) say(t(done), false);
    return ok;
  },
};
const setUp = new SetUpTab(tools);
const live = new LiveTab(tools);
const strides = new StridesTab(tools);
const trend = new TrendTab(tools);
const archive = new ArchiveCard(tools, say);
const noLink = new NoLink(part("no-link"));
let sayTimer = 0;
let front = "setup";

/** Show the outcome of a command for a while. @param {string} text @param {boolean} bad */
function say(text, bad) {
  const place = part("told");
  place.textContent = text;
  place.dataset.bad = String(bad);
  place.hidden = false;
  clearTimeout(sayTimer);
  sayTimer = window.setTimeout(() => (place.hidden = true), SAID_MS);
}

/** @param {string} name */
function open(name) {
  front = TABS.includes(name) ? name : "setup";
  for (const tab of TABS) {
    const chosen = tab === front;
    part(`tab-${tab}`).setAttribute("aria-selected", String(chosen));
    part(`tab-${tab}`).tabIndex = chosen ? 0 : -1;
    part(`page-${tab}`).hidden = !chosen;
  }
  remember("tab", front);
  if (front === "strides") strides.again();
  if (front === "trend") trend.again();
  if (front === "sessions") void archive.again();
  show();
}

/** Move between tabs with the arrow keys. @param {KeyboardEvent} event */
function steer(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  open(TABS[(TABS.indexOf(front) + step + TABS.length) % TABS.length]);
  part(`tab-${front}`).focus();
}

/** @param {import("./link.js").Told} message */
function onText(message) {
  told.take(message);
  if (message.type === "answer") orders.answered(message);
  else if (message.type === "stride") trend.add(message);
  else if (message.type === "cue") trend.cue(message.issued_at_s);
  if (RARE.has(message.type)) showAll();
  else if (message.type !== "event") show();
}

/** @param {ArrayBuffer} data @param {Ack} ack */
async function onBinary(data, ack) {
  const { header, jpeg } = decodeBinary(data);
  if (header.type !== "frame") return;
  if (told.concerns(header)) await view.take(header, jpeg, ack);
  else ack(header.seq);
}

/** Update the active tab and the permanent bar. */
function show() {
  showBar();
  if (front === "setup") setUp.show();
  else if (front === "live") live.show();
  else if (front === "strides") strides.show();
  else if (front === "trend") trend.show();
  else {
    archive.show();
    showSession(tools);
  }
}

/** Update the hidden tabs, too: nothing of the previous runner stays in any of them. */
function showAll() {
  setUp.show();
  live.show();
  showSession(tools);
  show();
}

function showBar() {
  noLink.show(told.linked);
  part("tablet").dataset.linked = String(told.linked);
  write(part("link-words"), t(told.linked ? "page.linked" : "page.unlinked"));
  write(part("session-state"), sessionWords());
  part("session-state").dataset.bad = String(Boolean(told.session?.name && !told.session.recording));
  const wrong = told.linked ? notices(told) : [];
  listNotices(part("notices"), wrong);
  part("notices").parentElement?.classList.toggle("noticed", wrong.length > 0);
  hide(part("on-record"), !told.health?.video);
  part("on-record").parentElement?.classList.toggle("filmed", Boolean(told.health?.video));
  const viewer = told.you?.role === "viewer";
  hide(part("role"), !viewer);
  write(part("role"), t("page.viewer_only"));
  view.skeletonOnly = told.display?.shown === "skeleton";
  const muted = Boolean(told.display?.muted);
  write(part("mute"), t(muted ? "page.unmute" : "page.mute"));
  attribute(part("mute"), "aria-pressed", String(muted));
  for (const control of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-order]"))) {
    control.disabled = viewer;
  }
}

function sessionWords() {
  const session = told.session;
  if (!session?.name) return t("page.no_session");
  const runner = session.runner || t("page.somebody");
  if (!session.recording) return t("page.not_recording", { runner, notice: noticeWords(session) });
  return t("page.recording", { runner, time: clock(Math.floor(told.elapsedS)).replace(/\.\d$/, "") });
}

told.on("runner", () => {
  ribbon.clear();
  view.forgetRunner();
});
told.on("session", () => {
  strides.forget();
  trend.forget();
  setUp.forget();
});

const send = keepLink(liveUrl(), {
  opened() {
    told.linked = true;
    told.forget();
    view.forget();
  },
  ready() {
    void orders.linked();
    if (front === "sessions") void archive.again();
  },
  lost() {
    told.linked = false;
    orders.lost();
    show();
  },
  text: onText,
  binary: (data, ack) => guarded(() => onBinary(data, ack)),
});

for (const tab of TABS) tools.press(`tab-${tab}`, () => open(tab));
document.querySelector(".tabs")?.addEventListener("keydown", (event) => steer(/** @type {KeyboardEvent} */ (event)));
tools.press("pain", () => tools.order({ type: "set_mark", kind: "pain_now" }, "did.mark"));
tools.press("mute", () => tools.order({ type: "set_mute", muted: !told.display?.muted }));
for (const change of ["themechange", "words"]) {
  window.addEventListener(change, () => {
    ribbon.draw();
    strides.again();
    trend.again();
    show();
  });
}
setInterval(() => {
  view.tick(told.linked, told.health);
  showBar();
}, TICK_MS);
keepAwake();
open(new URLSearchParams(location.search).get("tab") ?? remembered("tab") ?? "setup");
