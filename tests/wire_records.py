"""One record and message of each kind that goes over the wire, with fixed values."""

from dataclasses import replace

import numpy as np
from feed import healthy
from skeletons import BLAZEPOSE33

from edge.messages.feedback import DoseSource, FeedbackGate, GateReason
from edge.messages.frame import Frame as Picture
from edge.messages.gait import Activity, EventKind, GaitEvent, GaitState, Phase
from edge.messages.health import StageTime
from edge.messages.notice import Notice
from edge.messages.pose import Pose
from edge.messages.reading import BeltInForce, BeltNotice, BeltSource
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import CURVE_POINTS, KeyPose, StrideCurves, StrideMetrics
from edge.messages.verdict import Bands, Cue, Fault, Verdict, VerdictState
from edge.messages.visit import PainChange, Screen, StepKind, StepState
from edge.serve.access.roles import Role
from edge.serve.wire import (
    binary,
    commands,
    greeting,
    protocol,
    session_messages,
    status_messages,
    visit_commands,
    visit_messages,
)
from edge.serve.wire.encode import (
    Broadcast,
    frame_header,
    hello_for,
    notices_message,
    still_header,
    text_for,
)
from edge.settings.changed_settings import with_gait
from edge.settings.settings import Settings

JPEG = b"\xff\xd8\xff\xd9"

