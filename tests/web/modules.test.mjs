/** The display's pure modules, run by node; the wire samples come from the station's own code. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";

const { TOELINE_WEB_DIR: web, TOELINE_SAMPLES: samples, TOELINE_I18N: i18n } = process.env;
const load = (name) => import(pathToFileURL(join(web, name)).href);

const { decodeBinary, decodeText, WireError } = await load("decode.js");
const { foundWords } = await load("findings.js");
const format = await load("format.js");
const geometry = await load("geometry.js");
const { comparedRows } = await load("compared_table.js");
const { CueLine } = await load("cue_line.js");
const { keepLink, pauseMs } = await load("link.js");
const { useMetrics } = await load("metrics.js");
const { cells, note } = await load("panels.js");
const { smooth } = await load("overlay.js");
const { Lane } = await load("ribbon.js");
const { LEGS } = await load("skeleton.js");
const { illustrates, legOf, stillWords, zone } = await load("stills.js");
const { elapsedText, stationMode } = await load("visit_screens.js");
const { missingWords } = await load("visit_words.js");
const { setLanguage } = await load("words.js");
const speak = (language) => setLanguage(language, async (name) => JSON.parse(readFileSync(join(i18n, `${name}.json`), "utf8")));
await speak("en");

const buffer = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
const sample = (name) => readFileSync(join(samples, name));

test("every binary sample of the station is understood", () => {
  const names = readdirSync(samples).filter((name) => name.endsWith(".bin"));
  assert.ok(names.length >= 3);
  for (const name of names) {
    const { header, jpeg } = decodeBinary(buffer(sample(name)));
    const expected = JSON.parse(sample(name.replace(".bin", ".json")));
    assert.deepEqual(header, expected.header);
    assert.equal(Buffer.from(jpeg).toString("hex"), expected.jpeg);
  }
});

test("every text sample of the station is understood", () => {
  const names = readdirSync(samples).filter((name) => name.endsWith(".txt"));
  assert.ok(names.length >= 8);
  for (const name of names) assert.equal(decodeText(sample(name).toString()).type, name.slice(0, -4));
});

test("broken messages are wire errors", () => {
  const whole = sample("frame.bin");
  for (const cut of [0, 4, 7, 8, 40]) {
    assert.throws(() => decodeBinary(buffer(whole.subarray(0, cut))), WireError);
  }
  const other = Buffer.from(whole);
  other[3] = 2;
  assert.throws(() => decodeBinary(buffer(other)), /version 2/);
  other[0] = 0;
  assert.throws(() => decodeBinary(buffer(other)), /mark/);
  for (const text of ["", "null", "[]", "{}", '{"type":1}']) assert.throws(() => decodeText(text), WireError);
});

test("numbers have true minus signs, and absent is a dash", () => {
  assert.equal(format.number(-5.12, 1), "−5.1");
  assert.equal(format.number(-0.04, 1), "0.0");
  assert.equal(format.number(null), "–");
  assert.equal(format.number(undefined), "–");
  assert.equal(format.number(Number.NaN), "–");
  assert.equal(format.signed(4.6), "+5");
  assert.equal(format.signed(0.4), "0");
  assert.equal(format.signed(-0.4), "0");
  assert.equal(format.signed(-0.6), "−1");
  assert.equal(format.withUnit("–", " %"), "–");
  assert.equal(format.withUnit("5", " %"), "5 %");
});

test("capture time reads as minutes and seconds", () => {
  assert.equal(format.clock(0), "0:00.0");
  assert.equal(format.clock(59.96), "0:59.9");
  assert.equal(format.clock(60), "1:00.0");
  assert.equal(format.clock(754.3), "12:34.3");
  assert.equal(format.clock(null), "–");
});

test("every verdict state has a word of its own", () => {
  const words = ["green", "amber", "red", "borderline", "unknown"].map(format.verdictWord);
  assert.deepEqual(words, ["good", "watch", "too much", "on the line", "can’t tell"]);
});

test("the health corner says when it is late", () => {
  const health = { state: "live", frame_rate_hz: 59.9, capture_to_pose_p95_ms: 14.2, dropped: 3 };
  assert.deepEqual(format.healthLines(health, 100), ["live · 60 fps", "p95 14 ms · 3 dropped"]);
  assert.match(format.healthLines({ ...health, capture_to_pose_p95_ms: 120 }, 100)[1], /LATE/);
  assert.match(format.healthLines({ ...health, capture_to_pose_p95_ms: null }, 100)[1], /p95 – ·/);
  assert.equal(format.healthLines({ ...health, shed: "" }, 100)[0], "live · 60 fps");
  assert.equal(format.healthLines({ ...health, shed: "preview_rate" }, 100)[0], "live · 60 fps · reduced");
});

test("stale is loud within a second and says how long", () => {
  const well = { linked: true, painted: true, quietS: 0.5, station: "live", frameAgeS: 0.02 };
  assert.equal(format.pictureAlarm(well), null);
  assert.equal(format.pictureAlarm({ ...well, quietS: 2.12 }).loud, "no picture for 2.1 s");
  assert.equal(format.pictureAlarm({ ...well, quietS: 0.7 }).loud, "no picture for 0.7 s");
  assert.equal(format.pictureAlarm({ ...well, quietS: 2.12, frameAgeS: 2.1 }).loud, "no camera for 2.1 s");
  assert.equal(format.pictureAlarm({ ...well, quietS: 9, station: "no_camera" }).loud, "no camera for 9.0 s");
  assert.equal(format.pictureAlarm({ ...well, quietS: 9, station: "no_camera" }).remedies, true);
  assert.equal(format.pictureAlarm({ ...well, quietS: 2, station: "no_camera" }).remedies, false);
  assert.equal(format.pictureAlarm({ ...well, painted: false, quietS: 1, station: "no_camera" }).remedies, true);
  assert.equal(format.pictureAlarm({ ...well, quietS: 9, station: "ended" }).loud, "the recording has ended");
  assert.match(format.pictureAlarm({ ...well, linked: false }).loud, /connection lost/);
  assert.match(format.pictureAlarm({ ...well, linked: false, painted: false }).loud, /no connection/);
  assert.match(format.pictureAlarm({ ...well, painted: false }).loud, /waiting/);
});

test("a picture fits with its shape kept", () => {
  assert.deepEqual(geometry.fit([1280, 720], 1000, 1000), { x: 0, y: 218.75, width: 1000, height: 562.5 });
  assert.deepEqual(geometry.fit([640, 480], 1000, 300), { x: 300, y: 0, width: 400, height: 300 });
});

test("a crop holds its points, large, and in the shape of its place", () => {
  for (const points of [[[10, 10], [60, 400]], [[0, 0], [500, 20]], [[5, 5]]]) {
    const box = geometry.cropRound(points, 1.5);
    assert.ok(Math.abs(box.width / box.height - 1.5) < 1e-9);
    for (const [x, y] of points) {
      assert.ok(x >= box.x && x <= box.x + box.width);
      assert.ok(y >= box.y && y <= box.y + box.height);
    }
    const place = geometry.placing(box, { x: 0, y: 0, width: 300, height: 200 });
    const centre = (points[0][0] + points.at(-1)[0]) / 2;
    assert.ok(Math.abs(place([centre, 0])[0] - 150) < 1e-6);
  }
});

test("a path is smoothed between its ends, which stay", () => {
  assert.deepEqual(smooth([[0, 0], [3, 9], [6, 0], [9, 0]]), [[0, 0], [3, 3], [6, 3], [9, 0]]);
  assert.deepEqual(smooth([[1, 2]]), [[1, 2]]);
});

test("a bar holds its markers inside", () => {
  const band = { low: -10, high: 10 };
  assert.deepEqual([-99, -10, 0, 10, 99].map((v) => geometry.along(v, band)), [0, 0, 0.5, 1, 1]);
});

test("the runner sees the screen of the step, and the time alone while feedback is off", () => {
  const on = { reason: "on", on: true };
  const off = { reason: "faded", on: false };
  const mode = (screen, feedback = on, chosen = "coach", over = false) =>
    stationMode({ mode: chosen }, screen && { screen, over, steps: [], current: "" }, feedback);
  assert.equal(mode(null), "coach");
  assert.equal(mode(null, off, "mirror"), "mirror");
  assert.equal(stationMode(null, null, null), "coach");
  for (const chosen of ["coach", "mirror", "metronome", "replay"]) assert.equal(mode("time_only", on, chosen), "blank");
  assert.deepEqual([mode("coach"), mode("coach", off), mode("coach", on, "replay")], ["coach", "blank", "replay"]);
  assert.deepEqual([mode("metronome"), mode("metronome", off)], ["metronome", "blank"]);
  assert.deepEqual([mode("picture"), mode("stand_still"), mode("raises"), mode("thanks")], ["mirror", "stand_still", "raises", "thanks"]);
  assert.equal(mode("time_only", off, "coach", true), "coach");
  assert.deepEqual([0, 59.9, 60, 605].map(elapsedText), ["0:00", "0:59", "1:00", "10:05"]);
});

test("what a step needs is said in the page's language, and an unknown code by its own text", () => {
  const said = (code, params = {}) => missingWords({ code, params, text: "own text" });
  assert.equal(said("strides", { seen: 3, needed: 20 }), "3 of 20 strides");
  assert.equal(said("strides_last", { seen: 3, needed: 20, last: "walking" }), "3 of 20 strides (last: walking)");
  assert.equal(said("set_up_fix", { checks: "light feet" }), "Put right: Light, Feet");
  assert.equal(said("of_a_later_version"), "own text");
});

test("absent points are left out", () => {
  assert.deepEqual(geometry.present([[1, 2], null, undefined, [3, 4]]), [[1, 2], [3, 4]]);
});

test("a cue has its time before the next, then goes quiet", () => {
  const line = new CueLine();
  assert.equal(line.at(0), null);
  line.take("first");
  assert.equal(line.at(1), "first");
  line.take("second");
  assert.equal(line.at(6.9), "first");
  assert.equal(line.at(7), "second");
  assert.equal(line.at(18.9), "second");
  assert.equal(line.at(19), null);
});

test("attempts to reconnect come ever slower, within three seconds", () => {
  const pauses = [0, 1, 2, 3, 4, 9].map((failures) => pauseMs(failures, 1));
  assert.deepEqual(pauses, [500, 1000, 2000, 3000, 3000, 3000]);
  assert.ok(pauseMs(0, 0) < pauseMs(0, 1));
});

test("stances become blocks that slide out", () => {
  const lane = new Lane();
  for (const [time, phase] of [[0, "swing"], [0.1, "stance"], [0.2, "stance"], [0.3, "swing"], [0.4, "swing"], [0.5, "stance"]]) {
    lane.add(time, phase);
  }
  assert.deepEqual(lane.blocks, [{ fromS: 0.1, toS: 0.3 }, { fromS: 0.5, toS: 0.5 }]);
  lane.add(0.6, "stance", true);
  assert.equal(lane.blocks.length, 3);
  lane.add(4.5, "swing");
  assert.equal(lane.blocks.length, 1);
  lane.add(0.1, "stance");
  assert.deepEqual(lane.blocks, [{ fromS: 0.1, toS: 0.1 }]);
});

test("a stride's row has units, and an unmeasured one its reason", () => {
  useMetrics(JSON.parse(sample("hello.txt")));
  const stride = {
    end_s: 5.21, side: "right", near: true, valid: true, reason: "", reason_code: "", reason_params: {}, knee_toe_offset_pct: -5.14,
    knee_flexion_push_off_deg: 14.31, ground_contact_ms: 248.4, cadence_spm: 167.6,
  };
  assert.deepEqual(cells(stride).map(([text]) => text), ["0:05.2", "R near", "−5.1 %", "14.3°", "248 ms", "168"]);
  const invalid = cells({ ...stride, near: false, side: "left", valid: false, reason: "walking", reason_code: "walking" });
  assert.deepEqual(invalid, [["0:05.2", 1], ["L far", 1], ["walking", 3], ["168", 1]]);
});

test("the small print gives the reason first", () => {
  const verdict = { state: "unknown", reason: "3 of 8 strides seen", reason_code: "strides_too_few", reason_params: { seen: 3, needed: 8 }, strides: 3 };
  assert.equal(note(verdict, null, -5), "3 of 8 strides seen");
  assert.equal(note({ ...verdict, state: "green", strides: 10 }, -5, -4), "mean of 10 strides");
  assert.equal(note(null, null, -5), "more strides needed");
  assert.equal(note(null, null, null), "no stride yet");
});

test("a still's words follow the sign of its number", () => {
  const knee = (value) => stillWords({ kind: "peak_knee_flexion", value });
  assert.deepEqual(knee(4.6), { value: "+5 %", words: "knee ahead of toe" });
  assert.deepEqual(knee(-5.4), { value: "−5 %", words: "knee behind toe" });
  assert.deepEqual(knee(0.3), { value: "0 %", words: "knee over toe" });
  assert.deepEqual(knee(null), { value: "–", words: "not measured" });
  assert.equal(stillWords({ kind: "toe_off", value: 14.2 }).value, "14°");
});

test("a value at a limit is still on the better side", () => {
  const band = { low: 0, high: 45, amber: 20, red: 25, unit: "deg" };
  assert.deepEqual([19, 20, 20.1, 25, 25.1].map((v) => zone(v, band)), ["green", "green", "amber", "amber", "red"]);
  assert.equal(zone(null, band), null);
  assert.equal(zone(1, null), null);
});

test("a limit keeps the decimal that it has", () => {
  const shown = (value) => format.number(value, format.limitDigits(value));
  assert.deepEqual([20, 22.5, 21.35, -1.5, 0.04, 17.96].map(shown), ["20", "22.5", "21.4", "−1.5", "0", "18"]);
});

test("a still is drawn with the leg in its own picture, where it has one", () => {
  const xy_px = Array.from({ length: 40 }, (_, i) => [i, i]);
  const inPicture = [[1, 1], [2, 2], [3, 3], [4, 4], [5, 5]];
  assert.equal(legOf({ side: "left", xy_px, leg_px: inPicture }), inPicture);
  for (const leg_px of [[], undefined]) {
    assert.deepEqual(legOf({ side: "left", xy_px, leg_px }), LEGS.left.map((index) => [index, index]));
  }
});

test("the smallest change that can be told keeps its decimal", () => {
  const before = globalThis.document;
  globalThis.document = {
    createElement: () => ({
      dataset: {},
      cells: [],
      setAttribute() {},
      append(...cells) {
        this.cells = cells;
      },
    }),
  };
  const change = { metric: "knee_flexion_peak_deg", before: 40, after: 41, before_strides: 9, after_strides: 9 };
  const shown = (limit) => {
    const changes = [{ ...change, change: 1, low: null, high: null, judged: "changed", limit }];
    return comparedRows({ legs: [{ side: "left", changes }] })[0].cells.at(-1).textContent;
  };
  assert.match(shown(2.4), / \(2\.4\)$/);
  assert.match(shown(5), / \(5\)$/);
  globalThis.document = before;
});

test("a still illustrates the verdict in force and contradicts none", () => {
  const band = { low: -16, high: 16, amber: 0, red: 4, unit: "%" };
  const shown = (state) => [-35, -5, 2, 20, null].map((value) => illustrates(value, state && { state }, band));
  assert.deepEqual(shown("green"), [true, true, false, false, false]);
  assert.deepEqual(shown("amber"), [false, false, true, false, false]);
  assert.deepEqual(shown("red"), [false, false, false, true, false]);
  assert.deepEqual(shown("borderline"), [true, true, true, false, false]);
  for (const none of ["unknown", null]) assert.deepEqual(shown(none), [false, false, false, false, false]);
  assert.equal(illustrates(-5, { state: "green" }, null), false);
});

/** A socket that only keeps what is sent. */
class FakeSocket {
  static OPEN = 1;
  static last = null;
  readyState = FakeSocket.OPEN;
  sent = [];

