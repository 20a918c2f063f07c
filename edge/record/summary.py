"""The content of ``session.json``: counts, means and verdicts of one recording."""

from array import array
from collections import Counter, deque
from dataclasses import dataclass
from math import inf, isfinite, nan
from typing import Any, Final

from edge.exercises.calf_raise.calf_raise import CALF_RAISE
from edge.i18n.cue_words import english_cue
from edge.i18n.reasons import english
from edge.messages.exercise import ExerciseUpdate
from edge.messages.frame import LEAST_RATE_HZ
from edge.messages.gait import Activity, EventKind, GaitEvent, GaitState
from edge.messages.legs import LegQuality, LegSource
from edge.messages.message import Message
from edge.messages.metric import Metric
from edge.messages.notice import Notice, NoticeChange
from edge.messages.points_by_hand import PointsChange
from edge.messages.pose import Pose
from edge.messages.raises import RaiseSet
from edge.messages.reading import BeltInForce, BeltSource
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Fault, Verdict, VerdictState
from edge.messages.withholding import withheld
from edge.numerics.quantiles import LatencyQuantiles, median
from edge.record.activity_clock import MOVING, ActivityClock
from edge.record.belt_series import BeltSeries
from edge.record.notice_spans import NoticeSpans
from edge.record.numbers import interval, number
from edge.record.points_entry import PointsEntry
from edge.record.raises_data import raises_entry
from edge.record.session_frames import SessionFrames
from edge.record.side_totals import SideTotals

SCHEMA: Final = 1
SPEED_SOURCES: Final = {
    BeltSource.NONE: None,
    BeltSource.ENTERED: "entered",
    BeltSource.TREADMILL: "treadmill",
    BeltSource.PICTURE: "estimated",
}
# At 90 strides a minute of one leg, more than eighteen hours.
_KEPT_STRIDES: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """The facts of a session that are known before its first frame.

    Attributes
    ----------
    toeline
        Version of the program.
    source
        The source's name, without a password.
    model, config_sha256
        Which pose model, and the hash of all settings.
    nominal_rate_hz
        As the source says; NaN if unknown.
    """

    toeline: str
    source: str
    model: str
    config_sha256: str
    nominal_rate_hz: float = nan