STATE = GaitState(
    frame_index=120,
    time_s=2.0,
    activity=Activity.RUNNING,
    facing=Side.RIGHT,
    near_side=Side.RIGHT,
    left_phase=Phase.SWING,
    right_phase=Phase.STANCE,
    cadence_spm=160.0,
    belt_speed_px_s=900.0,
)
RECORDS: list[Broadcast] = [
    GaitEvent(
        kind=EventKind.INITIAL_CONTACT,
        side=Side.RIGHT,
        near=True,
        time_s=1.25,
        decided_at_s=1.5,
        confidence=0.75,
    ),
    StrideCurves(
        side=Side.RIGHT,
        near=True,
        start_s=1.25,
        hip_deg=np.linspace(25, -25, CURVE_POINTS),
        knee_deg=np.linspace(12.25, 40, CURVE_POINTS),
        ankle_deg=np.full(CURVE_POINTS, np.nan),
    ),
    StrideMetrics(
        side=Side.RIGHT,
        near=True,
        start_s=1.25,
        peak_knee_flexion_s=1.375,
        toe_off_s=1.5,
        end_s=2.0,
        valid=True,
        reason=Reason(),
        decided_at_s=2.25,
        values={
            "knee_toe_offset_pct": -5.5,
            "shank_angle_deg": 28.25,
            "hip_ankle_offset_pct": 4.5,
            "knee_flexion_peak_deg": 42.5,
            "knee_flexion_contact_deg": 14.5,
            "knee_flexion_push_off_deg": 18.75,
            "thigh_extension_deg": 17.5,
            "plantarflexion_deg": 12.5,
            "line_straightness_pct": 8.5,
            "trunk_lean_deg": 6.5,
            "overstride_pct": 21.5,
            "ground_contact_ms": 250.0,
            "flight_ms": 125.0,
            "stride_time_ms": 750.0,
            "cadence_spm": 160.0,
            "vertical_oscillation_pct": 14.5,
        },
    ),
    StrideMetrics(
        side=Side.LEFT,
        near=False,
        start_s=1.5,
        peak_knee_flexion_s=float("nan"),
        toe_off_s=float("nan"),
        end_s=2.25,
        valid=False,
        reason=Reason("no_toe_off"),
    ),
    Bands(
        side=Side.RIGHT,
        fault=Fault.BENT_PUSH_OFF,
        metric="knee_flexion_push_off_deg",
        amber=17.5,
        red=22.5,
        inside=1.5,
        worse=1,
        speed_mps=4.5,
        speed_source=BeltSource.PICTURE,
        decided_at_s=9.5,
    ),
    Verdict(
        side=Side.RIGHT,
        fault=Fault.KNEES_FORWARD,
        state=VerdictState.AMBER,
        reason=Reason("knee_ahead_hips"),
        cue="sit_back",
        decided_at_s=9.5,
        mean=2.5,
        ci95=(-7.5, 12.5),
        error95=9.75,
        strides=10,
    ),
    Verdict(
        side=Side.LEFT,
        fault=Fault.BENT_PUSH_OFF,
        state=VerdictState.UNKNOWN,
        reason=Reason("far_leg"),
        cue=None,
        decided_at_s=9.5,
    ),
    Cue(kind="sit_back", wording="Sit back", issued_at_s=9.75),
    FeedbackGate(
        time_s=10.25,
        on=True,
        reason=GateReason.ON,
        cue="cadence",
        step="cue.2",
        feedback_pct=75.0,
        dose=DoseSource.SCHEDULED,
        metronome_spm=170.0,
        metronome_from_spm=164.0,
        metronome_ramp_s=90.0,
        target_low_spm=169.0,
        target_high_spm=172.0,
    ),
    FeedbackGate(time_s=70.5, on=False, reason=GateReason.NO_CUE, step="retention"),
    replace(
        healthy(),
        frame_rate_hz=60.0,
        frame_age_s=0.125,
        capture_to_pose_p95_ms=14.25,
        late=1,
        shed="pose_rate",
        notice=Notice("machine_slow", shed="pose_rate model_size", model="lite"),
        provider="cpu",
        times=(
            StageTime(
                stage="pose", p50_ms=9.0, p95_ms=14.25, p99_ms=16.5, count=598, total_ms=5500.0
            ),
        ),
        temperature_c=61.5,
        board=("throttled",),
        video=True,
    ),
    BeltInForce(
        time_s=12.5,
        speed_mps=10.8,
        source=BeltSource.ENTERED,
        entered_mps=10.8,
        seen_mps=2.6,
        notice=BeltNotice.UNIT,
        likely_unit="km/h",
    ),
    STATE,
]
STATUS: list[protocol.Text] = [
    status_messages.You(role=Role.OPERATOR, local=True, label="station"),
    notices_message([Notice("frame_rate_low", rate_hz=24.0), Notice("cut_short")]),
    session_messages.Runner(session_key="a1b2c3d4-3", runner_key="a1b2c3d4-5"),
    session_messages.Session(
        name="2026-11-30T10-00-00Z",
        started_at="2026-11-30T10:00:00Z",
        recording=True,
        runner="R-07",
        started_s=0.5,
        belt_speed_mps=3.0,
        incline_pct=1.0,
    ),
    status_messages.Display(
        mode=commands.Mode.COACH,
        shown=commands.Shown.PICTURE,
        panels=tuple(commands.Panel),
        muted=False,
        metronome_on=True,
        metronome_spm=170.0,
        metronome_from_spm=160.0,
        metronome_ramp_s=60.0,
        metronome_age_s=1.5,
    ),
    status_messages.Limits(
        knee_toe_amber_pct=0.0,
        knee_toe_red_pct=4.0,
        push_off_amber_deg=22.5,
        push_off_red_deg=27.5,
        baseline_spm=160.0,
        target_low_spm=165.0,
        target_high_spm=168.0,
        cadence_is_cue=True,
    ),
    status_messages.Neutral(
        state=status_messages.Progress.DONE,
        progress=1.0,
        code="done",
        text="The neutral stance is captured.",
        kept=True,
        captured_at_s=4.5,
        knee_flexion_deg=5.5,
        shank_angle_deg=4.5,
        foot_angle_deg=-6.5,
    ),
    status_messages.Points(
        side=Side.RIGHT,
        kind=EventKind.PEAK_KNEE_FLEXION,
        still_s=1.375,
        set_at="2026-11-30T21:14:00+00:00",
        set_by="operator",
        points=tuple(
            status_messages.SetPoint(
                name=name, forward_pct=1.5, up_pct=-0.5, model_px=(10.5, 20.5), hand_px=(12.0, 21.0)
            )
            for name in ("knee", "ankle", "heel", "toe")
        ),
    ),
    status_messages.SetUp(
        state=status_messages.Progress.DONE,
        progress=1.0,
        text="",
        checks=(
            status_messages.Check(
                name="roll",
                finding=status_messages.Finding.FIX,
                code="rolled",
                text="Turn the camera",
                value=2.0,
                unit="deg",
            ),
        ),
    ),
    status_messages.Exercise(
        kind="walking",
        state=status_messages.Progress.MEASURING,
        progress=0.0,
        code="on",
        time_s=12.25,
        values={"heel_height_pct": 8.5, "lost_count": None},
        labels={},
    ),
    status_messages.Exercise(
        kind="calf_raise",
        state=status_messages.Progress.MEASURING,
        progress=0.12,
        code="counting",
        time_s=14.5,
        values={
            "full_count": 3.0,
            "partial_count": 1.0,
            "failed_count": 0.0,
            "target_count": 25.0,
            "height_now_pct": 41.5,
            "last_height_pct": 72.0,
            "last_height_cm": 6.12,
            "full_height_cm": 8.5,
        },
        labels={"side": "right", "last_kind": "partial", "fault": "knee_bend"},
    ),
    status_messages.Mark(
        kind="pain_now", note="left calf", time_s=12.5, session="2026-11-30T10-00-00Z"
    ),
    status_messages.Answer(id=3, ok=False, code="viewer", text="only an operator may do that"),
    status_messages.Pairing(
        role=Role.VIEWER, url="http://x/pair#y", code="y", qr=("01", "10"), left_s=90.0
    ),
    status_messages.Heartbeat(number=41),
    visit_messages.Visit(
        id="2026-11-30T10-00-00Z",
        runner="R-07",
        template="default",
        number=5,
        steps=(
            visit_messages.VisitStep(
                id="cue",
                of="cue",
                kind=StepKind.CUE,
                state=StepState.RUNNING,
                side=Side.RIGHT,
                cue="sit_back",
                why="hips_forward",
                metronome=False,
                feedback_pct=75.0,
                dose=DoseSource.SCHEDULED,
                started_s=480.5,
                ended_s=None,
                elapsed_s=32.5,
                planned_s=120.0,
                strides=41,
                strides_needed=0,
                missing=(
                    visit_messages.MissingEntry(
                        code="far_leg", params={"side": "right"}, text="The camera sees the other"
                    ),
                ),
                split="belt_stopped",
            ),
        ),
        current="cue",
        screen=Screen.COACH,
        side=Side.RIGHT,
        over=False,
    ),
    visit_messages.VisitTemplates(
        templates=(
            visit_messages.TemplateEntry(
                name="mine",
                title="Our visit",
                kinds=(StepKind.PATIENT, StepKind.RESULT),
                planned_s=0.0,
                flaw="mine.toml, line 2: unknown key",
            ),
        )
    ),
]
COMMANDS: list[protocol.FromClient] = [
    protocol.Ack(seq=7),
    protocol.Ack(seq=8, received_ms=1000.5, painted_ms=1008.25),
    commands.StartSession(id=0, runner="R-07", belt_speed_mps=3.0, incline_pct=1.0),
    commands.StopSession(id=1),
    commands.SetBelt(id=2, speed_mps=3.0),
    commands.CaptureNeutral(id=3),
    commands.ClearNeutral(id=4),
    commands.SetDisplay(id=5, mode=commands.Mode.MIRROR, panels=(commands.Panel.CUE,)),
    commands.SetMute(id=6, muted=True),
    commands.SetMetronome(id=7, on=True, target_spm=175.0, ramp_s=60.0),
    commands.SetThresholds(id=8, knee_toe_red_pct=5.0),
    commands.SetMark(id=9, kind="pain_now", note="links, Wade"),
    commands.GiveCue(id=10, kind="sit_back"),
    commands.CheckSetUp(id=11),
    commands.ShowPairing(id=12, role=Role.VIEWER),
    commands.StartExercise(id=13, kind="walking"),
    commands.StopExercise(id=14, kind="walking"),
    commands.StartExercise(
        id=19, kind="calf_raise", side=Side.LEFT, stature_m=1.8, mass_kg=75.0, target=25
    ),
    protocol.HeartbeatReply(number=41),
    commands.SetMark(id=15, heartbeat=41, kind="pain_now"),
    commands.AskOutcome(id=16, command=15),
    commands.SetPoints(
        id=17,
        kind=EventKind.TOE_OFF,
        side=Side.LEFT,
        time_s=12.25,
        knee=(500.0, 300.5),
        ankle=(480.0, 400.0),
        heel=(470.0, 415.0),
        toe=(520.0, 416.0),
    ),
    commands.ClearPoints(id=18),
    visit_commands.StartVisit(
        id=19,
        runner="R-07",
        number=5,
        complaint="calf, when uphill",
        pain_side=Side.LEFT,
        pain_place="calf",
        pain_level=4,
        shoes="neutral, 8 mm",
        video_consent=True,
        belt_speed_mps=2.75,
    ),
    visit_commands.VisitNext(id=20, step="warm_up"),
    visit_commands.VisitSkip(id=21, step="neutral.2"),
    visit_commands.VisitRepeat(id=22, step="cue", of="baseline"),
    visit_commands.VisitGoOn(id=23, step="cue"),
    visit_commands.VisitPain(
        id=24, step="pain", level=2, side=Side.LEFT, place="calf", change=PainChange.BETTER
    ),
    visit_commands.VisitStop(id=25),
]


