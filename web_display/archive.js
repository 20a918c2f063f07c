// @ts-check
/** HTTP client for the recorded sessions. */

import { parseReplay } from "./replay.js";
import { isLinked, untilDead } from "./requests.js";
import { language, t } from "./words.js";

/**
 * A recorded session, as listed by `/api/sessions`; times are UTC, durations in seconds.
 * @typedef {object} Kept
 * @property {string} name
 * @property {string} begun_at
 * @property {"recording" | "ended" | "interrupted"} state
 * @property {string} runner
 * @property {number | null} belt_speed_mps
 * @property {"entered" | "treadmill" | "estimated" | null} belt_speed_source
 * @property {number} incline_pct
 * @property {number | null} duration_s
 * @property {number} frames
 * @property {number} strides
 * @property {number} valid_strides
 */
/**
 * @typedef {object} Change
 * @property {string} metric
 * @property {number | null} before
 * @property {number | null} after
 * @property {number} before_strides
 * @property {number} after_strides
 * @property {number | null} change
 * @property {number | null} low
 * @property {number | null} high
 * @property {number | null} limit
 * @property {"changed" | "within_error" | "no_limit" | "too_few"} judged
 */
/** @typedef {{before: string, after: string, same_runner: boolean, legs: {side: "left" | "right", changes: Change[]}[]}} Comparison */
/** @typedef {{kind: import("./wire.d.ts").VisitStep["kind"], cue: string | null}} ExperimentBlock */
/** @typedef {Pick<Change, "change" | "low" | "high" | "limit"> & {judged: Change["judged"] | "other_speed"}} ExperimentChange */
/** @typedef {{mean: number | null, strides: number, change: ExperimentChange | null}} ExperimentCell */
/**
 * Which cue moved what on one leg: a column for each block, a row for each metric.
 * @typedef {object} Experiment
 * @property {"left" | "right"} side
 * @property {{text: string}} conclusion
 * @property {{text: string}[]} notes
 * @property {ExperimentBlock[]} blocks
 * @property {{metric: string, cells: ExperimentCell[]}[]} rows
 */

const BASE = "/api/sessions";

/** A refusal by the station, as text for the user. */
export class Refused extends Error {}

/**
 * @template T
 * @param {string} path
 * @param {(reply: Response) => Promise<T>} read
 * @param {"GET" | "POST" | "PUT" | "DELETE"} method
 * @param {object} [body]
 */
async function ask(path, read, method = "GET", body) {
  const changes = method !== "GET";
  // What is sent over a dead link may still arrive when it is back.
  if (changes && !isLinked()) throw new Refused(t("page.not_sent"));
  let reply;
  try {
    const sent = body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
    reply = await fetch(path, { method, signal: untilDead(), ...sent });
    if (reply.ok) return await read(reply);
  } catch {
    throw new Refused(t(changes ? "page.request_cut" : "page.not_sent"));
  }
  if (reply.status === 403) throw new Refused(t("answer.viewer"));
  if (reply.status === 404) throw new Refused(t("page.archive_gone"));
  if (reply.status === 409) throw new Refused(t("page.archive_recording"));
  const answer = await reply.json().catch(() => ({}));
  throw new Refused(typeof answer.detail === "string" ? answer.detail : `HTTP ${reply.status}`);
}

/** The newest sessions. @param {string} runner @param {number} most @returns {Promise<Kept[]>} */
export async function listed(runner, most) {
  return ask(`${BASE}?${new URLSearchParams({ runner, most: String(most) })}`, (reply) => reply.json());
}

/** The changes between two sessions. @param {string} one @param {string} other @returns {Promise<Comparison>} */
export async function compared(one, other) {
  return ask(`${BASE}/compare?${new URLSearchParams({ one, other })}`, (reply) => reply.json());
}

/** What the cues of a visit moved. @param {string} name @returns {Promise<{legs: Experiment[]}>} */
export async function experimentOf(name) {
  return ask(`${BASE}/${name}/experiment?${new URLSearchParams({ language: language() })}`, (reply) => reply.json());
}

/** The URL of the report of these sessions. @param {string[]} names @param {"html" | "pdf"} format @param {boolean} download */
export function reportAddress(names, format, download) {
  const asked = new URLSearchParams(names.map((name) => ["name", name]));
  asked.set("format", format);
  asked.set("language", language());
  if (download) asked.set("download", "true");
  return `${BASE}/report?${asked}`;
}

/** The URL of a patient sheet or letter. @param {"sheet" | "letter"} what @param {string[]} names */
export function documentAddress(what, names) {
  const asked = new URLSearchParams(names.map((name) => ["name", name]));
  asked.set("language", language());
  return `${BASE}/document/${what}?${asked}`;
}

/** @typedef {{name: string, origin_s: number | null, last_s: number | null, strides: import("./wire.d.ts").Stride[]}} Outline */

/** A session's begin, end and strides. @param {string} name @returns {Promise<Outline>} */
export async function outlineOf(name) {
  return ask(`${BASE}/${name}/strides`, (reply) => reply.json());
}

/** A stretch of a session's frames. @param {string} name @param {number} fromS capture time @param {number} seconds */
export async function framesOf(name, fromS, seconds) {
  const asked = new URLSearchParams({ from_s: String(Math.max(0, fromS)), seconds: String(seconds) });
  return ask(`${BASE}/${name}/frames?${asked}`, async (reply) => parseReplay(await reply.arrayBuffer()));
}

/** Download the report. @param {string[]} names @param {"html" | "pdf"} format */
export async function keepReport(names, format) {
  return ask(reportAddress(names, format, true), keep);
}

/** Export a session and download the file. @param {string} name @param {string} format */
export async function exported(name, format) {
  return ask(`${BASE}/${name}/export?${new URLSearchParams({ format })}`, keep, "POST");
}

/**
 * Give a session, or all sessions of its runner, to another; return how many were changed.
 * @param {Kept} kept
 * @param {string} runner
 * @param {boolean} all
 * @returns {Promise<number>}
 */
export async function given({ name, runner: before }, runner, all) {
  const count = async (/** @type {Response} */ reply) => (await reply.json()).sessions.length;
  if (all && before !== runner) return ask(`/api/runners/${before}/merge`, count, "POST", { runner });
  return ask(`${BASE}/${name}/runner`, count, "PUT", { runner });
}

/**
 * Delete a session; return the damaged stores that may still hold rows of it.
 * @param {string} name
 * @returns {Promise<string[]>}
 */
export async function removed(name) {
  const left = async (/** @type {Response} */ reply) => (reply.status === 204 ? [] : (await reply.json()).damaged_stores);
  return ask(`${BASE}/${name}`, left, "DELETE");
}

/** Save a response as a download, and return the file name. @param {Response} reply */
async function keep(reply) {
  const name = /filename="([^"]+)"/.exec(reply.headers.get("content-disposition") ?? "")?.[1] ?? "toeline";
  const address = URL.createObjectURL(await reply.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken the file over within a minute.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return name;
}
