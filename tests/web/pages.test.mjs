/** The pure modules of the tablet and of what both pages share, run by node. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const { TOELINE_WEB_DIR: web, TOELINE_SAMPLES: samples, TOELINE_I18N: i18n } = process.env;
const load = (name) => import(pathToFileURL(join(web, name)).href);

// What these modules ask of a browser when they are loaded.
globalThis.window = { matchMedia: () => ({ matches: false }) };
const { listed, removed } = await load("archive.js");
const { aim } = await load("cadence_panel.js");
const { laidOver, piecesOf } = await load("compare.js");
const { columns } = await load("curve_columns.js");
const { movedInside, roundAll } = await load("geometry.js");
const { typedNumber } = await load("kept_form.js");
const { mostSpeed, speedText, typedSpeed, useUnit } = await load("speed_units.js");
const { BeatPlan } = await load("metronome.js");
const { metronomeFor } = await load("metronome_steps.js");
const { Commands } = await load("commands.js");
const { linkDead, linkUp } = await load("requests.js");
const { Clip, parseReplay } = await load("replay.js");
const { MOST_BINS, Trend } = await load("trend.js");
const { KEPT_MARKS, KEPT_STRIDES, StationState } = await load("station_state.js");
const { LEGS } = await load("skeleton.js");
const words = await load("words.js");
const { noticeWords, reasonWords } = words;
const speak = (language) => words.setLanguage(language, async (name) => JSON.parse(readFileSync(join(i18n, `${name}.json`), "utf8")));
await speak("en");

const hello = JSON.parse(readFileSync(join(samples, "hello.txt"), "utf8"));
new StationState().take(hello);

const close = (a, b, within = 1e-9) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);

const estimate = (mean) => ({ mean, low: mean - 1, high: mean + 1, count: 10 });

test("a trend shows the estimates of the station as they are", () => {
  const trend = new Trend();
  for (let i = 0; i < 30; i += 1) trend.add(i * 0.7, estimate(i));
  trend.add(21, undefined);
  assert.equal(trend.moments().length, 30);
  assert.deepEqual(trend.moments().at(-1), { timeS: 29 * 0.7, estimate: estimate(29) });
});

test("a page that stays open for a day holds no more than an hour's worth", () => {
  const trend = new Trend();
  const station = new StationState();
  const day = 24 * 3600;
  for (let s = 0; s < day; s += 0.7) trend.add(s, estimate(170 + Math.sin(s / 3000)));
  for (let i = 0; i < 5000; i += 1) {
    station.take({ type: "stride", side: i % 2 ? "left" : "right", near: true, end_s: i });
    station.take({ type: "mark", kind: "moment", note: "", time_s: i });
  }
  assert.ok(trend.size <= MOST_BINS);
  assert.ok(trend.size > MOST_BINS / 3);
  assert.ok(trend.moments().every(({ estimate }) => estimate.mean > 168.9 && estimate.mean < 171.1));
  assert.equal(station.strides.length, KEPT_STRIDES);
  assert.equal(station.strides.at(-1).end_s, 4999);
  assert.equal(station.marks.length, KEPT_MARKS);
});

const keys = (session_key, runner_key) => ({ type: "runner", session_key, runner_key });

/** What a page knows after every message about the runner of key r1. */
function stateOfOne() {
  const station = new StationState();
  station.take(keys("s1", "r1"));
  station.take({ type: "mark", kind: "pain_now", note: "", time_s: 12, session: "a" });
  station.take({ type: "session", name: "a", started_s: 10 });
  station.take({ type: "state", time_s: 20, cadence_spm: 171, near_side: "left", runner_key: "r1" });
  station.take({ type: "stride", side: "left", near: true, end_s: 20, count: 7 });
  station.take({ type: "verdict", side: "left", fault: "knees_forward", state: "red" });
  station.take({ type: "cue", kind: "cadence", issued_at_s: 20 });
  return station;
}

