// Generated from edge/serve/wire/protocol.py by edge/serve/wire/wire_schema.py.

/** The client has painted the frame with this ``seq``. With ``received_ms`` and ``painted_ms``, read from the client's monotonic clock, the station can measure display latency. */
export interface Ack {
  type: "ack";
  seq: number;
  received_ms?: number | null;
  painted_ms?: number | null;
}

/** What the person on the belt is doing. */
export type Activity = "absent" | "running" | "standing" | "walking";

/** The result of the command with this ``id``, sent only to its sender. ``code`` is ``ok`` or an error: ``viewer``, ``not_understood``, ``too_fast``, ``no_session``, ``no_recording``, ``disk``, ``ended``, ``limits``, ``unknown_cue``, ``unknown_exercise``, ``busy``, ``no_orders``, ``no_screen``, ``no_rate``, ``too_late``, ``not_received``, ``revoked``, ``still_gone``, ``other_leg``, ``points_missing``, ``points_far``, ``points_shank``, ``no_visit``, ``step_over``, ``unknown_step``, ``unknown_template``, ``template_broken``, ``no_feedback``, ``other_cue``. */
export interface Answer {
  type: "answer";
  id: number;
  ok: boolean;
  code: string;
  text: string;
}

/** Ask what became of a command whose answer was lost with the connection. The answer is that of the command ``command``. If the station never had that command, the answer has the code ``not_received``, and the command is refused should it still arrive. */
export interface AskOutcome {
  type: "ask_outcome";
  id: number;
  heartbeat?: number;
  command: number;
}

/** The limits in force for one fault of one leg, until the next message for the same pair. Sent to every new client, and when the limits change with belt speed or by an operator. ``metric`` names the field of ``stride`` that is judged; a value is beyond a limit when it is strictly on the worse side: above if ``worse`` is 1, below if it is -1. ``speed_source`` is ``none`` when the speed is unknown and a default is assumed. */
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

/** The range of one fault's bar; its limits come with ``bands``. */
export interface Bar {
  low: number;
  high: number;
  unit: string;
}

/** Belt speed and incline in use from ``time_s`` on, and the value from each source. ``source`` is where ``speed_mps`` comes from; ``none``, with a null speed, while it is unknown. ``seen_mps`` is estimated from the pictures. ``notice`` names two sources that disagree, empty if none do: ``speed_unit_suspect`` (the entered number fits in ``likely_unit``), ``speed_entered_not_treadmill``, ``speed_entered_not_seen``, ``speed_treadmill_not_seen``. A notice changes no result. */
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

/** Measure the runner standing still for three seconds; ``neutral`` reports progress. */
export interface CaptureNeutral {
  type: "capture_neutral";
  id: number;
  heartbeat?: number;
}

/** One line of the set-up check. ``name`` is ``frame_rate``, ``light``, ``blur``, ``runner_size``, ``centre``, ``squareness``, ``roll``, ``lens_height`` or ``feet``. ``code`` names the finding, see ``edge/exercises/set_up_check/findings.py``; ``text`` describes it and, for ``fix``, what to change; ``value`` is in ``unit``. */
export interface Check {
  name: string;
  finding: Finding;
  code: string;
  text: string;
  value: number | null;
  unit: string;
}

/** Repeat the check of camera, light and position; ``set_up`` reports progress. */
export interface CheckSetUp {
  type: "check_set_up";
  id: number;
  heartbeat?: number;
}

/** Clear the neutral stance, or cancel its measurement. */
export interface ClearNeutral {
  type: "clear_neutral";
  id: number;
  heartbeat?: number;
}

/** Measure by the pose model's own points again. */
export interface ClearPoints {
  type: "clear_points";
  id: number;
  heartbeat?: number;
}

/** One sentence for the runner. */
export interface Cue {
  type: "cue";
  kind: string;
  wording: string;
  issued_at_s: number | null;
}

