// Generated from edge/serve/protocol.py by edge/serve/wire/wire_schema.py.

/** The client has painted the frame with this ``seq``. A client that tells when it received and painted it, in milliseconds of a clock of its own that never goes back, helps the station to know how late its pictures are. */
export interface Ack {
  type: "ack";
  seq: number;
  received_ms?: number | null;
  painted_ms?: number | null;
}

/** What the person on the belt is doing. */
export type Activity = "absent" | "running" | "standing" | "walking";

/** What became of the order with this ``id``, told to whoever gave it. ``code`` is ``ok`` or the reason: ``viewer``, ``not_understood``, ``too_fast``, ``no_session``, ``no_recording``, ``disk``, ``ended``, ``limits``, ``unknown_cue``, ``unknown_exercise``, ``busy``, ``no_orders``, ``no_screen``, ``no_rate``. */
export interface Answer {
  type: "answer";
  id: number;
  ok: boolean;
  code: string;
  text: string;
}

/** The limits by which one fault of one leg is judged, until the next message of the same. Sent whenever they change, and to every newcomer: as belt speed does, or when an operator changes them. ``metric`` names the field of ``stride`` that decides; a value is beyond a limit when it is strictly on its worse side: above if ``worse`` is 1, below if it is -1. ``speed_source`` is ``none`` where the speed is unknown and one is assumed. */
export interface Bands {
  type: "bands";
  side: Side;
  fault: Fault;
  metric: string;
  amber: number;
  red: number;
  inside: number;
  worse: number;
  speed_mps: number;
  speed_source: BeltSource;
  decided_at_s: number | null;
}

/** Where one fault's bar begins and ends; its limits come with ``bands``. */
export interface Bar {
  low: number;
  high: number;
  unit: string;
}

/** Belt speed and incline in use from ``time_s`` on, and what each source says. ``source`` says where ``speed_mps`` comes from; null and ``none`` while it is unknown. ``seen_mps`` is the picture's estimate. ``notice`` names two sources that contradict each other, empty when none do: ``speed_unit_suspect`` (the number entered fits in ``likely_unit``), ``speed_entered_not_treadmill``, ``speed_entered_not_seen``, ``speed_treadmill_not_seen``. It changes no number. */
export interface Belt {
  type: "belt";
  time_s: number | null;
  speed_mps: number | null;
  source: BeltSource;
  incline_pct: number | null;
  incline_source: BeltSource;
  entered_mps: number | null;
  treadmill_mps: number | null;
  seen_mps: number | null;
  notice: BeltNotice;
  likely_unit: string;
}

/** The two sources of belt speed that contradict each other. ``speed_unit_suspect``: the entered number fits in another unit. */
export type BeltNotice = "" | "speed_entered_not_seen" | "speed_entered_not_treadmill" | "speed_treadmill_not_seen" | "speed_unit_suspect";

/** Source of the belt speed or incline in use. */
export type BeltSource = "entered" | "none" | "picture" | "treadmill";

/** Measure the runner standing still for three seconds; ``neutral`` tells how it goes. */
export interface CaptureNeutral {
  type: "capture_neutral";
  id: number;
}

/** One line of the set-up check. ``name`` is ``frame_rate``, ``light``, ``blur``, ``runner_size``, ``centre``, ``squareness``, ``roll`` or ``lens_height``. ``code`` names what was found, see ``edge/exercises/set_up_check/findings.py``; ``text`` says it and, for ``fix``, what to change; ``value`` has the unit ``unit``. */
export interface Check {
  name: string;
  finding: Finding;
  code: string;
  text: string;
  value: number | null;
  unit: string;
}

/** Measure camera, light and place anew; ``set_up`` tells how it goes. */
export interface CheckSetUp {
  type: "check_set_up";
  id: number;
}

/** Forget the neutral stance, or give its measurement up. */
export interface ClearNeutral {
  type: "clear_neutral";
  id: number;
}

/** One sentence for the runner. */
export interface Cue {
  type: "cue";
  kind: string;
  wording: string;
  issued_at_s: number | null;
}

/** What the station display shows, and how it sounds. With ``shown`` skeleton the pictures of frames, stills and replay are empty for every client. While ``metronome_on``, the beat goes from ``metronome_from_spm`` at the moment of this message to ``metronome_spm`` within ``metronome_ramp_s``; ``metronome_age_s`` is how long ago that began for a page that came later. */
export interface Display {
  type: "display";
  mode: Mode;
  shown: Shown;
  panels: Array<Panel>;
  muted: boolean;
  metronome_on: boolean;
  metronome_spm: number | null;
  metronome_from_spm: number | null;
  metronome_ramp_s: number;
  metronome_age_s: number;
}