  constructor() {
    FakeSocket.last = this;
    FakeSocket.count = (FakeSocket.count ?? 0) + 1;
  }

  close() {
    this.readyState = 3;
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }
}

/** A browser around the link: its timers and its clock move only when told to. */
function browserOf(context) {
  context.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  let nowMs = 0;
  context.mock.method(performance, "now", () => nowMs);
  globalThis.WebSocket = FakeSocket;
  globalThis.window = Object.assign(new EventTarget(), { setTimeout, setInterval });
  globalThis.document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  return {
    pass(ms) {
      for (let passed = 0; passed < ms; passed += 250) {
        nowMs += 250;
        context.mock.timers.tick(250);
      }
    },
    sleep: (ms) => (nowMs += ms),
  };
}

/** A link with a list of all that it told the page. */
function link() {
  const told = [];
  const note = (name) => () => told.push(name);
  const send = keepLink("ws://station", { opened: note("opened"), ready: note("ready"), lost: note("lost"), text: note("text"), binary() {} });
  return { told, send };
}

const heartbeat = (number) => ({ data: JSON.stringify({ type: "heartbeat", number }) });
const settled = () => new Promise((done) => setImmediate(done));

test("a link that falls silent is lost within four seconds, and another is tried at once", async (context) => {
  const browser = browserOf(context);
  const { told, send } = link();
  const socket = FakeSocket.last;
  assert.equal(send({ type: "set_mute", id: 1 }), false);
  socket.onopen();
  for (let number = 1; number < 20; number += 1) {
    socket.onmessage(heartbeat(number));
    await settled();
    browser.pass(500);
  }
  assert.deepEqual(told, ["opened", "ready"]);
  assert.ok(send({ type: "set_mute", id: 2 }));
  assert.deepEqual(socket.sent.at(-1), { type: "set_mute", id: 2, heartbeat: 19 });
  assert.deepEqual(socket.sent.filter(({ type }) => type === "heartbeat").map(({ number }) => number).at(-1), 19);
  browser.pass(3000);
  assert.deepEqual(told, ["opened", "ready", "lost"]);
  assert.equal(send({ type: "set_mute", id: 3 }), false);
  const before = FakeSocket.count;
  browser.pass(1000);
  assert.equal(FakeSocket.count, before + 1);
  // What the dead link still brings is not listened to.
  assert.equal(socket.onmessage, null);
});