/** Joint angles over one valid stride of the near leg, at 0, 2, ... 100 % of it. Degrees, with the signs of the report: thigh forward, knee flexion, ankle dorsiflexion. ``start_s`` names the stride. Null where keypoints are missing. */
export interface Curves {
  type: "curves";
  side: Side;
  near: boolean;
  start_s: number | null;
  hip_deg: Array<number | null>;
  knee_deg: Array<number | null>;
  ankle_deg: Array<number | null>;
}

/** What the station display shows and plays. When ``shown`` is ``skeleton``, frames, stills and replays carry no picture for any client. While ``metronome_on``, the tempo ramps from ``metronome_from_spm`` to ``metronome_spm`` in ``metronome_ramp_s``. The ramp started ``metronome_age_s`` before this message, which is above 0 for a page that connected later. */
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

/** Why the share of time with feedback is what it is. ``unscheduled``: given by the step; ``scheduled``: by the number of the visit; ``last``: that of the schedule's last visit, which is earlier; ``number_unknown``: 100 %, for want of a number. */
export type DoseSource = "last" | "number_unknown" | "scheduled" | "unscheduled";

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

/** The progress of an exercise such as ``running``; ``start_exercise`` starts one. ``code`` is its status, what it waits for, or why it failed. ``values`` are results by name, with the unit in the name, and ``labels`` results that are words. The neutral stance and the set-up check have separate messages. ``calf_raise``: ``code`` is what it waits for (``no_runner``, ``hidden``, ``far_leg``, ``both_feet``, ``not_flat``, ``moving``, ``still``), ``counting``, ``prompt`` (no raise for four seconds), or why it ended (``target``, ``stopped``, ``left``, ``turned``, ``finished``; failed: ``no_standing``, ``no_raises`` or the obstacle). ``values``: ``full_count``, ``partial_count``, ``failed_count``, ``target_count`` (0: no end), ``height_now_pct`` of the full height, ``last_height_pct``, ``last_height_cm``, ``full_height_cm``. ``labels``: ``side``, ``last_kind`` (``full``, ``partial``, ``failed``) and ``fault`` of the last raise (empty, ``knee_bend``, ``sway``, ``tempo``, ``double_bounce``). The beat is the metronome's, 60 a minute. */
export interface Exercise {
  type: "exercise";
  kind: string;
  state: Progress;
  progress: number;
  code: string;
  time_s: number | null;
  values: { [name: string]: number | null };
  labels: { [name: string]: string };
}

/** The two running faults that Toeline detects. */
export type Fault = "bent_push_off" | "knees_forward";

/** The feedback in force from ``time_s`` until the next such message; sent on change. While ``on`` is false, no cue, no target and no colour of a verdict may reach the runner, on the screen or as sound. A station that never sends it allows everything, as does the ``reason`` ``free``. ``cue`` is the only one allowed; empty for none, and where everything is. ``feedback_pct`` is the share of the step's time with feedback, and ``dose`` says why. The metronome beats at ``metronome_from_spm`` at ``time_s`` and reaches ``metronome_spm`` in ``metronome_ramp_s``; ``display`` says the same, and both are null while it is silent. The target is null unless cadence is the cue. */
export interface Feedback {
  type: "feedback";
  time_s: number | null;
  on: boolean;
  reason: GateReason;
  cue: string;
  step: string;
  feedback_pct: number | null;
  dose: DoseSource;
  metronome_spm: number | null;
  metronome_from_spm: number | null;
  metronome_ramp_s: number;
  target_low_spm: number | null;
  target_high_spm: number | null;
}

/** The result of one check: passed, to be fixed, or not measurable. */
export type Finding = "fix" | "pass" | "unknown";

/** The header of a live picture. The client acknowledges ``seq``. ``xy_px`` is in pixels of the original picture, whose width and height are ``size_px``; it is empty when there is no pose, and null where a keypoint is absent. A keypoint with ``visibility`` 0 was not detected in this picture: its position is predicted from earlier strides. */
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
  legs_source?: LegSource | null;
  legs_score?: number | null;
  legs_clarity?: LegClarity;
  legs_flaw?: LegFlaw;
  runner_key?: string;
}

