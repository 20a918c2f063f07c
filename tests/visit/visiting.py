"""A visit played on frames made by hand: what somebody does, second by second."""

from math import isnan, nan
from typing import Any

import numpy as np
from skeletons import BLAZEPOSE33

from edge.messages.feedback import DoseSource
from edge.messages.gait import Activity, GaitState, Phase
from edge.messages.message import Message
from edge.messages.metric import MetricValues
from edge.messages.outcome import Outcome
from edge.messages.pose import Pose
from edge.messages.reading import BeltInForce, BeltSource
from edge.messages.reason import Reason
from edge.messages.seen import Seen
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.messages.visit import Block, Screen, VisitStep
from edge.visit.begin_visit import begin_visit
from edge.visit.template_reading import read_template
from edge.visit.visit_run import VisitRun

HZ = 10
STRIDE_S = 0.7

SHORT = """
[[steps]]
kind = "patient"
[[steps]]
kind = "warm_up"
seconds = 5
[[steps]]
kind = "baseline"
seconds = 6
strides = 5
[[steps]]
kind = "cue"
cue = "auto"
seconds = 6
[[steps]]
kind = "retention"
strides = 5
[[steps]]
kind = "pain"
[[steps]]
kind = "other_side"
[[steps]]
kind = "baseline"
side = "other"
strides = 5
[[steps]]
kind = "calf_raises"
[[steps]]
kind = "result"
"""


def stride(
    start_s: float, side: Side = Side.RIGHT, *, near: bool = True, reason: str = ""
) -> StrideMetrics:
    return StrideMetrics(
        side=side,
        near=near,
        start_s=start_s,
        peak_knee_flexion_s=start_s + 0.15,
        toe_off_s=start_s + 0.3,
        end_s=start_s + STRIDE_S,
        valid=not reason,
        reason=Reason(reason),
        values=MetricValues(),
        decided_at_s=start_s + STRIDE_S + 0.05,
    )


class Played:
    """A visit and the frames given to it."""

    def __init__(self, text: str = SHORT, name: str = "short", number: int | None = None) -> None:
        template = read_template(name, text).template
        assert template is not None
        self.template = template
        status = begin_visit("s1", "R-07", template, number, 100.0, DoseSource.NUMBER_UNKNOWN)
        self.run = VisitRun(status, template, session="s1")
        self.time_s = 0.0
        self.side = Side.RIGHT
        self.activity = Activity.STANDING
        self._stride_s = nan

    @property
    def step(self) -> VisitStep:
        step = self.run.status.step
        assert step is not None
        return step

    def at(self, id_: str) -> VisitStep:
        return next(step for step in self.run.status.steps if step.id == id_)

    def screen(self) -> Screen:
        return self.run.status.screen

    def blocks(self) -> tuple[Block, ...]:
        return self.run.blocks

    @property
    def missing(self) -> list[str]:
        return [each.code for each in self.step.missing]

    def give(self, *messages: Message, **seen: Any) -> None:
        """Give one frame; ``wait_s`` after the last."""
        self.time_s = round(self.time_s + seen.pop("wait_s", 1 / HZ), 6)
        index = round(self.time_s * HZ)
        found = self.activity is not Activity.ABSENT
        pose = Pose(
            frame_index=index,
            time_s=self.time_s,
            size_px=(64, 48),
            skeleton=BLAZEPOSE33,
            xy_px=np.full((33, 2), 1.0 if found else np.nan),
            visibility=np.full(33, 1.0 if found else np.nan),
            depth_px=np.full(33, np.nan),
            presence=float(found),
        )
        state = GaitState(
            frame_index=index,
            time_s=self.time_s,
            activity=self.activity,
            facing=self.side,
            near_side=self.side if found else None,
            left_phase=Phase.UNKNOWN,
            right_phase=Phase.UNKNOWN,
            cadence_spm=nan,
            belt_speed_px_s=nan,
        )
        seen = {"pose": pose} | seen
        self.run.update(
            Outcome(pose=pose, state=state, messages=[*messages, state], seen=Seen(**seen))
        )

    def do(self, activity: Activity, seconds: float, *, reason: str = "") -> None:
        """Do something for a while; running gives strides of the near leg."""
        self.activity = activity
        if activity is not Activity.RUNNING:
            self._stride_s = nan
        for _ in range(round(seconds * HZ)):
            running = activity is Activity.RUNNING
            self.give(*(self._strides(reason) if running else ()))

    def _strides(self, reason: str) -> list[Message]:
        """Return the stride that ends now, if one does."""
        before_s = self._stride_s
        if self.time_s - before_s < STRIDE_S + 0.1:
            return []
        self._stride_s = self.time_s
        return [] if isnan(before_s) else [stride(before_s, self.side, reason=reason)]

    def run_for(self, seconds: float, **options: Any) -> None:
        self.do(Activity.RUNNING, seconds, **options)

    def belt(self, speed_mps: float, source: BeltSource = BeltSource.ENTERED) -> BeltInForce:
        return BeltInForce(time_s=self.time_s, speed_mps=speed_mps, source=source)

    def again(self) -> None:
        """Restart the station: everything goes on from the record."""
        step = self.run.status
        self.run = VisitRun(
            step, self.template, session="s2", blocks=self.run.blocks, first=self.run.first
        )
        self.time_s = 0.0
