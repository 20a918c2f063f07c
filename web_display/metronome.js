// @ts-check
/**
 * A metronome on the audio clock. Each beat's time is worked out from the beginning, so nothing adds
 * up to a drift, and is handed to the audio engine well ahead, so no busy page can shift it.
 */

// Longer than the second to which a hidden page's timers are slowed.
export const AHEAD_S = 1.6;
const PUMP_MS = 250;
const LEAD_S = 0.08;
const CLICK_S = 0.03;
const CLICK_HZ = 1500;

/** When each beat falls while the rate goes evenly from one to another. */
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

  /** Steps a minute at a time. @param {number} atS since the beginning */
  spmAt(atS) {
    if (atS >= this.#rampS) return 60 * this.#toHz;
    return 60 * (this.#fromHz + (this.#toHz - this.#fromHz) * (Math.max(0, atS) / this.#rampS));
  }

  /** How many beats have gone by at a time, in parts of a beat. @param {number} atS */
  beatsAt(atS) {
    const rampS = Math.min(atS, this.#rampS);
    const slope = this.#rampS > 0 ? (this.#toHz - this.#fromHz) / this.#rampS : 0;
    return this.#fromHz * rampS + (slope * rampS ** 2) / 2 + this.#toHz * Math.max(0, atS - this.#rampS);
  }

  /** When beat `count` falls, seconds since the beginning; the first is 0. @param {number} count */
  timeOf(count) {
    const ramped = this.beatsAt(this.#rampS);
    if (count >= ramped) return this.#rampS + (count - ramped) / this.#toHz;
    const slope = (this.#toHz - this.#fromHz) / this.#rampS;
    // The root of from·t + slope·t²/2 = count that does not lose digits where the slope is small.
    return (2 * count) / (this.#fromHz + Math.sqrt(this.#fromHz ** 2 + 2 * slope * count));
  }
}

/**
 * Hands clicks to an audio context ahead of time. `pump` is to be called more often than every
 * `AHEAD_S`; nothing here reads any clock but the audio context's own.
 */
export class Clicker {
  #context;
  #volume;
  #click;
  #plan;
  #zeroS;
  #next;
  /** Beats that could not be handed over in time and were left out. */
  missed = 0;
  /** @type {Set<AudioBufferSourceNode>} */ #waiting = new Set();

  /**
   * @param {BaseAudioContext} context
   * @param {BeatPlan} plan
   * @param {number} ageS how long ago the plan began
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

  /** Hand over every beat of the time ahead. */
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

  /** Beats so far, and the rate now. */
  now() {
    const atS = this.#context.currentTime - this.#zeroS;
    return { beats: Math.floor(Math.max(0, this.#plan.beatsAt(Math.max(0, atS)))), spm: this.#plan.spmAt(atS) };
  }

  /** Softer while somebody speaks. @param {boolean} soft */
  duck(soft) {
    this.#volume.gain.setTargetAtTime(soft ? 0.25 : 1, this.#context.currentTime, 0.05);
  }

  /** No further beat, also of those that were handed over. */
  stop() {
    for (const source of this.#waiting) source.stop();
    this.#waiting.clear();
    this.#volume.disconnect();
  }
}

/** A short woody tick that begins at its first sample. @param {BaseAudioContext} context */
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

/** The station's metronome: one plan at a time, pumped by a timer. */
export class Metronome {
  /** @type {AudioContext | null} */ #context = null;
  /** @type {Clicker | null} */ #clicker = null;
  #timer = 0;
  #key = "";
  #changed;

  /** @param {() => void} changed called when the browser lets it sound, or no longer does */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Whether a beat is under way, heard or not. */
  get on() {
    return this.#clicker !== null;
  }

  /** Whether this browser waits for a tap before it makes any sound. */
  get blocked() {
    return this.#context !== null && this.#context.state !== "running";
  }

  /** Beats so far and the rate now; null while it is off. */
  now() {
    return this.#clicker && !this.blocked ? this.#clicker.now() : null;
  }

  /** Begin, change or end as the station says. @param {import("./wire.d.ts").Display | null} display */
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

  /** After a tap: sound is allowed now. */
  async allow() {
    await this.#context?.resume();
  }

  /** @param {boolean} soft */
  duck(soft) {
    this.#clicker?.duck(soft);
  }

  #opened() {
    const context = new AudioContext({ latencyHint: "interactive" });
    // A browser that needs no tap starts it a moment later.
    context.addEventListener("statechange", this.#changed);
    return context;
  }

  #stop() {
    window.clearInterval(this.#timer);
    this.#clicker?.stop();
    this.#clicker = null;
  }
}