const measured = ({ state, cue, strides, latest, verdicts }) => [state, cue, strides.length, latest.left, verdicts.size];

test("nothing of one runner stays under the next, and of one session under another", () => {
  const station = stateOfOne();
  const calls = [];
  for (const what of ["runner", "session"]) station.on(what, () => calls.push(what));
  assert.equal(station.elapsedS, 10);
  station.take(keys("s1", "r2"));
  assert.deepEqual(measured(station), [null, null, 0, null, 0]);
  assert.deepEqual([station.marks.length, station.count, station.session.name], [1, 7, "a"]);
  // A state of the previous runner may come late.
  station.take({ type: "state", time_s: 21, cadence_spm: 171, near_side: "left", runner_key: "r1" });
  assert.equal(station.state, null);
  station.take(keys("s2", "r3"));
  assert.deepEqual([station.marks.length, station.count, station.session, station.elapsedS], [0, 0, null, 0]);
  assert.deepEqual(calls, ["runner", "session", "runner"]);
});

test("the header of a picture decoded late does not bring an older state back", () => {
  const station = stateOfOne();
  station.take({ type: "state", time_s: 21, cadence_spm: null, near_side: null, runner_key: "r1" });
  station.see({ type: "frame", time_s: 20.5, cadence_spm: 171, near_side: "left", runner_key: "r1" });
  assert.deepEqual([station.state.time_s, station.state.cadence_spm], [21, null]);
  station.see({ type: "frame", time_s: 21, cadence_spm: null, near_side: "right", runner_key: "r1" });
  assert.equal(station.near, "right");
});

test("a page that connects again keeps what the same runner was station, and nothing of another", () => {
  for (const [key, called] of [["r1", 0], ["r9", 1]]) {
    const station = stateOfOne();
    let calls = 0;
    station.on("runner", () => (calls += 1));
    station.forget();
    station.take(keys("s1", key));
    assert.equal(calls, called);
    assert.equal(station.cue?.kind, called ? undefined : "cadence");
    assert.deepEqual([station.strides.length, station.marks.length], [0, 0], "they are sent again");
  }
});

test("the clock of a session counts from its first frame, and stands before it", () => {
  const station = new StationState();
  station.take(keys("s1", "r1"));
  station.take({ type: "state", time_s: 500, near_side: null, runner_key: "r1" });
  station.take({ type: "session", name: "a", started_s: null });
  assert.equal(station.elapsedS, 0);
  station.take({ type: "session", name: "a", started_s: 499 });
  assert.equal(station.elapsedS, 1);
});

test("a target is shown only while cadence is the cue, or a metronome beats it", () => {
  const station = new StationState();
  const limits = { type: "limits", baseline_spm: 166, target_low_spm: 171, target_high_spm: 174 };
  station.take({ ...limits, cadence_is_cue: false });
  assert.equal(station.target, null);
  station.take({ type: "display", metronome_on: true });
  assert.deepEqual(station.target, [171, 174]);
  station.take({ type: "display", metronome_on: false });
  assert.equal(station.target, null);
  station.take({ ...limits, cadence_is_cue: true });
  assert.deepEqual(station.target, [171, 174]);
});

test("a ramp of beats ends at its rate, and beats and times are each other's inverse", () => {
  const plan = new BeatPlan({ fromSpm: 166, toSpm: 172, rampS: 90 });
  close(plan.spmAt(0), 166);
  close(plan.spmAt(45), 169);
  close(plan.spmAt(500), 172);
  for (const count of [0, 1, 7, 100, 253, 254, 1000]) close(plan.beatsAt(plan.timeOf(count)), count, 1e-7);
  const even = new BeatPlan({ fromSpm: 150, toSpm: 180, rampS: 0 });
  close(even.timeOf(3), 1);
  const down = new BeatPlan({ fromSpm: 180, toSpm: 170, rampS: 60 });
  close(down.beatsAt(down.timeOf(120)), 120, 1e-7);
});

