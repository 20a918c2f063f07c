"""The traffic lights in force: one verdict per fault at each stride of a leg."""

from collections import deque
from dataclasses import asdict, replace
from math import nan

import numpy as np

from edge.coaching.belt_change import BeltWatch
from edge.coaching.fault_tracker import FaultTracker
from edge.coaching.faults import RULES
from edge.coaching.limits import limit_speed_mps, limits_at
from edge.messages.gait import Activity
from edge.messages.reading import BeltSource
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Bands, Fault, Verdict, VerdictState
from edge.settings.coaching_settings import CoachingSettings

FAR_LEG = Reason("far_leg")
NONE = Reason()

_NOT_RUNNING = {Reason(activity.value) for activity in Activity if activity != Activity.RUNNING}


class LegCoach:
    """Coach for the strides of one leg."""

    def __init__(self, side: Side, settings: CoachingSettings) -> None:
        self._side = side
        self._settings = settings
        self._told: tuple[CoachingSettings, float, BeltSource] | None = None
        self._belt = BeltWatch(settings)
        self._trackers = [FaultTracker(fault, settings) for fault in Fault]
        self._recent: deque[StrideMetrics | None] = deque(maxlen=settings.recent_strides)

    def reset(self) -> None:
        """Forget everything about the runner."""
        self._belt.reset()
        self.forget_strides()

    def begin(self) -> None:
        """Restart for a new runner; the limits are sent again."""
        self.reset()
        self._told = None

    def update(
        self, metrics: StrideMetrics, speed_mps: float, trust: Reason = NONE
    ) -> list[Verdict]:
        """Judge one stride of this leg; see ``Coach.update``."""
        if not metrics.near:
            self.reset()
            return [tracker.unknown(metrics, FAR_LEG) for tracker in self._trackers]
        usable = metrics.valid and not trust
        if usable and self._belt.update(speed_mps):
            self.forget_strides()
        why_not = trust or (metrics.reason if metrics.reason in _NOT_RUNNING else NONE)
        if not why_not and self._belt.warm_up:
            why_not = Reason(
                "belt_changed", seen=self._belt.warm_up, needed=self._settings.warm_up_strides
            )
        self._recent.append(metrics if usable and not why_not else None)
        if why_not:
            return [tracker.unknown(metrics, why_not) for tracker in self._trackers]
        bands = limits_at(self._settings, self.limit_speed_mps(speed_mps))
        return [tracker.update(metrics, list(self._recent), bands) for tracker in self._trackers]

    def limit_speed_mps(self, speed_mps: float) -> float:
        """Return the speed for the limits: that of the strides, or ``speed_mps`` before any."""
        seen_mps = self._belt.speed_mps
        return limit_speed_mps(self._settings, seen_mps if np.isfinite(seen_mps) else speed_mps)

    def bands(self, speed_mps: float, source: BeltSource, time_s: float) -> list[Bands]:
        """Return the limits in force if they changed since the last call; see ``Coach``."""
        known = np.isfinite(self._belt.speed_mps) or speed_mps > 0
        source = source if known else BeltSource.NONE
        basis = (self._settings, self.limit_speed_mps(speed_mps), source)
        if basis == self._told:
            return []
        self._told = basis
        limits = limits_at(*basis[:2])
        return [
            Bands(
                side=self._side,
                fault=fault,
                metric=rule.deciding,
                **asdict(limits[rule.deciding]),
                speed_mps=basis[1],
                speed_source=source,
                decided_at_s=time_s,
            )
            for fault, rule in RULES.items()
        ]

    def use_limits(self, settings: CoachingSettings) -> None:
        """Use the limits of new settings from the next stride on."""
        self._settings = settings

    def forget_strides(self) -> None:
        """Restart judging at the next stride, with the same belt speed."""
        self._recent.clear()
        for tracker in self._trackers:
            tracker.reset()


class Coach:
    """Coach that judges the strides of the near leg; those of the far leg get no verdict.

    Parameters
    ----------
    settings
        Limits and counts: screening defaults, to be adjusted by each clinic.

    Raises
    ------
    ValueError
        If the settings require more strides than they keep.
    """

    def __init__(self, settings: CoachingSettings) -> None:
        counts = (settings.min_valid_strides, settings.window_strides, settings.recent_strides)
        if not 1 <= counts[0] <= counts[1] <= counts[2]:
            raise ValueError(
                "coaching needs 1 <= min_valid_strides <= window_strides <= recent_strides, "
                f"got {', '.join(map(str, counts))}"
            )
        self._legs = {side: LegCoach(side, settings) for side in Side}
        self._last: dict[tuple[Side, Fault], Verdict] = {}

    def reset(self) -> None:
        """Restart for a new runner."""
        self._last.clear()
        for leg in self._legs.values():
            leg.begin()

    def use_limits(self, settings: CoachingSettings) -> None:
        """Use the limits of new settings from the next stride on; counts stay as they are.

        May be called from any thread.
        """
        for leg in self._legs.values():
            leg.use_limits(settings)

    def update(
        self, metrics: StrideMetrics, speed_mps: float, trust: Reason = NONE
    ) -> list[Verdict]:
        """Judge one stride; return both faults' verdicts for its leg, changed or not.

        Parameters
        ----------
        metrics
            The stride. The far leg, walking or standing, and too few valid strides give an unknown
            verdict with the reason.
        speed_mps
            Belt speed at the stride, positive; NaN or zero if unknown.
        trust
            Why nothing may be judged now (runner off centre, low frame rate); no reason if it may.
        """
        verdicts = self._legs[metrics.side].update(metrics, speed_mps, trust)
        self._last.update({(v.side, v.fault): v for v in verdicts})
        return verdicts

    def bands(self, speed_mps: float, source: BeltSource, time_s: float) -> list[Bands]:
        """Return the limits in force that changed since the last call; all after ``reset``.

        Parameters
        ----------
        speed_mps, source
            Current belt speed, NaN or zero if unknown, and its source. The speed of a leg's strides
            takes precedence.
        time_s
            Capture time of the frame.
        """
        return [
            band for leg in self._legs.values() for band in leg.bands(speed_mps, source, time_s)
        ]

    def pause(self, reason: Reason, time_s: float) -> list[Verdict]:
        """Withdraw the verdicts when strides stop coming: the person stands or has left.

        Returns
        -------
        The verdicts that were in force, now unknown; empty if there were none, so that it may be
        called at every frame. Judging restarts; the belt speed is kept.
        """
        paused = [
            replace(
                verdict,
                state=VerdictState.UNKNOWN,
                reason=reason,
                cue=None,
                decided_at_s=time_s,
                mean=nan,
                ci95=(nan, nan),
                error95=nan,
                strides=0,
            )
            for verdict in self._last.values()
            if verdict.reason not in (reason, FAR_LEG)
        ]
        for verdict in paused:
            self._last[verdict.side, verdict.fault] = verdict
            self._legs[verdict.side].forget_strides()
        return paused