class SessionSummary:
    """Accumulator of the messages of one session.

    Parameters
    ----------
    facts
        What is known beforehand.
    """

    def __init__(self, facts: SessionFacts) -> None:
        self._facts = facts
        self.reset()

    def reset(self) -> None:
        """Start with nothing seen."""
        self._frames = SessionFrames()
        self._clock = ActivityClock()
        self._facing: Counter[Side] = Counter()
        self._near_side: Counter[Side] = Counter()
        self._events: Counter[tuple[EventKind, Side]] = Counter()
        self._sides = {side: SideTotals() for side in Side}
        self._quality = _Quality()
        self._near_spm: deque[float] = deque(maxlen=_KEPT_STRIDES)
        self._walking_spm: deque[float] = deque(maxlen=_KEPT_STRIDES)
        self._belt = BeltInForce(time_s=nan)
        self._belt_series = BeltSeries()
        self._notices = NoticeSpans()
        self._points = PointsEntry()
        self._raises: list[RaiseSet] = []
        self._raising = ""
        self._verdicts: dict[tuple[Fault, Side], Verdict] = {}
        self._capture_to_pose = LatencyQuantiles()
        self._event_decision = LatencyQuantiles()

    def update(self, message: Message) -> None:
        """Add one message, in the pipeline's order."""
        match message:
            case Pose():
                self._frames.update(message)
            case GaitState():
                self._take_state(message)
            case GaitEvent(confirmed=True):
                self._take_event(message)
            case StrideMetrics():
                self._take_stride(message)
            case BeltInForce():
                self._belt = message
                self._belt_series.update(message)
            case Verdict():
                self._verdicts[message.fault, message.side] = message
            case NoticeChange():
                self._notices.update(message)
            case PointsChange():
                self._take_points(message)
            case ExerciseUpdate():
                self._take_exercise(message)

    def capture_to_pose(self, latency_ms: float) -> None:
        """Add one frame's latency from arrival to pose."""
        self._capture_to_pose.add(latency_ms)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Every notice that held at some time, in the order in which they began."""
        return self._notices.all

    @property
    def saw_anybody(self) -> bool:
        """Whether a person was in view at some time."""
        totals_s = self._clock.totals_s(self._frames.interval_s())
        return any(s > 0 for activity, s in totals_s.items() if activity is not Activity.ABSENT)

    def result(
        self,
        *,
        captured: int | None = None,
        dropped: int | None = None,
        complete: bool = True,
    ) -> dict[str, Any]:
        """Return the current content of ``session.json``.

        Parameters
        ----------
        captured, dropped
            The source's own counts; None takes them from the gaps between frame numbers.
        complete
            Whether the recording was gone through to its end.

        Returns
        -------
        Strict JSON: only finite numbers, None where something is absent. Numbers are rounded to
        six decimals. The same messages always give the same dict, keys in the same order.
        """
        return {
            "schema": SCHEMA,
            "toeline": self._facts.toeline,
            "source": self._facts.source,
            "model": self._facts.model,
            "config_sha256": self._facts.config_sha256,
            "frames": self._frames.counts(captured, dropped),
            "frame_rate_hz": {
                "nominal": number(self._facts.nominal_rate_hz),
                "measured": number(self._frames.rate_hz()),
            },
            "duration_s": number(self._frames.duration_s()),
            "facing": _commonest(self._facing),
            "near_side": _commonest(self._near_side),
            "belt_speed_mps": number(self._belt.speed_mps),
            "belt_speed_source": SPEED_SOURCES[self._belt.source],
            "belt": self._belt_series.as_json(self._frames.first_s, self._frames.last_s),
            # Kept for its readers: only the set-up check measures roll, and not in a session.
            "camera_roll_deg": None,
            "activity_s": {
                activity.value: number(seconds)
                for activity, seconds in self._clock.totals_s(self._frames.interval_s()).items()
            },
            "cadence_spm": self._cadence_spm(),
            "sides": {side.value: self._sides[side].as_json() for side in Side},
            "verdicts": {
                fault.value: {side.value: self._verdict(fault, side) for side in Side}
                for fault in Fault
            },
            "latency_ms": {
                "capture_to_pose": _latency_entry(self._capture_to_pose),
                "event_decision": _latency_entry(self._event_decision),
            },
            "events": {
                kind.value: {side.value: self._events[kind, side] for side in Side}
                for kind in EventKind
            },
            "leg_swaps": self._frames.swaps(),
            "quality": self._quality.as_json(),
            "notices": self._notices.as_json(self._frames.first_s),
            "points_by_hand": self._points.as_json(self._frames.first_s),
            "complete": complete,
            **(raises_entry(self._raises, self._raising) if self._raising else {}),
        }

    def _take_state(self, state: GaitState) -> None:
        self._frames.see(state.time_s)
        self._clock.update(state)
        if state.activity in MOVING:
            if state.facing is not None:
                self._facing[state.facing] += 1
            if state.near_side is not None:
                self._near_side[state.near_side] += 1

    def _take_event(self, event: GaitEvent) -> None:
        self._events[event.kind, event.side] += 1
        if event.near:
            self._event_decision.add(1000 * (event.decided_at_s - event.time_s))

    def _take_points(self, change: PointsChange) -> None:
        self._points.change(change)
        if change.points is not None:
            self._sides[change.points.side].set_points()

    def _take_exercise(self, update: ExerciseUpdate) -> None:
        if update.kind == CALF_RAISE:
            self._raising = update.code
            self._raises += [] if update.raises is None else [update.raises]

    def _take_stride(self, stride: StrideMetrics) -> None:
        self._sides[stride.side].add(stride)
        if stride.valid:
            self._points.add(stride)
        if stride.near:
            self._quality.add(stride.legs)
        stride_s = stride.value(Metric.STRIDE_TIME) / 1000
        if not isfinite(stride_s):
            stride_s = stride.end_s - stride.start_s
        if not stride.near or not 0 < stride_s < inf:
            return
        # Two steps per stride.
        if stride.valid:
            self._near_spm.append(120 / stride_s)
        elif self._clock.activity is Activity.WALKING:
            self._walking_spm.append(120 / stride_s)

    def _cadence_spm(self) -> float | None:
        strides = self._near_spm or self._walking_spm
        return number(median(strides)) if strides else None

    def _verdict(self, fault: Fault, side: Side) -> dict[str, Any]:
        verdict = self._verdicts.get((fault, side))
        reason = self._no_strides() if verdict is None else verdict.reason
        return {
            "state": VerdictState.UNKNOWN.value if verdict is None else verdict.state.value,
            "reason": english(reason),
            "reason_code": reason.code,
            "cue": None if verdict is None else english_cue(verdict.cue),
            # Of the strides that were judged: the last ten, not all of the session.
            "mean": None if verdict is None else number(verdict.mean),
            "ci95": None if verdict is None else interval(*verdict.ci95),
            "error95": None if verdict is None else number(verdict.error95),
            "strides": 0 if verdict is None else verdict.strides,
        }

    def _no_strides(self) -> Reason:
        if why_not := withheld(self._notices.all):
            return why_not
        rate_hz = self._frames.rate_hz()
        if rate_hz < LEAST_RATE_HZ:
            return Reason("no_strides_rate", rate_hz=round(rate_hz))
        return Reason("no_strides")


class _Quality:
    """How far the near leg could be trusted, and whose points were followed, by stride."""

    def __init__(self) -> None:
        self._scores = array("d")
        self._sources: Counter[LegSource] = Counter()

    def add(self, legs: LegQuality | None) -> None:
        """Add a stride; one of an older Toeline has no quality."""
        if legs is None:
            return
        self._sources[legs.source] += 1
        if isfinite(legs.score):
            self._scores.append(legs.score)

    def as_json(self) -> dict[str, Any]:
        """Return the ``quality`` entry: median score, and each source's share of the strides."""
        strides = self._sources.total()
        return {
            "score": number(median(self._scores)) if self._scores else None,
            "source": {
                source.value: number(self._sources[source] / strides)
                for source in LegSource
                if self._sources[source]
            },
        }


def _latency_entry(latencies: LatencyQuantiles) -> dict[str, Any]:
    return {
        "p50": number(latencies.quantile_ms(0.50)),
        "p95": number(latencies.quantile_ms(0.95)),
    }


def _commonest(counts: Counter[Side]) -> str | None:
    """Return the most common side, with a fixed choice on ties; None if empty."""
    return max(Side, key=lambda side: counts[side]).value if counts else None