test("the metronome asks for five to eight more, never above a tenth, two steps in thirty seconds", () => {
  assert.deepEqual(metronomeFor(166, 6), { target_spm: 172, from_spm: 166, ramp_s: 90 });
  assert.equal(metronomeFor(166, 1).target_spm, 171);
  assert.equal(metronomeFor(166, 99).target_spm, 174);
  assert.equal(metronomeFor(62, 8).target_spm, 68);
});

test("the bar is drawn by the limits in force for its leg, and by nothing else", () => {
  const station = new StationState();
  station.hello = { bent_push_off: { low: 0, high: 45, unit: "deg" } };
  assert.equal(station.band("right", "bent_push_off"), null);
  const bands = { type: "bands", side: "right", fault: "bent_push_off", amber: 17.9, red: 22.9 };
  station.take(bands);
  station.take({ ...bands, side: "left", amber: 21.35, red: 26.35 });
  const drawn = station.band("right", "bent_push_off");
  assert.deepEqual(drawn, { low: 0, high: 45, unit: "deg", amber: 17.9, red: 22.9 });
  assert.equal(station.band("right", "bent_push_off"), drawn);
  assert.equal(station.band("left", "bent_push_off").amber, 21.35);
  assert.equal(station.band(null, "bent_push_off"), drawn);
  station.take({ ...bands, amber: 18.2 });
  assert.equal(station.band("right", "bent_push_off").amber, 18.2);
  station.forget();
  assert.equal(station.band("right", "bent_push_off"), null);
});

test("a cadence is told against its target as it is shown", () => {
  const found = [170.4, 170.6, 174.4, 174.6].map((spm) => aim(spm, [171, 174]));
  assert.deepEqual(found, ["quicker", "on_target", "on_target", "calmer"]);
  assert.equal(aim(null, [171, 174]), null);
  assert.equal(aim(170, null), null);
});

test("numbers are read as people type them", () => {
  assert.equal(typedNumber("10,8"), 10.8);
  assert.equal(typedNumber(" −1.5 "), -1.5);
  assert.equal(typedNumber(""), null);
  for (const text of ["1.2.3", "abc", "1e3", "10 8", "0x1f", "Infinity"]) assert.ok(Number.isNaN(typedNumber(text)), text);
});

test("a command is answered once, by its own answer, and what is not known is not claimed", async () => {
  const sent = [];
  const reported = [];
  const commands = new Commands((command) => sent.push(command) > 0, (outcome) => reported.push(outcome));
  const answer = (id, code) => commands.answered({ type: "answer", id, ok: code === "ok", code, text: "" });
  const first = commands.give({ type: "stop_session" });
  const second = commands.give({ type: "set_mark", kind: "pain_now" });
  assert.notEqual(sent[0].id, sent[1].id);
  answer(sent[1].id, "ok");
  assert.deepEqual(await second, { ok: true, text: "" });
  answer(999, "ok");
  const third = commands.give({ type: "set_mark", kind: "shoes" });
  commands.lost();
  assert.match((await first).text, /^Not confirmed/);
  assert.match((await third).text, /^Not confirmed/);
  // The link is back: the station knows the one, and never had the other.
  const asked = commands.linked();
  assert.deepEqual(sent.at(-1), { type: "ask_outcome", command: sent[0].id, id: sent.at(-1).id });
  answer(sent.at(-1).id, "ok");
  await new Promise((done) => setImmediate(done));
  assert.equal(sent.at(-1).command, sent[2].id);
  answer(sent.at(-1).id, "not_received");
  await asked;
  assert.deepEqual(reported.map(({ ok }) => ok), [true, false]);
  assert.match(reported[0].text, /^Carried out/);
  assert.match(reported[1].text, /never received it/);
  const viewer = commands.give({ type: "stop_session" });
  answer(sent.at(-1).id, "viewer");
  assert.match((await viewer).text, /can only view/);
  const cut = new Commands(() => false, () => {});
  assert.match((await cut.give({ type: "stop_session" })).text, /^Not carried out: no connection/);
});