test("an attempt that is not answered is given up, and the next comes within seven seconds", (context) => {
  const browser = browserOf(context);
  link();
  for (let round = 0; round < 5; round += 1) {
    const before = FakeSocket.count;
    browser.pass(7000);
    assert.ok(FakeSocket.count > before);
  }
});

test("a page that slept hears first what waits for it", async (context) => {
  const browser = browserOf(context);
  const { told } = link();
  const socket = FakeSocket.last;
  socket.onopen();
  browser.sleep(60_000);
  browser.pass(250);
  assert.deepEqual(told, ["opened"]);
  socket.onmessage(heartbeat(1));
  await settled();
  browser.pass(2000);
  assert.deepEqual(told, ["opened", "ready"]);
  browser.sleep(60_000);
  browser.pass(2000);
  assert.deepEqual(told, ["opened", "ready", "lost"]);
});

test("a page that is looked at again has a link at once, or doubts the one it has", (context) => {
  const browser = browserOf(context);
  const { told } = link();
  FakeSocket.last.onopen();
  document.dispatchEvent(new Event("visibilitychange"));
  browser.pass(1750);
  assert.deepEqual(told, ["opened", "lost"]);
  const before = FakeSocket.count;
  window.dispatchEvent(new Event("online"));
  assert.equal(FakeSocket.count, before + 1);
  FakeSocket.last.onopen();
  // Kept aside by the browser, and shown again.
  window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  assert.equal(FakeSocket.count, before + 2);
  assert.deepEqual(told, ["opened", "lost", "opened", "lost"]);
});

