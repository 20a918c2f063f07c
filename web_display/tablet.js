// @ts-check
/** The tablet page: tabs, the link, commands and their outcomes. */

import { decodeBinary } from "./decode.js";
import { clock } from "./format.js";
import { guarded, keepLink, liveUrl } from "./link.js";
import { LiveView, decoded } from "./live_view.js";
import { listNotices, notices } from "./notices.js";
import { NoLink } from "./no_link.js";
import { Commands } from "./commands.js";
import { applyPreferences, remember, remembered } from "./preferences.js";
import { Ribbon } from "./ribbon.js";
import { addShapes } from "./shapes.js";
import { ArchiveCard } from "./tablet_archive.js";
import { LiveTab } from "./tablet_live.js";
import { PointsCard } from "./tablet_points.js";
import { showSession } from "./tablet_session.js";
import { SetUpTab } from "./tablet_setup.js";
import { StridesTab } from "./tablet_strides.js";
import { TrendTab } from "./tablet_trend.js";
import { VisitTab } from "./tablet_visit.js";
import { StationState } from "./station_state.js";
import { keepAwake } from "./wake_lock.js";
import { noticeWords, t } from "./words.js";
import { attribute, hide, write } from "./write.js";

/** @typedef {import("./link.js").Ack} Ack */
/** @typedef {import("./commands.js").Wanted} Wanted */
/** @typedef {import("./words.js").Key} Key */

/**
 * What every tab needs.
 * @typedef {object} Tools
 * @property {StationState} station
 * @property {(id: string) => HTMLElement} part
 * @property {(id: string, what: () => unknown) => void} press
 * @property {(wanted: Wanted, done?: Key) => Promise<boolean>} send sends a command, shows the outcome
 * @property {(wanted: Wanted) => Promise<import("./commands.js").Outcome>} give sends a command
 */

const TICK_MS = 200;
const SAID_MS = 6000;
// After these, all tabs are updated.
const RARE = new Set(["runner", "session", "limits", "display", "neutral", "points", "set_up", "visit", "visit_templates"]);
const TABS = ["visit", "setup", "live", "strides", "trend", "sessions"];

/** @param {string} id */
function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

addShapes();
await applyPreferences();

const station = new StationState();
const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const view = new LiveView(part("view"), (frame) => {
  station.see(frame);
  ribbon.add(frame);
});
const ribbon = new Ribbon(/** @type {HTMLCanvasElement} */ (part("ribbon")), calm);
const commands = new Commands((command) => send(command), ({ ok, text }) => say(text, !ok));
/** @type {Tools} */
const tools = {
  station,
  part,
  press: (id, what) => part(id).addEventListener("click", () => void what()),
  give: (wanted) => commands.give(wanted),
  async send(wanted, done) {
    const { ok, text } = await commands.give(wanted);
    if (!ok) say(text, true);
    else if (done) say(t(done), false);
    return ok;
  },
};
const visit = new VisitTab(tools);
const setUp = new SetUpTab(tools);
const points = new PointsCard(tools);
const live = new LiveTab(tools);
const strides = new StridesTab(tools);
const trend = new TrendTab(tools);
const archive = new ArchiveCard(tools, say);
const noLink = new NoLink(part("no-link"));
let sayTimer = 0;
let front = "visit";

/** Show the outcome of a command for a while. @param {string} text @param {boolean} bad */
function say(text, bad) {
  const place = part("outcome");
  place.textContent = text;
  place.dataset.bad = String(bad);
  place.hidden = false;
  clearTimeout(sayTimer);
  sayTimer = window.setTimeout(() => (place.hidden = true), SAID_MS);
}