test("a session is not deleted over a dead link, and a request that dies with it claims nothing", async () => {
  const asked = [];
  globalThis.fetch = (path, { method, signal }) => {
    asked.push(`${method} ${path}`);
    return new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason)));
  };
  await assert.rejects(removed("2026-11-30T10-00-00Z"), /Not carried out: no connection/);
  assert.deepEqual(asked, []);
  linkUp();
  const waiting = removed("2026-11-30T10-00-00Z");
  const listing = listed("", 20);
  assert.equal(asked.length, 2);
  linkDead();
  await assert.rejects(waiting, /not confirmed/);
  await assert.rejects(listing, /no connection/);
  await assert.rejects(removed("2026-11-30T10-00-00Z"), /Not carried out/);
  assert.equal(asked.length, 2);
});

/** A frame whose right leg has these points: hip, knee, ankle, heel, toe. */
const frame = (points, more = {}) => {
  const xy_px = Array(33).fill(null);
  [24, 26, 28, 30, 32].forEach((index, i) => (xy_px[index] = points[i]));
  return { type: "frame", xy_px, size_px: [640, 480], facing: "right", time_s: 0, ...more };
};
const UPRIGHT = [[100, 100], [100, 200], [100, 300], [90, 300], [130, 300]];

const line = (value) => Array.from({ length: 51 }, () => value);
const CURVES = { type: "curves", side: "right", near: true, start_s: 5.5, hip_deg: line(10), knee_deg: line(40), ankle_deg: line(null) };

test("the station's curves are drawn as they come, over the band around the mean", () => {
  const reference = Object.fromEntries(["hip_deg", "knee_deg", "ankle_deg"].map((joint) => [joint, { mean: line(30), sd: line(5) }]));
  const [x, high, low, a, b] = columns("knee", [CURVES, null], reference);
  assert.deepEqual([x[0], x[1], x.at(-1)], [0, 2, 100]);
  assert.deepEqual([high, low, a, b], [line(35), line(25), line(40), line(null)]);
  // Without an answer of the station the curves stand alone.
  assert.deepEqual(columns("knee", [CURVES, null], null).slice(1, 4), [line(null), line(null), line(40)]);
});

test("curves belong to one stride of one leg, and go with it", () => {
  const station = new StationState();
  station.take(CURVES);
  assert.equal(station.curves({ side: "right", start_s: 5.5 }).knee_deg[0], 40);
  assert.equal(station.curves({ side: "left", start_s: 5.5 }), null);
  for (let i = 0; i < KEPT_STRIDES; i += 1) station.take({ ...CURVES, start_s: 6 + i });
  assert.equal(station.curves({ side: "right", start_s: 5.5 }), null);
  station.forget();
  assert.equal(station.curves({ side: "right", start_s: 7 }), null);
});

test("one stride is laid over another hip on hip, leg as long as leg, mirrored where it runs the other way", () => {
  const far = frame(UPRIGHT.map(([x, y]) => [300 + 2 * (x - 100), 50 + 2 * (y - 100)]));
  const over = laidOver(far, "right", frame(UPRIGHT), "right");
  far.xy_px.forEach((point, i) => point && assert.deepEqual(over(point).map(Math.round), UPRIGHT[[24, 26, 28, 30, 32].indexOf(i)]));
  const mirrored = frame(UPRIGHT.map(([x, y]) => [640 - x, y]), { facing: "left" });
  assert.deepEqual(laidOver(mirrored, "right", frame(UPRIGHT), "right")(mirrored.xy_px[32]).map(Math.round), UPRIGHT[4]);
  assert.equal(laidOver(frame([null]), "right", frame(UPRIGHT), "right"), null);
});