/** 20 % trimmed mean and its 95 % interval, which is null where there are too few strides. */
export interface Estimate {
  mean: number;
  low: number | null;
  high: number | null;
  count: number;
}

/** One instant of one leg's stance. */
export interface Event {
  type: "event";
  kind: EventKind;
  side: Side;
  near: boolean;
  time_s: number | null;
  decided_at_s: number | null;
  confidence: number | null;
  confirmed: boolean;
}

/** The three instants of stance. */
export type EventKind = "initial_contact" | "peak_knee_flexion" | "toe_off";

/** How an exercise goes, such as ``running``; ``start_exercise`` begins one. ``code`` says what holds it up, why it failed, or how it goes. ``values`` are results by name, with the unit in the name. The neutral stance and the set-up check have messages of their own. */
export interface Exercise {
  type: "exercise";
  kind: string;
  state: Progress;
  progress: number;
  code: string;
  time_s: number | null;
  values: { [name: string]: number | null };
}

/** The two running faults that Toeline detects. */
export type Fault = "bent_push_off" | "knees_forward";

/** What one check says: well, to be changed, or it could not be measured. */
export type Finding = "fix" | "pass" | "unknown";

/** Goes before one live picture. ``seq`` is what the client acknowledges. ``xy_px`` are pixels of the original picture, whose width and height are ``size_px``; it is empty where no pose was made, and null where a keypoint is absent. Where ``visibility`` is 0 the keypoint was not made out in this picture: it is drawn where the strides before say that it should be. */
export interface FrameHeader {
  type: "frame";
  seq: number;
  frame: number;
  camera: string;
  time_s: number | null;
  breaks: boolean;
  size_px: [number, number];
  xy_px: Array<[number, number] | null>;
  visibility: Array<number | null>;
  activity: Activity | null;
  facing: Side | null;
  near_side: Side | null;
  left_phase: Phase;
  right_phase: Phase;
  cadence_spm: number | null;
}

export type FromClient = Ack | StartSession | StopSession | SetBelt | CaptureNeutral | ClearNeutral | SetDisplay | SetMute | SetMetronome | SetThresholds | SetMark | GiveCue | CheckSetUp | StartExercise | StopExercise | ShowPairing;

/** Give the runner one of the station's own cues now: ``sit_back``, ``cadence`` ... */
export interface GiveCue {
  type: "give_cue";
  id: number;
  kind: string;
}

export type Header = FrameHeader | StillHeader;

/** How the station is running. ``late`` counts frames whose pose took longer than the budget; ``shed`` names what is given up because the machine is too slow, and is empty when nothing is; ``model`` is the one in use. ``temperature_c`` is the board's hottest place; ``board`` names what slows the board down: ``under_voltage``, ``capped``, ``throttled``, ``soft_limit``. ``video`` says that pictures of the runner are being kept. */
export interface Health {
  type: "health";
  state: StationState;
  source: string;
  model: string;
  frame_rate_hz: number | null;
  captured: number;
  processed: number;
  dropped: number;
  frame_age_s: number | null;
  capture_to_pose_p50_ms: number | null;
  capture_to_pose_p95_ms: number | null;
  notice: string;
  late: number;
  shed: string;
  provider: string;
  times: Array<StageTime>;
  temperature_c?: number | null;
  board?: Array<string>;
  video?: boolean;
}

/** The first message: how to read and draw all others. ``keypoints`` names the points of ``skeleton``, in the order of all ``xy_px``; ``bones`` are pairs of them to draw; ``left`` and ``right`` are those that are measured. ``provider`` is what runs the pose model: the processor, or what does it faster. */
export interface Hello {
  type: "hello";
  protocol: number;
  toeline: string;
  skeleton: string;
  keypoints: Array<string>;
  bones: Array<[number, number]>;
  left: SidePoints;
  right: SidePoints;
  knees_forward: Bar;
  bent_push_off: Bar;
  late_ms: number;
  provider: string;
  metrics: Array<MetricFacts>;
}

/** The limits that ``set_thresholds`` changes; those in force, at belt speed, are ``bands``. The cadence figures are the runner's own before any cue, and the range to aim for; null until learnt. */
export interface Limits {
  type: "limits";
  knee_toe_amber_pct: number;
  knee_toe_red_pct: number;
  push_off_amber_deg: number;
  push_off_red_deg: number;
  baseline_spm: number | null;
  target_low_spm: number | null;
  target_high_spm: number | null;
}

/** A moment of the session that an operator marked; those of this session are told to all. */
export interface Mark {
  type: "mark";
  kind: string;
  note: string;
  time_s: number | null;
}