def hello() -> greeting.Hello:
    settings = with_gait(Settings(), belt_speed_mps=2.5)
    return hello_for(settings, "0.1.0", skeleton=BLAZEPOSE33)


def texts() -> list[protocol.Text]:
    return [hello(), *map(text_for, RECORDS), *STATUS]


def points() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.arange(66, dtype=np.float64).reshape(33, 2) + 0.5


def pose() -> Pose:
    xy_px = points()
    xy_px[3] = np.nan
    return Pose(
        frame_index=120,
        time_s=2.0,
        size_px=(64, 48),
        skeleton=BLAZEPOSE33,
        xy_px=xy_px,
        visibility=np.full(33, 0.75),
        depth_px=np.full(33, np.nan),
        presence=1.0,
    )


def key_pose() -> KeyPose:
    return KeyPose(
        kind=EventKind.PEAK_KNEE_FLEXION,
        side=Side.RIGHT,
        near=True,
        time_s=1.375,
        frame_index=82,
        xy_px=BLAZEPOSE33.body_of(points()),
        value=-5.5,
    )


def headers() -> dict[str, tuple[binary.Header, bytes]]:
    """Return each binary message by name: its header, and the picture behind it."""
    picture = Picture(index=120, time_s=2.0, image=np.zeros((48, 64, 3), np.uint8))
    key = key_pose()
    return {
        "frame.bin": (frame_header(1, picture, pose(), STATE), JPEG),
        "frame_nobody.bin": (frame_header(2, picture, None, None), JPEG),
        "still.bin": (still_header(key, (64, 48), Side.RIGHT, hello()), JPEG),
        "still_gone.bin": (still_header(key, None, None, hello()), b""),
    }
