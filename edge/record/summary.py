"""The content of ``session.json``: counts, means and verdicts of one recording."""

from array import array
from collections import Counter, deque
from dataclasses import dataclass
from math import inf, isfinite, nan
from typing import Any, Final

from edge.i18n.cue_words import english_cue
from edge.i18n.reasons import english
from edge.messages.frame import LEAST_RATE_HZ
from edge.messages.gait import Activity, EventKind, GaitEvent, GaitState
from edge.messages.legs import LegQuality, LegSource
from edge.messages.message import Message
from edge.messages.metric import Metric
from edge.messages.notice import Notice, NoticeChange
from edge.messages.points_by_hand import CORRECTED, PointsChange
from edge.messages.pose import Pose
from edge.messages.reading import BeltInForce, BeltSource
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Fault, Verdict, VerdictState
from edge.messages.withholding import withheld
from edge.metrics.catalogue import METRIC_NAMES
from edge.numerics.quantiles import LatencyQuantiles, median
from edge.numerics.statistics import Spread, spread
from edge.record.activity_clock import MOVING, ActivityClock
from edge.record.belt_series import BeltSeries
from edge.record.notice_spans import NoticeSpans
from edge.record.numbers import number
from edge.record.points_entry import PointsEntry

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
        self._frames = _FrameCounts()
        self._clock = ActivityClock()
        self._facing: Counter[Side] = Counter()
        self._near_side: Counter[Side] = Counter()
        self._events: Counter[tuple[EventKind, Side]] = Counter()
        self._sides = {side: _SideTotals() for side in Side}
        self._quality = _Quality()
        self._near_spm: deque[float] = deque(maxlen=_KEPT_STRIDES)
        self._walking_spm: deque[float] = deque(maxlen=_KEPT_STRIDES)
        self._belt = BeltInForce(time_s=nan)
        self._belt_series = BeltSeries()
        self._notices = NoticeSpans()
        self._points = PointsEntry()
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
            "ci95": None if verdict is None else _interval(*verdict.ci95),
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


class _FrameCounts:
    """Frames, their times and their repairs."""

    def __init__(self) -> None:
        self._processed = 0
        self._found = 0
        self._swapped = 0
        self._last: Pose | None = None
        self._steps = 0
        self._steps_s = 0.0
        self._first_s = nan
        self._last_s = nan

    def update(self, pose: Pose) -> None:
        """Add one processed frame."""
        self.see(pose.time_s)
        self._processed += 1
        self._found += int(pose.found)
        self._swapped += int(pose.swapped)
        if not isfinite(pose.time_s):
            return
        if self._last is not None and not pose.breaks:
            self._steps += pose.frame_index - self._last.frame_index
            self._steps_s += pose.time_s - self._last.time_s
        self._last = pose

    def see(self, time_s: float) -> None:
        """Extend the session to a time."""
        if isfinite(time_s):
            # min and max keep the first argument when the second is NaN.
            self._first_s = min(time_s, self._first_s)
            self._last_s = max(time_s, self._last_s)

    def counts(self, captured: int | None, dropped: int | None) -> dict[str, int]:
        """Return the ``frames`` entry."""
        if captured is None:
            captured = max(self._processed, self._last.frame_index + 1 if self._last else 0)
        if dropped is None:
            dropped = max(0, captured - self._processed)
        return {"captured": captured, "processed": self._processed, "dropped": dropped}

    def rate_hz(self) -> float:
        """Return captured frames per second, breaks excluded; NaN for fewer than two."""
        return self._steps / self._steps_s if self._steps_s > 0 else nan

    @property
    def first_s(self) -> float:
        """The first time of the session; NaN before it."""
        return self._first_s

    @property
    def last_s(self) -> float:
        """The last time of the session; NaN before it."""
        return self._last_s

    def interval_s(self) -> float:
        """Return the frame interval at the measured rate; 0 while that is unknown."""
        return self._steps_s / self._steps if self._steps > 0 else 0.0

    def duration_s(self) -> float:
        """Return the seconds from the first frame to the end of the last; 0 without frames."""
        if not isfinite(self._first_s):
            return 0.0
        return self._last_s - self._first_s + self.interval_s()

    def swaps(self) -> dict[str, int]:
        """Return the ``leg_swaps`` entry; ``frames`` are those with a person in view."""
        return {"exchanged_frames": self._swapped, "frames": self._found}


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


class _SideTotals:
    """Strides of one leg, and the values of their metrics.

    A trimmed mean needs them all: 0.7 MB for each hour of one leg's strides.
    """

    def __init__(self) -> None:
        self._strides = 0
        self._valid = 0
        self._metrics = {name: array("d") for name in METRIC_NAMES}
        self._error95: dict[str, float] = {}
        # By points set by hand, which are in force if the last stride was measured by them.
        self._by_hand = {name: array("d") for name in CORRECTED}
        self._in_force = False

    def set_points(self) -> None:
        """Note that points were set by hand: values by other points do not count with theirs."""
        self._by_hand = {name: array("d") for name in CORRECTED}

    def add(self, stride: StrideMetrics) -> None:
        """Add one stride; only valid ones count for the metrics."""
        self._strides += 1
        if stride.valid:
            self._valid += 1
            if stride.by_hand is not self._in_force:
                # The model errs more than points set by hand do.
                self._error95.clear()
            self._in_force = stride.by_hand
            for name, values in self._metrics.items():
                values.append(stride.model_value(name))
            if stride.by_hand:
                for name, values in self._by_hand.items():
                    values.append(stride.value(name))
            for name, error in stride.error95.items():
                self._error95[name] = max(error, self._error95.get(name, error))

    def as_json(self) -> dict[str, Any]:
        """Return the entry of one side."""
        metrics = self._metrics | (self._by_hand if self._in_force else {})
        return {
            "strides": self._strides,
            "valid": self._valid,
            "metrics": {
                name: _spread_entry(spread(values), self._error95.get(name, nan))
                for name, values in metrics.items()
            },
        }


def _spread_entry(found: Spread, error95: float) -> dict[str, Any]:
    return {
        "mean": number(found.mean),
        "sd": number(found.sd),
        # Of the scatter of strides alone; the model's error stands beside it.
        "ci95": _interval(found.low, found.high),
        "error95": number(error95),
        "n": found.count,
    }


def _interval(low: float, high: float) -> list[float | None] | None:
    return [number(low), number(high)] if isfinite(low) and isfinite(high) else None


def _latency_entry(latencies: LatencyQuantiles) -> dict[str, Any]:
    return {
        "p50": number(latencies.quantile_ms(0.50)),
        "p95": number(latencies.quantile_ms(0.95)),
    }


def _commonest(counts: Counter[Side]) -> str | None:
    """Return the most common side, with a fixed choice on ties; None if empty."""
    return max(Side, key=lambda side: counts[side]).value if counts else None
