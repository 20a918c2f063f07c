"""Load guard: measures the load every second and sheds what the station can do without."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite, nan
from statistics import median

from edge.i18n.notices import english_notice
from edge.messages.notice import Notice
from edge.settings.load_settings import LoadSettings
from edge.station.load.shedding import Load, Shedding, Step, next_shedding

_log = logging.getLogger(__name__)

_EVERY_S = 1.0
# Every other frame, even where the camera's interval varies by a third.
_SKIP_BELOW = 1.5
_WORST_FIRST = (Step.POSE_RATE, Step.MODEL_SIZE, Step.PREVIEW_SIZE, Step.PREVIEW_RATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Levers:
    """The kinds of load that a station can shed.

    Attributes
    ----------
    preview
        Limits the preview's pictures a second and rows; infinity means no limit. None without a
        preview.
    smaller_model
        Switches to the smaller pose model or back, and returns the name in use. None if there is
        no smaller one.
    pose_rate
        Whether frames may be skipped.
    """

    preview: Callable[[float, float], None] | None = None
    smaller_model: Callable[[bool], str] | None = None
    pose_rate: bool = False


class LoadGuard:
    """Load shedding of one station by ``edge.station.load.shedding``; for the worker's thread.

    Parameters
    ----------
    settings
        Whether to shed load, and the reduced preview.
    levers
        The kinds of load that can be shed.
    rate_hz
        The source's nominal frame rate; NaN if unknown.

    Attributes
    ----------
    model
        Name of the pose model in use after the first switch; empty before.
    """

    def __init__(self, settings: LoadSettings, levers: Levers, rate_hz: float) -> None:
        self._settings = settings
        self._levers = levers
        self._allowed = _allowed(settings, levers)
        self._nominal_s = 1 / rate_hz if isfinite(rate_hz) and rate_hz > 0 else inf
        self._interval_s = nan
        self._now = Shedding()
        self._hot = False
        self.model = ""
        self._last_kept_s = -inf
        self._began_s = nan
        self._worked_ms: list[float] = []
        self._late = 0
        self._captured = 0
        self._lost = 0

    @property
    def step(self) -> Step:
        """The current step."""
        return self._now.step

    @property
    def shed(self) -> str:
        """The step as a word for machines; empty when nothing is shed."""
        return self.step.name.lower() if self.step is not Step.NOTHING else ""

    @property
    def notice(self) -> Notice:
        """What is shed, worst first; empty when nothing is."""
        given_up = [step for step in _WORST_FIRST if step <= self.step and step in self._allowed]
        if self.step >= Step.PREVIEW_SIZE and Step.PREVIEW_RATE in self._allowed:
            # "few small pictures" already includes "fewer pictures".
            given_up.pop()
        if not given_up:
            return Notice()
        shed = " ".join(step.name.lower() for step in given_up)
        if self._hot:
            return Notice("machine_hot", shed=shed, model=self.model)
        return Notice("machine_slow", shed=shed, model=self.model)

    def leaves_out(self, time_s: float) -> bool:
        """Return whether to skip the frame with this capture time."""
        if self.step < Step.POSE_RATE or not isfinite(self._interval_s):
            return False
        # Measured from the last kept frame, so that kept frames stay evenly spaced.
        if 0 <= time_s - self._last_kept_s < _SKIP_BELOW * self._interval_s:
            return True
        self._last_kept_s = time_s
        return False

    def worked(self, work_ms: float, *, late: bool) -> None:
        """Record one frame: how long the worker took, and whether it was late."""
        self._worked_ms.append(work_ms)
        self._late += late

    def look(self, time_s: float, captured: int, lost: int, *, hot: bool = False) -> None:
        """Evaluate the last second, once it is complete.

        Parameters
        ----------
        time_s
            Monotonic time.
        captured, lost
            Frames since the station's start; lost ones found the worker busy.
        hot
            Whether the board is throttled by heat, or about to be.
        """
        elapsed_s = time_s - self._began_s
        if elapsed_s < _EVERY_S:
            return
        if isfinite(elapsed_s):
            self._decide(time_s, elapsed_s, captured - self._captured, lost - self._lost, hot=hot)
        self._began_s = time_s
        self._captured, self._lost = captured, lost
        self._worked_ms.clear()
        self._late = 0

    def _decide(
        self, time_s: float, elapsed_s: float, captured: int, lost: int, *, hot: bool
    ) -> None:
        busy, missed = nan, 0.0
        if captured and self._worked_ms:
            # A source that waits for the worker runs at the worker's pace: use its nominal rate.
            self._interval_s = min(elapsed_s / captured, self._nominal_s)
            every = 2 if self.step >= Step.POSE_RATE else 1
            busy = median(self._worked_ms) / (1000 * self._interval_s * every)
            missed = (self._late + lost) / captured
        before, self._hot = self._now.step, hot
        load = Load(time_s=time_s, busy=busy, missed=missed, hot=hot)
        self._now = next_shedding(self._now, load, self._allowed)
        if self._now.step is not before:
            self._pull()
            _log.warning("%s", english_notice(self.notice) or "this machine is fast enough again")

    def _pull(self) -> None:
        step = self._now.step
        if self._levers.preview is not None:
            self._levers.preview(
                self._settings.preview_hz if step >= Step.PREVIEW_RATE else inf,
                self._settings.preview_rows if step >= Step.PREVIEW_SIZE else inf,
            )
        if self._levers.smaller_model is not None:
            self.model = self._levers.smaller_model(step >= Step.MODEL_SIZE)


def _allowed(settings: LoadSettings, levers: Levers) -> frozenset[Step]:
    steps = {Step.NOTHING}
    if settings.shed and levers.preview is not None:
        steps |= {Step.PREVIEW_RATE, Step.PREVIEW_SIZE}
    if settings.shed and levers.smaller_model is not None:
        steps.add(Step.MODEL_SIZE)
    if settings.shed and levers.pose_rate:
        steps.add(Step.POSE_RATE)
    return frozenset(steps)