test("a picture that was painted is acknowledged with both times, another without", (context) => {
  browserOf(context);
  const acks = [];
  keepLink("ws://station", { opened() {}, lost() {}, text() {}, binary: (_data, ack) => acks.push(ack) });
  const socket = FakeSocket.last;
  const before = performance.now();
  socket.onmessage({ data: new ArrayBuffer(8) });
  const after = performance.now();
  acks[0](7, after + 12);
  acks[0](8);
  const [painted, gone] = socket.sent;
  assert.deepEqual({ ...painted, received_ms: 0 }, { type: "ack", seq: 7, received_ms: 0, painted_ms: after + 12 });
  assert.ok(painted.received_ms >= before && painted.received_ms <= after);
  assert.deepEqual(gone, { type: "ack", seq: 8 });
  socket.readyState = 3;
  acks[0](9, after);
  assert.equal(socket.sent.length, 2);
});

test("all that the set-up check can find is said in every language, with its number", async () => {
  const found = JSON.parse(sample("findings.json"));
  assert.ok(found.length > 25);
  const said = {};
  for (const language of ["en", "de"]) {
    await speak(language);
    said[language] = found.map(foundWords);
    for (const sentence of said[language]) assert.ok(sentence && !/[{–]/.test(sentence), sentence);
  }
  found.forEach((check, i) => {
    assert.equal(said.en[i], check.text);
    assert.notEqual(said.de[i], said.en[i]);
  });
  assert.equal(foundWords({ name: "roll", code: "well", value: -0.52 }).match(/[\d,]+/)[0], "0,5");
  await speak("en");
  assert.throws(() => foundWords({ name: "roll", code: "new", value: 1 }), /no words for found.roll_new/);
});