test("points are read where the greeting says that a body has them", () => {
  const before = [...LEGS.right];
  const right = { shoulder: 6, hip: 12, knee: 14, ankle: 16, heel: 25, toe: 21 };
  const station = new StationState();
  station.take({ ...hello, keypoints: Array(26).fill("nose"), right });
  assert.deepEqual(LEGS.right, [12, 14, 16, 25, 21]);
  station.take({ ...hello, right: { ...right, heel: null, toe: null } });
  assert.deepEqual(LEGS.right, [12, 14, 16, -1, -1]);
  station.take(hello);
  assert.deepEqual(LEGS.right, before);
});

test("only whole strides are offered, and the nearest frame is found", () => {
  const clip = new Clip(Array.from({ length: 61 }, (_, i) => ({ header: frame(UPRIGHT, { time_s: 5 + i / 60 }), jpeg: [] })));
  const stride = (start_s, end_s) => ({ start_s, end_s, side: "right", near: true });
  assert.equal(piecesOf(clip, [stride(4.9, 5.5), stride(5.1, 5.8), stride(5.5, 6.1), stride(null, 5.5)]).length, 1);
  assert.deepEqual([0, 5, 5.021, 5.0249, 5.0251, 99].map((s) => clip.indexAt(s)), [0, 0, 1, 1, 2, 60]);
});

test("a replay is taken apart frame by frame, and one that is cut off is an error", () => {
  const bytes = readFileSync(join(samples, "frame.bin"));
  const one = Buffer.alloc(4 + bytes.length);
  one.writeUInt32LE(bytes.length);
  bytes.copy(one, 4);
  const two = Buffer.concat([one, one]);
  const buffer = (b) => b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength);
  const clip = parseReplay(buffer(two));
  assert.equal(clip.frames.length, 2);
  assert.equal(Buffer.from(clip.frames[1].jpeg).toString(), Buffer.from(parseReplay(buffer(one)).frames[0].jpeg).toString());
  for (const cut of [2, 10, two.length - 1]) assert.throws(() => parseReplay(buffer(two.subarray(0, cut))), /replay|header/);
  assert.equal(parseReplay(new ArrayBuffer(0)).frames.length, 0);
});

test("a part of the picture holds all points and stays inside", () => {
  const box = roundAll([[300, 100], [340, 400]], 1, [640, 480]);
  assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= 640 && box.y + box.height <= 480);
  assert.ok(box.y < 100 && box.y + box.height > 400);
  assert.equal(roundAll([], 1, [640, 480]), null);
  assert.deepEqual(movedInside({ x: -50, y: 500, width: 100, height: 100 }, [640, 480]), { x: 0, y: 380, width: 100, height: 100 });
});

test("a language that is not known is English, and a region does not matter", async () => {
  for (const [asked, got] of [["de-AT", "de"], ["tlh", "en"], ["", "en"], [null, "en"], ["__proto__", "en"]]) {
    await speak(asked);
    assert.equal(words.language(), got);
  }
  assert.equal(words.nextLanguageName(), "Deutsch");
  await speak("de");
  assert.equal(words.nextLanguageName(), "English");
  await speak("en");
});

test("numbers are written as the language does", async () => {
  await speak("de");
  assert.equal(words.decimal(-1234.56, 1), "−1234,6");
  assert.equal(words.decimal(3.25, 1, true), "+3,3");
  assert.equal(words.t("found.roll_well", { value: 0.5 }).includes("0,5"), true);
  assert.equal(words.t("count.strides", { count: 1 }), "1 Schritt");
  await speak("en");
  assert.equal(words.decimal(0.1 + 0.2), "0.3");
  assert.equal(words.t("count.strides", { count: 2 }), "2 strides");
  assert.throws(() => words.t("count.strides"), /needs a value count/);
  assert.throws(() => words.t("reason.no_such"), /no words for reason.no_such in en/);
});

test("the runner reads a cue by its kind, with the cadence to aim for", async () => {
  const limits = { target_low_spm: 171, target_high_spm: 174 };
  await speak("de");
  assert.equal(words.cueWords({ kind: "cadence" }, limits), "Schnellere, leichtere Schritte: 171 bis 174 pro Minute");
  assert.equal(words.cueWords({ kind: "cadence" }, null), "Schnellere, leichtere Schritte");
  await speak("en");
  assert.equal(words.cueWords({ kind: "sit_back" }, limits), "Sit back a touch, as onto a high barstool");
});