/** How to show one metric: ``name`` is its field in a stride. ``unit`` and ``positive`` (what a positive value means) are English; ``words`` is the key of the metric's label, unit and explanation in each language. */
export interface MetricFacts {
  name: string;
  unit: string;
  decimals: number;
  signed: boolean;
  positive: string;
  words: string;
}

/** What the station display is used for; see docs/glossary.md, mode. */
export type Mode = "blank" | "coach" | "metronome" | "mirror" | "replay";

/** The neutral stance: how its measurement goes, and what it found. ``progress`` runs from 0 to 1. ``kept`` says that a stance is in force, which may be the one before while another is measured or has failed. ``code`` is ``none``, ``done``, ``waiting``, ``still``, ``no_runner``, ``moving``, ``hidden``, ``unclear`` or ``bent``. Angles are of the near leg, signed as in ``strides.csv``; ``foot_angle_deg`` is positive with the toes up. */
export interface Neutral {
  type: "neutral";
  state: Progress;
  progress: number;
  code: string;
  text: string;
  kept: boolean;
  captured_at_s: number | null;
  knee_flexion_deg: number | null;
  shank_angle_deg: number | null;
  foot_angle_deg: number | null;
}

/** A code for one more device, told only to browsers on the station itself. ``qr`` has one string of 0 and 1 per row, 1 is dark, without the quiet zone. All fields but ``type`` are empty, and ``left_s`` is 0, once it is used or too old. */
export interface Pairing {
  type: "pairing";
  role: Role | null;
  url: string;
  code: string;
  qr: Array<string>;
  left_s: number;
}

/** The parts of the station display that can be hidden. */
export type Panel = "bent_push_off" | "cadence" | "cue" | "knees_forward" | "ribbon" | "stills" | "strides";

/** Phase of a leg in its stride. */
export type Phase = "stance" | "swing" | "unknown";

/** Where a measurement stands that an operator asked for. */
export type Progress = "done" | "failed" | "measuring" | "none";

/** What a person at a page may do: look on, or steer the station as well. */
export type Role = "operator" | "viewer";

/** The session in progress; without one ``name`` is empty. ``started_at`` is a wall-clock label (ISO 8601), ``started_s`` capture time. ``recording`` is false where the disk refuses, and ``notice`` then says so. ``runner`` is a pseudonym, empty for a session that began by itself. A belt speed of 0 is not known: the station estimates it. */
export interface Session {
  type: "session";
  name: string;
  started_at: string;
  recording: boolean;
  runner?: string;
  started_s?: number | null;
  belt_speed_mps?: number | null;
  incline_pct?: number | null;
  notice?: string;
}

/** Say what the treadmill shows; 0 m/s means not known, and the station estimates it. */
export interface SetBelt {
  type: "set_belt";
  id: number;
  speed_mps?: number | null;
  incline_pct?: number | null;
}

/** Choose what the station display shows; ``panels`` are all that are to be seen. */
export interface SetDisplay {
  type: "set_display";
  id: number;
  mode?: Mode | null;
  shown?: Shown | null;
  panels?: Array<Panel> | null;
}

/** Mark this moment of the session, such as ``pain_now``. */
export interface SetMark {
  type: "set_mark";
  id: number;
  kind: string;
  note?: string;
}

/** Start, stop or change the metronome. ``from_spm`` is where its ramp begins and ``ramp_s`` how long that takes; without ``from_spm`` it begins at the target. */
export interface SetMetronome {
  type: "set_metronome";
  id: number;
  on: boolean;
  target_spm?: number | null;
  from_spm?: number | null;
  ramp_s?: number;
}

/** Silence every sound of the station display, cues and metronome; or let it sound again. */
export interface SetMute {
  type: "set_mute";
  id: number;
  muted: boolean;
}

/** Change the limits of the two faults; each red limit must lie beyond its amber one. Those of push-off hold at 2.5 m/s; the station goes on scaling them with belt speed. */
export interface SetThresholds {
  type: "set_thresholds";
  id: number;
  knee_toe_amber_pct?: number | null;
  knee_toe_red_pct?: number | null;
  push_off_amber_deg?: number | null;
  push_off_red_deg?: number | null;
}

/** The set-up check: how it goes, and its lines so far. */
export interface SetUp {
  type: "set_up";
  state: Progress;
  progress: number;
  text: string;
  checks: Array<Check>;
}

/** Show a code for one more tablet on the station's own screen, and nowhere else. */
export interface ShowPairing {
  type: "show_pairing";
  id: number;
  role: Role;
}

/** Whether pictures leave the station at all, or only the skeleton. */
export type Shown = "picture" | "skeleton";

