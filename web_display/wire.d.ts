// Generated from edge/serve/wire.py by edge/serve/schema.py.

/** The client has painted the frame with this ``seq``. A client that tells when it received and painted it, in milliseconds of a clock of its own that never goes back, helps the station to know how late its pictures are. */
export interface Ack {
  type: "ack";
  seq: number;
  received_ms?: number | null;
  painted_ms?: number | null;
}

/** What the person on the belt is doing. */
export type Activity = "absent" | "running" | "standing" | "walking";

/** Where one fault's bar begins and ends, and its two limits; more is worse. */
export interface Band {
  low: number;
  high: number;
  amber: number;
  red: number;
  unit: string;
}

/** One sentence for the runner. */
export interface Cue {
  type: "cue";
  kind: string;
  wording: string;
  issued_at_s: number | null;
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

/** The two errors this product looks for. */
export type Fault = "bent_push_off" | "knees_forward";

/** Goes before one live picture. ``seq`` is what the client acknowledges. ``xy_px`` are pixels of the original picture, whose width and height are ``size_px``; it is empty where no pose was made, and null where a keypoint is absent. Where ``visibility`` is 0 the keypoint was not made out in this picture: it is drawn where the strides before say that it should be. */
export interface FrameHeader {
  type: "frame";
  seq: number;
  frame: number;
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

export type FromClient = Ack;

export type Header = FrameHeader | StillHeader;

/** How the station is running. ``late`` counts frames whose pose took longer than the budget; ``shed`` names what is given up because the machine is too slow, and is empty when nothing is; ``model`` is the one in use. */
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
}

/** The first message: what is needed to read and draw all others. ``provider`` is what runs the pose model: the processor, or what does it faster. */
export interface Hello {
  type: "hello";
  protocol: number;
  toeline: string;
  keypoints: Array<string>;
  bones: Array<[number, number]>;
  knees_forward: Band;
  bent_push_off: Band;
  late_ms: number;
  provider: string;
}

/** Where a leg is in its stride. */
export type Phase = "stance" | "swing" | "unknown";

/** The recording in progress; ``started_at`` is a wall-clock label (ISO 8601), not a time. */
export interface Session {
  type: "session";
  name: string;
  started_at: string;
  recording: boolean;
}

/** The subject's own left or right. */
export type Side = "left" | "right";

/** How long one stage takes: quantiles over the last frames, count and sum over all. */
export interface StageTime {
  stage: string;
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
  count: number;
  total_ms: number | null;
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

/** What the whole station is doing. */
export type StationState = "ended" | "failed" | "live" | "no_camera" | "starting";

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

/** One row of ``strides.csv``. */
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
}

export type Text = Hello | Session | Event | Stride | Verdict | Cue | Health | State;

/** The traffic light of one fault of one leg. */
export interface Verdict {
  type: "verdict";
  side: Side;
  fault: Fault;
  state: VerdictState;
  reason: string;
  cue: string | null;
  decided_at_s: number | null;
  mean: number | null;
  ci95: [number | null, number | null];
  strides: number;
}

/** A traffic light that may also say that it cannot tell. */
export type VerdictState = "amber" | "borderline" | "green" | "red" | "unknown";