export type FromClient = Ack | HeartbeatReply | StartSession | StopSession | SetBelt | CaptureNeutral | ClearNeutral | SetDisplay | SetMute | SetMetronome | SetThresholds | SetMark | GiveCue | SetPoints | ClearPoints | CheckSetUp | StartExercise | StopExercise | AskOutcome | ShowPairing | StartVisit | VisitNext | VisitSkip | VisitRepeat | VisitGoOn | VisitPain | VisitStop;

/** Why feedback is on or off. ``free``: nobody leads the runner, so the station gives any cue; ``no_cue``: the step is without feedback; ``on``: a window with feedback; ``faded``: one without; ``pause``: the metronome pauses; ``reached``: the cadence has been inside the target for long enough. */
export type GateReason = "faded" | "free" | "no_cue" | "on" | "pause" | "reached";

/** Give the runner one of the station's cues now, such as ``sit_back`` or ``cadence``. */
export interface GiveCue {
  type: "give_cue";
  id: number;
  heartbeat?: number;
  kind: string;
}

export type Header = FrameHeader | StillHeader;

/** The health of the station. ``late`` counts frames whose pose took longer than the budget; ``shed`` names what was switched off because the machine is too slow, empty if nothing; ``model`` is the pose model in use. ``temperature_c`` is the board's highest temperature; ``board`` lists what slows the board down: ``under_voltage``, ``capped``, ``throttled``, ``soft_limit``. ``video`` is true while pictures of the runner are being recorded. ``notice`` is English, empty if all is well; ``notice_code`` and ``notice_params`` give the same without words, see ``edge/messages/notice.py``, and are empty for a notice that has only words. */
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
  notice_code: string;
  notice_params: { [name: string]: string | number };
  late: number;
  shed: string;
  provider: string;
  times: Array<StageTime>;
  temperature_c?: number | null;
  board?: Array<string>;
  video?: boolean;
}

/** A sign of life, twice a second, for a client that asked for it with ``heartbeat`` 0. The client replies with the same number. A client that has received nothing for three seconds has lost the station. */
export interface Heartbeat {
  type: "heartbeat";
  number: number;
}

/** The reply to a heartbeat, with its number; number 0 asks the station to begin. A client that has asked for heartbeats must reply to them, or it is disconnected. */
export interface HeartbeatReply {
  type: "heartbeat";
  number: number;
}

/** The first message: how to read and draw all others. ``keypoints`` names the points of ``skeleton``, in the order of every ``xy_px``; ``bones`` are index pairs to draw; ``left`` and ``right`` are the points that are measured. ``provider`` is the execution provider of the pose model: the CPU or an accelerator. ``speed_unit`` is the unit of belt speed for people, ``km/h``, ``mph`` or ``min/km``; all speeds here are in m/s. ``cues`` are the kinds that ``give_cue`` takes; ``cue.KIND.short`` is the translation key of each. */
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
  speed_unit: SpeedUnit;
  cues: Array<string>;
}

/** The score in words. */
export type LegClarity = "clear" | "not_clear" | "partly_clear" | "unknown";

/** What takes most from the score. */
export type LegFlaw = "lengths" | "missing" | "none" | "rhythm" | "sides" | "strides";

/** What tells the near leg from the far one, and gives their points. */
export type LegSource = "model" | "reader" | "tracked";

/** The limits that ``set_thresholds`` changes; ``bands`` has those in force at belt speed. The cadences are the runner's baseline before any cue, and the target range of a cadence cue; null until they are known. ``cadence_is_cue`` is true while the runner's last cue was that for cadence: only then, or with the metronome, is the target to be shown to the runner. */
export interface Limits {
  type: "limits";
  knee_toe_amber_pct: number;
  knee_toe_red_pct: number;
  push_off_amber_deg: number;
  push_off_red_deg: number;
  baseline_spm: number | null;
  target_low_spm: number | null;
  target_high_spm: number | null;
  cadence_is_cue: boolean;
}

/** A moment that an operator marked in ``session``, which is its name; sent to every client. */
export interface Mark {
  type: "mark";
  kind: string;
  note: string;
  time_s: number | null;
  session: string;
}