/** The subject's own left or right. */
export type Side = "left" | "right";

/** Which keypoints one side of the body is; null for one that the pose model lacks. */
export interface SidePoints {
  shoulder: number | null;
  hip: number | null;
  knee: number | null;
  ankle: number | null;
  heel: number | null;
  toe: number | null;
}

/** How long one stage takes: quantiles over the last frames, count and sum over all. */
export interface StageTime {
  stage: string;
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
  count: number;
  total_ms: number | null;
}

/** Begin an exercise by its name, anew if it goes on; ``exercise`` tells how it goes. */
export interface StartExercise {
  type: "start_exercise";
  id: number;
  kind: string;
}

/** Begin a new recording; one that is running is ended first and kept. ``runner`` is a pseudonym of letters, digits, ``_``, ``.`` and ``-``. Belt speed and incline are those of ``set_belt``. */
export interface StartSession {
  type: "start_session";
  id: number;
  runner: string;
  belt_speed_mps?: number | null;
  incline_pct?: number | null;
}

/** What is known of the runner now; sent when it changes, for clients that take no pictures. */
export interface State {
  type: "state";
  frame: number;
  time_s: number | null;
  activity: Activity;
  facing: Side | null;
  near_side: Side | null;
  left_phase: Phase;
  right_phase: Phase;
  cadence_spm: number | null;
}

/** What the whole station is doing. ``degraded``: it measures, but something is reduced, too hot, too dark or unreachable. ``storage_full``: it measures but cannot record. */
export type StationState = "degraded" | "ended" | "failed" | "live" | "no_camera" | "starting" | "storage_full";

/** Goes before the frozen picture of one stride's peak knee bend or toe-off. ``size_px`` is null, and the picture empty, where the frame was already gone. */
export interface StillHeader {
  type: "still";
  kind: EventKind;
  side: Side;
  near: boolean;
  time_s: number | null;
  frame: number;
  facing: Side | null;
  size_px: [number, number] | null;
  xy_px: Array<[number, number] | null>;
  value: number | null;
}

/** Give an exercise up, if it goes on. */
export interface StopExercise {
  type: "stop_exercise";
  id: number;
  kind: string;
}

/** End the recording that is running; the live view goes on. */
export interface StopSession {
  type: "stop_session";
  id: number;
}

/** One row of ``strides.csv``. ``recent`` has the estimates of some metrics over the last ten valid strides of this leg, this one included; it is empty outside the live link. */
export interface Stride {
  type: "stride";
  side: Side;
  near: boolean;
  start_s: number | null;
  peak_knee_flexion_s: number | null;
  toe_off_s: number | null;
  end_s: number | null;
  valid: boolean;
  reason: string;
  reason_code: string;
  reason_params: { [name: string]: string | number };
  knee_toe_offset_pct: number | null;
  shank_angle_deg: number | null;
  hip_ankle_offset_pct: number | null;
  knee_flexion_peak_deg: number | null;
  knee_flexion_contact_deg: number | null;
  knee_flexion_push_off_deg: number | null;
  thigh_extension_deg: number | null;
  plantarflexion_deg: number | null;
  line_straightness_pct: number | null;
  trunk_lean_deg: number | null;
  overstride_pct: number | null;
  ground_contact_ms: number | null;
  flight_ms: number | null;
  stride_time_ms: number | null;
  cadence_spm: number | null;
  vertical_oscillation_pct: number | null;
  decided_at_s: number | null;
  recent?: { [name: string]: Estimate };
}

export type Text = Hello | You | Session | Display | Limits | Neutral | SetUp | Exercise | Mark | Event | Stride | Bands | Verdict | Cue | Health | State | Belt | Answer | Pairing;

/** The traffic light of one fault of one leg, judged by the last ``bands`` of the same. ``reason`` is English; ``reason_code`` and ``reason_params`` say the same in no language, see ``edge/messages/reason.py``. They are empty in a message of a record of before there were codes. */
export interface Verdict {
  type: "verdict";
  side: Side;
  fault: Fault;
  state: VerdictState;
  reason: string;
  reason_code: string;
  reason_params: { [name: string]: string | number };
  cue: string | null;
  decided_at_s: number | null;
  mean: number | null;
  ci95: [number | null, number | null];
  strides: number;
}

/** State of a traffic light, including ones without a clear answer. */
export type VerdictState = "amber" | "borderline" | "green" | "red" | "unknown";

/** Who this client is to the station, told to it alone, right after ``hello``. ``local`` is true for a browser on the station itself, which needs no pairing; ``label`` names a paired device. */
export interface You {
  type: "you";
  role: Role;
  local: boolean;
  label: string;
}