/** @param {string} name */
function open(name) {
  front = TABS.includes(name) ? name : "visit";
  for (const tab of TABS) {
    const chosen = tab === front;
    part(`tab-${tab}`).setAttribute("aria-selected", String(chosen));
    part(`tab-${tab}`).tabIndex = chosen ? 0 : -1;
    part(`page-${tab}`).hidden = !chosen;
  }
  remember("tab", front);
  // Every tab opens at its top, whatever was looked at before; the one picture goes along.
  part("pages").scrollTop = 0;
  if (front === "visit" || front === "live") part(`${front}-view`).prepend(part("view"));
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

/** @param {import("./link.js").Message} message */
function onText(message) {
  station.take(message);
  if (message.type === "hello") live.offer(message.cues);
  if (message.type === "answer") commands.answered(message);
  else if (message.type === "stride") trend.add(message);
  else if (message.type === "cue") trend.cue(message.issued_at_s);
  if (RARE.has(message.type)) showAll();
  else if (message.type !== "event") show();
}

/** @param {ArrayBuffer} data @param {Ack} ack */
async function onBinary(data, ack) {
  const { header, jpeg } = decodeBinary(data);
  if (header.type === "still") {
    const bitmap = await decoded(jpeg);
    if (station.concerns(header)) points.take(header, bitmap);
    else bitmap?.close();
  } else if (station.concerns(header)) await view.take(header, jpeg, ack);
  else ack(header.seq);
}

/** Update the active tab and the permanent bar. */
function show() {
  showBar();
  if (front === "visit") visit.show();
  else if (front === "setup") setUp.show();
  else if (front === "live") {
    live.show();
    points.show();
  } else if (front === "strides") strides.show();
  else if (front === "trend") trend.show();
  else {
    archive.show();
    showSession(tools);
  }
}

/** Update the hidden tabs, too: nothing of the previous runner stays in any of them. */
function showAll() {
  visit.show();
  setUp.show();
  live.show();
  points.show();
  showSession(tools);
  show();
}

function showBar() {
  noLink.show(station.linked);
  part("tablet").dataset.linked = String(station.linked);
  write(part("link-words"), t(station.linked ? "page.linked" : "page.unlinked"));
  write(part("session-state"), sessionWords());
  part("session-state").dataset.bad = String(Boolean(station.session?.name && !station.session.recording));
  const wrong = station.linked ? notices(station) : [];
  listNotices(part("notices"), wrong);
  part("notices").parentElement?.classList.toggle("noticed", wrong.length > 0);
  hide(part("on-record"), !station.health?.video);
  part("on-record").parentElement?.classList.toggle("filmed", Boolean(station.health?.video));
  const viewer = station.you?.role === "viewer";
  hide(part("role"), !viewer);
  write(part("role"), t("page.viewer_only"));
  view.skeletonOnly = station.display?.shown === "skeleton";
  const muted = Boolean(station.display?.muted);
  write(part("mute"), t(muted ? "page.unmute" : "page.mute"));
  attribute(part("mute"), "aria-pressed", String(muted));
  for (const control of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-command]"))) {
    if (viewer || control.id !== "visit-next") control.disabled = viewer;
  }
}

function sessionWords() {
  const session = station.session;
  if (!session?.name) return t("page.no_session");
  const runner = session.runner || t("page.somebody");
  if (!session.recording) return t("page.not_recording", { runner, notice: noticeWords(session) });
  return t("page.recording", { runner, time: clock(Math.floor(station.elapsedS)).replace(/\.\d$/, "") });
}

station.on("runner", () => {
  ribbon.clear();
  view.forgetRunner();
  points.forget();
});
station.on("session", () => {
  strides.forget();
  trend.forget();
  setUp.forget();
  visit.forget();
});

const send = keepLink(liveUrl(), {
  opened() {
    station.linked = true;
    station.forget();
    view.forget();
  },
  ready() {
    void commands.linked();
    if (front === "sessions") void archive.again();
  },
  lost() {
    station.linked = false;
    commands.lost();
    show();
  },
  text: onText,
  binary: (data, ack) => guarded(() => onBinary(data, ack)),
});

for (const tab of TABS) tools.press(`tab-${tab}`, () => open(tab));
document.querySelector(".tabs")?.addEventListener("keydown", (event) => steer(/** @type {KeyboardEvent} */ (event)));
tools.press("pain", () => (visit.leads ? visit.askPain() : tools.send({ type: "set_mark", kind: "pain_now" }, "did.mark")));
tools.press("mute", () => tools.send({ type: "set_mute", muted: !station.display?.muted }));
for (const change of ["themechange", "words"]) {
  window.addEventListener(change, () => {
    ribbon.draw();
    visit.again();
    strides.again();
    trend.again();
    show();
  });
}
setInterval(() => {
  view.tick(station.linked, station.health);
  showBar();
}, TICK_MS);
keepAwake();
open(new URLSearchParams(location.search).get("tab") ?? remembered("tab") ?? "visit");