/** How to show one metric; ``name`` is its field in a stride. ``unit`` and ``positive`` (what a positive value means) are in English; ``words`` is the translation key of the metric's label, unit and explanation. */
export interface MetricFacts {
  name: string;
  unit: string;
  decimals: number;
  signed: boolean;
  positive: string;
  words: string;
}

/** Something that a step still needs. ``text`` is in English; ``code`` and ``params`` are the same without words, see ``edge/messages/visit.py``. */
export interface MissingEntry {
  code: string;
  params: { [name: string]: string | number };
  text: string;
}

/** The display modes of the station; see docs/glossary.md, mode. */
export type Mode = "blank" | "coach" | "metronome" | "mirror" | "replay";

/** The neutral stance: progress and result of its measurement. ``progress`` runs from 0 to 1. ``kept`` is true while a stance is in force, which may be the previous one if a new measurement is in progress or has failed. ``code`` is ``none``, ``done``, ``waiting``, ``still``, ``no_runner``, ``moving``, ``hidden``, ``unclear`` or ``bent``, or ``camera_moved`` if the stance was withdrawn because the camera moved or turned. Angles are of the near leg, signed as in ``strides.csv``; ``foot_angle_deg`` is positive with the toes up. */
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

/** One notice, with the fields that a notice has in ``health``. */
export interface NoticeEntry {
  notice: string;
  notice_code: string;
  notice_params: { [name: string]: string | number };
}

/** All notices about the pictures that hold, such as slow motion, in place of the last list. Sent to every new client, and on every change. */
export interface Notices {
  type: "notices";
  notices: Array<NoticeEntry>;
}

/** How pain is compared with before. */
export type PainChange = "better" | "same" | "worse";

/** A pairing code for one more device, sent only to browsers on the station itself. ``qr`` has one string of 0 and 1 per row, 1 is dark, without the quiet zone. Once the code is used or expired, all fields but ``type`` are empty and ``left_s`` is 0. */
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

/** The points of one leg set by hand that are in force. They were set on the still of ``kind`` at ``still_s``; ``set_at`` is a wall-clock label (ISO 8601). While the pose model's own points hold, ``points`` is empty and the rest null or empty. */
export interface Points {
  type: "points";
  side: Side | null;
  kind: EventKind | null;
  still_s: number | null;
  set_at: string;
  set_by: string;
  points: Array<SetPoint>;
}

/** The state of a measurement that an operator requested. */
export type Progress = "done" | "failed" | "measuring" | "none";

/** What a client may do: only view, or also control the station. */
export type Role = "operator" | "viewer";

/** Whom all later messages are about, by keys that mean nothing else. When ``session_key`` changes, discard all that is kept of the previous session: its strides, trends, marks and counts. When ``runner_key`` changes, discard what was measured: verdicts, strides, stills, cue and cadence. Sent before every other message of the new runner. Binary messages and ``state`` may overtake it: those with another ``runner_key`` are to be ignored. */
export interface Runner {
  type: "runner";
  session_key: string;
  runner_key: string;
}

/** What the runner sees. */
export type Screen = "coach" | "metronome" | "picture" | "raises" | "stand_still" | "thanks" | "time_only" | "welcome";

/** The session in progress; ``name`` is empty when there is none. ``started_at`` is a wall-clock label (ISO 8601); ``started_s`` is the capture time of its first frame, null until that has been recorded. ``recording`` is false when the disk cannot be written, and ``notice`` says why. ``runner`` is a pseudonym, empty for a session that started automatically. A belt speed of 0 means unknown: the station estimates it. */
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
  notice_code?: string;
  notice_params?: { [name: string]: string | number };
}

/** Enter what the treadmill shows; 0 m/s means unknown, and the station estimates it. */
export interface SetBelt {
  type: "set_belt";
  id: number;
  heartbeat?: number;
  speed_mps?: number | null;
  incline_pct?: number | null;
}

/** Choose what the station display shows; ``panels`` lists all visible panels. */
export interface SetDisplay {
  type: "set_display";
  id: number;
  heartbeat?: number;
  mode?: Mode | null;
  shown?: Shown | null;
  panels?: Array<Panel> | null;
}

