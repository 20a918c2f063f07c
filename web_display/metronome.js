// @ts-check
/**
 * A metronome on the audio clock. Each beat's time is computed from the start, so there is no
 * drift, and is scheduled well ahead, so a busy page cannot delay it.
 */

// Longer than the one second to which browsers throttle timers of hidden pages.
export const AHEAD_S = 1.6;
const PUMP_MS = 250;
const LEAD_S = 0.08;
const CLICK_S = 0.03;
const CLICK_HZ = 1500;

/** The times of the beats during a linear ramp from one tempo to another. */
export class BeatPlan {
  #fromHz;
  #toHz;
  #rampS;

  /** @param {{fromSpm: number, toSpm: number, rampS: number}} how steps a minute, seconds */
  constructor({ fromSpm, toSpm, rampS }) {
    this.#rampS = Math.max(0, rampS);
    this.#toHz = toSpm / 60;
    this.#fromHz = this.#rampS > 0 ? fromSpm / 60 : this.#toHz;
  }

  /** Steps a minute at a time. @param {number} atS since the start */
  spmAt(atS) {
    if (atS >= this.#rampS) return 60 * this.#toHz;
    return 60 * (this.#fromHz + (this.#toHz - this.#fromHz) * (Math.max(0, atS) / this.#rampS));
  }

  /** Beats elapsed at a time, with fraction. @param {number} atS */
  beatsAt(atS) {
    const rampS = Math.min(atS, this.#rampS);
    const slope = this.#rampS > 0 ? (this.#toHz - this.#fromHz) / this.#rampS : 0;
    return this.#fromHz * rampS + (slope * rampS ** 2) / 2 + this.#toHz * Math.max(0, atS - this.#rampS);
  }

  /** Time of beat `count` in seconds since the start; the first is 0. @param {number} count */
  timeOf(count) {
    const ramped = this.beatsAt(this.#rampS);
    if (count >= ramped) return this.#rampS + (count - ramped) / this.#toHz;
    const slope = (this.#toHz - this.#fromHz) / this.#rampS;
    // The root of from·t + slope·t²/2 = count in the form that is accurate for small slopes.
    return (2 * count) / (this.#fromHz + Math.sqrt(this.#fromHz ** 2 + 2 * slope * count));
  }
}

/**
 * Schedules clicks on an audio context. Call `pump` more often than every `AHEAD_S`; the only clock
 * used is the audio context's.
 */
export class Clicker {
  #context;
  #volume;
  #click;
  #plan;
  #zeroS;
  #next;
  /** Beats skipped because they could not be scheduled in time. */
  missed = 0;
  /** @type {Set<AudioBufferSourceNode>} */ #waiting = new Set();

  /**
   * @param {BaseAudioContext} context
   * @param {BeatPlan} plan
   * @param {number} ageS seconds since the plan started
   */
  constructor(context, plan, ageS = 0) {
    this.#context = context;
    this.#plan = plan;
    this.#volume = context.createGain();
    this.#volume.connect(context.destination);
    this.#click = clickOf(context);
    this.#zeroS = context.currentTime + LEAD_S - ageS;
    this.#next = Math.max(0, Math.ceil(plan.beatsAt(Math.max(0, ageS - LEAD_S))));
  }

  /** Schedule every beat of the next `AHEAD_S`. */
  pump() {
    const nowS = this.#context.currentTime;
    for (;;) {
      const atS = this.#zeroS + this.#plan.timeOf(this.#next);
      if (atS > nowS + AHEAD_S) return;
      this.#next += 1;
      if (atS < nowS) {
        this.missed += 1;
        continue;
      }
      const source = this.#context.createBufferSource();
      source.buffer = this.#click;
      source.connect(this.#volume);
      source.onended = () => this.#waiting.delete(source);
      source.start(atS);
      this.#waiting.add(source);
    }
  }

  /** Beats so far and the current rate. */
  now() {
    const atS = this.#context.currentTime - this.#zeroS;
    return { beats: Math.floor(Math.max(0, this.#plan.beatsAt(Math.max(0, atS)))), spm: this.#plan.spmAt(atS) };
  }

  /** Lower the volume during speech. @param {boolean} soft */
  duck(soft) {
    this.#volume.gain.setTargetAtTime(soft ? 0.25 : 1, this.#context.currentTime, 0.05);
  }

  /** Stop, and cancel scheduled beats. */
  stop() {
    for (const source of this.#waiting) source.stop();
    this.#waiting.clear();
    this.#volume.disconnect();
  }
}

/** A short wooden tick whose attack is at the first sample. @param {BaseAudioContext} context */
function clickOf(context) {
  const count = Math.round(CLICK_S * context.sampleRate);
  const buffer = context.createBuffer(1, count, context.sampleRate);
  const samples = buffer.getChannelData(0);
  for (let i = 0; i < count; i += 1) {
    const atS = i / context.sampleRate;
    samples[i] = 0.9 * Math.exp(-atS / 0.006) * Math.cos(2 * Math.PI * CLICK_HZ * atS);
  }
  return buffer;
}

/** The station's metronome: one plan at a time, scheduled by a timer. */
export class Metronome {
  /** @type {AudioContext | null} */ #context = null;
  /** @type {Clicker | null} */ #clicker = null;
  #timer = 0;
  #key = "";
  #changed;

  /** @param {() => void} changed called when the browser allows or blocks sound */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Whether the metronome is running, audible or not. */
  get on() {
    return this.#clicker !== null;
  }

  /** Whether this browser needs a tap before it plays sound. */
  get blocked() {
    return this.#context !== null && this.#context.state !== "running";
  }

  /** Beats so far and the current rate; null while off. */
  now() {
    return this.#clicker && !this.blocked ? this.#clicker.now() : null;
  }

  /** Start, change or stop as the station's display message says. @param {import("./wire.d.ts").Display | null} display */
  follow(display) {
    const on = display !== null && display.metronome_on && !display.muted && display.metronome_spm !== null;
    const key = on ? `${display.metronome_from_spm} ${display.metronome_spm} ${display.metronome_ramp_s}` : "";
    if (key === this.#key) return;
    this.#key = key;
    this.#stop();
    if (!on || display.metronome_spm === null || !("AudioContext" in window)) return;
    this.#context ??= this.#opened();
    const toSpm = display.metronome_spm;
    const plan = new BeatPlan({ fromSpm: display.metronome_from_spm ?? toSpm, toSpm, rampS: display.metronome_ramp_s });
    this.#clicker = new Clicker(this.#context, plan, display.metronome_age_s);
    this.#clicker.pump();
    this.#timer = window.setInterval(() => this.#clicker?.pump(), PUMP_MS);
  }

  /** Resume after a tap, which allows sound. */
  async allow() {
    await this.#context?.resume();
  }

  /** @param {boolean} soft */
  duck(soft) {
    this.#clicker?.duck(soft);
  }

  #opened() {
    const context = new AudioContext({ latencyHint: "interactive" });
    // In a browser that needs no tap it starts a moment later.
    context.addEventListener("statechange", this.#changed);
    return context;
  }

  #stop() {
    window.clearInterval(this.#timer);
    this.#clicker?.stop();
    this.#clicker = null;
  }
}