test("a reason is told by its code in the language that was chosen, and by its words without one", async () => {
  const station = { reason: "3 of 8 strides seen (last: walking)", reason_code: "strides_too_few_last", reason_params: { seen: 3, needed: 8, last: "walking" } };
  await speak("de");
  assert.equal(reasonWords(station), "3 von 8 Schritten gesehen (zuletzt: geht)");
  assert.equal(reasonWords({ reason: "far leg", reason_code: "", reason_params: {} }), "far leg");
  assert.equal(reasonWords({ reason: "of a newer station", reason_code: "newer", reason_params: {} }), "of a newer station");
  await speak("en");
  assert.equal(reasonWords(station), station.reason);
});

test("a notice is told by its code in the language that was chosen, and by its words without one", async () => {
  const slow = { notice: "machine too slow: half the frames; model lite, no verdicts", notice_code: "machine_slow", notice_params: { shed: "pose_rate model_size", model: "lite" } };
  const hot = { notice: "the board is 84 degrees hot: it needs air", notice_code: "board_hot", notice_params: { temperature_c: 84.4 } };
  await speak("de");
  assert.equal(noticeWords(slow), "Rechner zu langsam: halbe Bildrate; Modell lite, kein Urteil");
  assert.equal(noticeWords(hot), "der Rechner ist 84 Grad heiß: er braucht Luft");
  assert.equal(noticeWords({ notice: "Broken pipe", notice_code: "", notice_params: {} }), "Broken pipe");
  assert.equal(noticeWords({ notice: "", notice_code: "", notice_params: {} }), "");
  await speak("en");
  assert.equal(noticeWords(slow), slow.notice);
  assert.equal(noticeWords(hot), hot.notice);
});

test("a belt speed is typed and shown in the unit of choice, and is the same speed", async () => {
  for (const [unit, text, mps] of [["km/h", "10.8", 3.0], ["mph", "6.7", 2.9952], ["min/km", "5:33", 3.003]]) {
    assert.ok(Math.abs(typedSpeed(text, unit) - mps) < 0.001, unit);
    assert.equal(speedText(typedSpeed(text, unit), unit), `${text} ${unit}`);
  }
  assert.equal(typedSpeed("10,8", "km/h"), 3.0);
  assert.ok(Math.abs(typedSpeed("5,5", "min/km") - typedSpeed("5:30", "min/km")) < 1e-9);
  assert.equal(speedText(0, "min/km"), "–");
  assert.equal(speedText(null, "mph"), "–");
});

test("what is no belt speed is none in any unit", () => {
  for (const unit of ["km/h", "mph", "min/km"]) {
    assert.equal(typedSpeed(" ", unit), null);
    for (const text of ["abc", "-1", "5:61", "1e3", "1:20:30"]) assert.ok(Number.isNaN(typedSpeed(text, unit)), `${text} ${unit}`);
    assert.ok(typedSpeed(mostSpeed(unit), unit) > 11.9);
  }
  for (const [text, unit] of [["43.3", "km/h"], ["27", "mph"], ["1:20", "min/km"], ["0", "min/km"], ["5:30", "km/h"]]) {
    assert.ok(Number.isNaN(typedSpeed(text, unit)), `${text} ${unit}`);
  }
});

test("a contradiction in speed is told in the unit of the page", () => {
  const told = { notice: "own", notice_code: "speed_unit_suspect", notice_params: { entered: 10.8, unit: "km/h" } };
  useUnit("min/km");
  assert.match(noticeWords(told), /Entered as 1:33 min\/km,.*was 10.8 km\/h meant/);
  useUnit("km/h");
  assert.match(noticeWords(told), /Entered as 38.9 km\/h,/);
});