/** Mark this moment of the session, such as ``pain_now``. */
export interface SetMark {
  type: "set_mark";
  id: number;
  heartbeat?: number;
  kind: string;
  note?: string;
}

/** Start, stop or change the metronome. The tempo ramps from ``from_spm`` to the target in ``ramp_s``; without ``from_spm`` it starts at the target. */
export interface SetMetronome {
  type: "set_metronome";
  id: number;
  heartbeat?: number;
  on: boolean;
  target_spm?: number | null;
  from_spm?: number | null;
  ramp_s?: number;
}

/** Mute or unmute the station display, cues and metronome alike. */
export interface SetMute {
  type: "set_mute";
  id: number;
  heartbeat?: number;
  muted: boolean;
}

/** One point set by hand. ``name`` is ``knee``, ``ankle``, ``heel`` or ``toe``. The offset from the pose model's point is in % of leg, in the axes of the shank for knee and ankle and of the foot for heel and toe. The places are those on the still, in pixels of the original picture. */
export interface SetPoint {
  name: string;
  forward_pct: number;
  up_pct: number;
  model_px: [number, number];
  hand_px: [number, number];
}

/** Set four points of the near leg by hand on one still, which measures all later strides. ``kind``, ``side`` and ``time_s`` are those of the still; ``toe`` is the tip of the shoe. Places are in pixels of the original picture. ``points`` reports what is in force. */
export interface SetPoints {
  type: "set_points";
  id: number;
  heartbeat?: number;
  kind: EventKind;
  side: Side;
  time_s: number;
  knee: [number, number];
  ankle: [number, number];
  heel: [number, number];
  toe: [number, number];
}

/** Change the limits of the two faults; each red limit must lie beyond its amber one. The push-off limits apply at 2.5 m/s; the station scales them with belt speed. */
export interface SetThresholds {
  type: "set_thresholds";
  id: number;
  heartbeat?: number;
  knee_toe_amber_pct?: number | null;
  knee_toe_red_pct?: number | null;
  push_off_amber_deg?: number | null;
  push_off_red_deg?: number | null;
}

/** The set-up check: its progress and its lines so far. */
export interface SetUp {
  type: "set_up";
  state: Progress;
  progress: number;
  text: string;
  checks: Array<Check>;
}

/** Show a pairing code for one more tablet, only on the station's own screen. */
export interface ShowPairing {
  type: "show_pairing";
  id: number;
  heartbeat?: number;
  role: Role;
}

/** What leaves the station: pictures, or only the skeleton. */
export type Shown = "picture" | "skeleton";

/** The subject's own left or right. */
export type Side = "left" | "right";

/** Keypoint indices of one side of the body; null where the pose model lacks the point. */
export interface SidePoints {
  shoulder: number | null;
  hip: number | null;
  knee: number | null;
  ankle: number | null;
  heel: number | null;
  toe: number | null;
}

/** A unit of belt speed; ``min/km`` is a pace, of which less is faster. */
export type SpeedUnit = "km/h" | "min/km" | "mph";

/** Latency of one stage: quantiles over recent frames, count and sum over all frames. */
export interface StageTime {
  stage: string;
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
  count: number;
  total_ms: number | null;
}

/** Start an exercise by name, or restart it; ``exercise`` reports progress. For ``calf_raise``: the leg to test (by default the one nearer to the camera), the person's stature and mass if known, and the full raises that end the set, 0 for no end. */
export interface StartExercise {
  type: "start_exercise";
  id: number;
  heartbeat?: number;
  kind: string;
  side?: Side | null;
  stature_m?: number | null;
  mass_kg?: number | null;
  target?: number;
}

/** Start a new recording; one already in progress is ended first and kept. ``runner`` is a pseudonym of letters, digits, ``_``, ``.`` and ``-``. Belt speed and incline mean the same as in ``set_belt``. */
export interface StartSession {
  type: "start_session";
  id: number;
  heartbeat?: number;
  runner: string;
  belt_speed_mps?: number | null;
  incline_pct?: number | null;
}

/** Begin a visit and its recording; a visit or session in progress is ended first and kept. ``number`` is which visit of this patient it is. Null takes it from the visits recorded here; without any it is unknown, and feedback is given all the time. Texts are empty if not asked. Without ``video_consent`` no video is recorded. Belt speed and incline mean the same as in ``set_belt``. */
export interface StartVisit {
  type: "start_visit";
  id: number;
  heartbeat?: number;
  runner: string;
  template?: string;
  number?: number | null;
  complaint?: string;
  pain_side?: Side | null;
  pain_place?: string;
  pain_level?: number | null;
  shoes?: string;
  video_consent?: boolean;
  belt_speed_mps?: number | null;
  incline_pct?: number | null;
}

/** The current state of the runner; sent on change, for clients that take no pictures. ``activity`` is null while somebody is in view who has not been seen to stand, walk or run yet. ``legs_score``, 0 to 1, tells how far the points of the legs can be trusted, null while they do not move; ``legs_clarity`` is the same in words, ``legs_flaw`` what takes most from it, and ``legs_source`` whose points are followed: the leg reader's, the pose model's, tracked beside a reader, or those of a model without one. */
export interface State {
  type: "state";
  frame: number;
  time_s: number | null;
  activity: Activity | null;
  facing: Side | null;
  near_side: Side | null;
  left_phase: Phase;
  right_phase: Phase;
  cadence_spm: number | null;
  legs_source?: LegSource | null;
  legs_score?: number | null;
  legs_clarity?: LegClarity;
  legs_flaw?: LegFlaw;
  runner_key?: string;
}

/** What the whole station is doing. ``degraded``: it measures, but something is reduced, too hot, too dark or unreachable. ``storage_full``: it measures but cannot record. */
export type StationState = "degraded" | "ended" | "failed" | "live" | "no_camera" | "starting" | "storage_full";

/** What happens in a step. */
export type StepKind = "baseline" | "calf_raises" | "cue" | "neutral" | "other_side" | "pain" | "patient" | "result" | "retention" | "set_up" | "warm_up";

/** State of a step, or of a block. ``stopped`` is by pain, or with the visit; ``repeated`` means that a later one replaces it. */
export type StepState = "done" | "repeated" | "running" | "skipped" | "stopped" | "waiting";

/** The header of a still: one stride's peak knee flexion or toe-off. ``size_px`` is null, and the picture empty, if the frame was already discarded. ``leg_px`` has hip, knee, ankle, heel and toe in this very picture, which is up to half a frame away from ``time_s``; on these ``set_points`` corrects. Empty for a still from elsewhere. */
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
  runner_key?: string;
  leg_px?: Array<[number, number] | null>;
}

/** Stop an exercise if it is in progress; raises counted so far are its result. */
export interface StopExercise {
  type: "stop_exercise";
  id: number;
  heartbeat?: number;
  kind: string;
}

/** End the current recording; the live view continues. */
export interface StopSession {
  type: "stop_session";
  id: number;
  heartbeat?: number;
}

/** One row of ``strides.csv``. ``recent`` has the estimates of some metrics over the last ten valid strides of this leg, this one included; ``count`` is the number of strides of the session so far, of both legs. Outside the live link they are empty and 0. ``model`` has what the pose model's own points give for the metrics that were measured by points set by hand; it is empty where none were. */
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
  legs_source: LegSource | null;
  legs_score: number | null;
  legs_clarity: LegClarity;
  legs_flaw: LegFlaw;
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
  count?: number;
  model?: { [name: string]: number | null };
}

/** One template of a visit. ``title`` is the clinic's own; empty for those that come with Toeline, whose translation key is ``visit_template.NAME``. ``kinds`` are its steps in order, ``planned_s`` its timers together. ``flaw`` is one sentence if it cannot be used. */
export interface TemplateEntry {
  name: string;
  title: string;
  kinds: Array<StepKind>;
  planned_s: number;
  flaw?: string;
}

export type Text = Hello | You | Runner | Session | Display | Limits | Neutral | Points | SetUp | Exercise | Mark | Event | Stride | Curves | Bands | Verdict | Cue | Feedback | Health | Notices | State | Belt | Answer | Pairing | Heartbeat | Visit | VisitTemplates;

/** The traffic light of one fault of one leg, judged by the last ``bands`` for the same pair. ``reason`` is in English; ``reason_code`` and ``reason_params`` are its language-independent form, see ``edge/messages/reason.py``. Both are empty for recordings that predate the codes. ``ci95`` holds the scatter of strides and the model's error; ``error95`` is half the interval of the latter, null if none is known. */
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
  error95: number | null;
  strides: number;
}

/** State of a traffic light, including ones without a clear answer. */
export type VerdictState = "amber" | "borderline" | "green" | "red" | "unknown";

/** The guided visit of this session, sent whole on every change. Counts are sent at most once a second. ``current`` is the ``id`` of the current step, empty if the visit is ``over``. ``screen`` says what the runner sees while it is not over; with ``time_only`` that is neither a cue nor a target nor a colour. ``side`` is the leg that the current step looks at, null if any. ``number`` is null if nobody knows which visit it is. */
export interface Visit {
  type: "visit";
  id: string;
  runner: string;
  template: string;
  number: number | null;
  steps: Array<VisitStep>;
  current: string;
  screen: Screen;
  side: Side | null;
  over: boolean;
}

/** Go on after ``another_person`` or ``after_pain``: it is the runner, and they want to. */
export interface VisitGoOn {
  type: "visit_go_on";
  id: number;
  heartbeat?: number;
  step: string;
}

/** End the current step as it is and go on; what it lacked is kept in the record. */
export interface VisitNext {
  type: "visit_next";
  id: number;
  heartbeat?: number;
  step: string;
}

/** Record pain as the runner tells it. In a step ``pain`` it is the answer, and the visit goes on. In any other step it stops the step, unless ``stop`` is false. */
export interface VisitPain {
  type: "visit_pain";
  id: number;
  heartbeat?: number;
  step: string;
  level: number;
  side?: Side | null;
  place?: string;
  change?: PainChange | null;
  stop?: boolean;
}

/** Do a step again: the current one, or an earlier one named by ``of``. After an earlier one the current step goes on. What was recorded stays, as ``repeated``. */
export interface VisitRepeat {
  type: "visit_repeat";
  id: number;
  heartbeat?: number;
  step: string;
  of?: string;
}

/** Leave out the current step; without the other side also what was to be run on it. */
export interface VisitSkip {
  type: "visit_skip";
  id: number;
  heartbeat?: number;
  step: string;
}

/** One step of a visit. Commands name it by ``id``; ``of`` is the template's step, which differs for a repetition. ``side`` is the leg that is to be nearest the camera. ``cue`` is a kind of cue, ``auto`` until the baseline has been run, empty without one; ``why`` is the code of the reason for which ``auto`` became this cue. ``feedback_pct`` is the share of time with feedback, and ``dose`` says why. Times are capture times of the session in which the step happened; ``elapsed_s`` counts no pauses, and ``planned_s`` is null without a timer. ``missing`` lists what it still needs, the most important first. ``split`` is the code of the reason for which its last block ended early, see ``SPLIT_CODES``. */
export interface VisitStep {
  id: string;
  of: string;
  kind: StepKind;
  state: StepState;
  side: Side | null;
  cue: string;
  why: string;
  metronome: boolean;
  feedback_pct: number | null;
  dose: DoseSource;
  started_s: number | null;
  ended_s: number | null;
  elapsed_s: number;
  planned_s: number | null;
  strides: number;
  strides_needed: number;
  missing: Array<MissingEntry>;
  split: string;
}

/** End the visit and its recording; what was recorded stays. */
export interface VisitStop {
  type: "visit_stop";
  id: number;
  heartbeat?: number;
}

/** The templates that ``start_visit`` may name; sent on connection. */
export interface VisitTemplates {
  type: "visit_templates";
  templates: Array<TemplateEntry>;
}

/** The client's own identity, sent only to that client right after ``hello``. ``local`` is true for a browser on the station itself, which needs no pairing; ``label`` names a paired device. */
export interface You {
  type: "you";
  role: Role;
  local: boolean;
  label: string;
}
