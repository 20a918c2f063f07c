"""Gait tracking: from repaired poses to events, strides and state."""

from collections import deque
from collections.abc import Mapping, Sequence

import numpy as np

from edge.gait.activity import ActivityGate
from edge.gait.event_offsets import IN_PICTURES
from edge.gait.event_reading import Reading
from edge.gait.foot_signals import LegSignals, leg_signals
from edge.gait.phases import PhaseDetector
from edge.gait.planted_foot_speed import BeltSpeed
from edge.gait.provisional import ProvisionalEvents
from edge.gait.smoother import PoseSmoother, SmoothPose, extrapolated
from edge.gait.step_motion import StepMotion
from edge.gait.strides import StrideBuilder, StrideContext
from edge.messages.gait import Activity, EventKind, GaitEvent, GaitState, Phase
from edge.messages.legs import UNKNOWN_LEGS, LegFlaw, LegQuality
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import ANKLE, LEFT_HIP, LEFT_LEG, RIGHT_HIP, RIGHT_LEG
from edge.messages.stride import Stride
from edge.numerics.quantiles import median
from edge.settings.gait_settings import GaitSettings

_LONGEST_GAP_S = 0.25
_CADENCE_STRIDES = 4
# Provisional events are detected one frame before the newest, but no closer to it than this.
_EARLY_LAG_S = 1 / 60
_HIPS_AND_ANKLES = (LEFT_HIP, RIGHT_HIP, LEFT_LEG[ANKLE], RIGHT_LEG[ANKLE])

_UNCLEAR = LegQuality(score=0.0, flaw=LegFlaw.STRIDES)

GaitMessage = GaitEvent | Stride | GaitState


class GaitTracker:
    """Tracker of one runner's gait.

    Parameters
    ----------
    settings
        Smoothing window and event offsets.
    readings
        Linear models that correct a runner's events.
    """

    def __init__(
        self, settings: GaitSettings, *, readings: Mapping[EventKind, Reading] = IN_PICTURES
    ) -> None:
        self._smoother = PoseSmoother(settings.window_s)
        self._phases, self._early = (
            {
                side: PhaseDetector(side, settings, confirmed=confirmed, readings=readings)
                for side in Side
            }
            for confirmed in (True, False)
        )
        self._provisional = ProvisionalEvents()
        self._early_s = -np.inf
        self._builders = {side: StrideBuilder(side) for side in Side}
        self._belt = BeltSpeed()
        self._motion = StepMotion()
        self._gate = ActivityGate()
        self._found_s = -np.inf
        self._facing: Side | None = None
        self._belt_px_s = np.nan
        self._near_contact_s = np.nan
        self._strides_s: deque[float] = deque(maxlen=_CADENCE_STRIDES)

    def reset(self) -> None:
        """Forget the runner."""
        self._drop_motion()
        self._gate.reset()
        self._smoother.reset()
        self._found_s = -np.inf

    def resume(self, other: "GaitTracker") -> None:
        """Go on after another tracker of the same runner: nobody stops because trackers change."""
        self._gate.resume(other._gate)

    def update(
        self, window: Sequence[Pose], facing: Side | None, leg_px: float
    ) -> list[GaitMessage]:
        """Process the current window of poses.

        Parameters
        ----------
        window
            The latest poses, legs repaired with current knowledge, oldest first.
        facing
            The side of the picture run towards; None while unknown.
        leg_px
            Leg length in pixels; NaN while unknown.

        Returns
        -------
        Confirmed events and closed strides in order of decision, then provisional events, then the
        gait state at the newest frame.
        """
        newest = window[-1]
        if newest.breaks:
            self._gate.reset()
        activity = self._gate.see(newest.time_s, found=newest.found)
        if activity is Activity.ABSENT or newest.breaks or facing is not self._facing:
            self._drop_motion()
            self._facing = facing
        messages: list[GaitMessage] = []
        if facing is not None and leg_px > 0:
            piece = _unbroken(window)
            # Nobody has been found for a while, or frames were missing.
            if newest.time_s - self._found_s > _LONGEST_GAP_S:
                self._drop_motion()
            smoothed = self._smoother.update(piece, leg_px)
            for smooth in smoothed:
                messages += self._advance(smooth, facing, leg_px)
            if smoothed:
                interval_s = newest.time_s - window[-2].time_s
                messages += self._look_ahead(smoothed[-1], interval_s, facing, leg_px)
        if newest.found:
            self._found_s = newest.time_s
        messages.append(self._state(newest))
        return messages

    def _drop_motion(self) -> None:
        for side in Side:
            self._phases[side].reset()
            self._early[side].reset()
            self._builders[side].reset()
        self._provisional.reset()
        self._early_s = -np.inf
        self._belt.reset()
        self._motion.reset()
        self._belt_px_s = np.nan
        self._near_contact_s = np.nan
        self._strides_s.clear()

    def _advance(self, smooth: SmoothPose, facing: Side, leg_px: float) -> list[GaitMessage]:
        near = facing
        signals = {side: leg_signals(smooth, side, facing, leg_px) for side in Side}
        self._belt_px_s = self._belt.update(smooth.time_s, signals[near].ball_forward_px_s)
        hips = -float(smooth.xy_px[LEFT_HIP, 1] + smooth.xy_px[RIGHT_HIP, 1]) / 2 / leg_px
        gap = signals[near].reach - signals[near.other].reach
        self._motion.add(smooth.time_s, *_ankles(smooth, leg_px))
        self._gate.move(smooth.time_s, gap, hips, self._motion)
        messages: list[GaitMessage] = []
        for builder in self._builders.values():
            builder.see(smooth)
        for side in (near, near.other):
            for event in self._events(self._phases[side], signals[side], near=side is near):
                messages.append(event)
                messages += self._take(event, facing)
            self._builders[side].settle_peak(self._phases[side].settled_peak_s)
        return messages

    def _look_ahead(
        self, smooth: SmoothPose, interval_s: float, facing: Side, leg_px: float
    ) -> list[GaitEvent]:
        """Return the provisional events near the end of the smoother's window."""
        time_s = smooth.decided_at_s - max(interval_s, _EARLY_LAG_S)
        if not self._early_s < time_s or time_s < smooth.time_s:
            return []
        self._early_s = time_s
        pose = extrapolated(smooth, time_s - smooth.time_s)
        found: list[GaitEvent] = []
        for side in (facing, facing.other):
            signals = leg_signals(pose, side, facing, leg_px)
            for event in self._events(self._early[side], signals, near=side is facing):
                found += self._provisional.offer(event)
        return found

    def _events(
        self, detector: PhaseDetector, signals: LegSignals, *, near: bool
    ) -> list[GaitEvent]:
        walking = self._gate.activity is Activity.WALKING
        return detector.update(signals, self._belt_px_s, near=near, walking=walking)

    def _take(self, event: GaitEvent, facing: Side) -> list[Stride]:
        self._provisional.confirm(event)
        builder = self._builders[event.side]
        self._builders[event.side.other].opposite(event)
        if event.near and event.kind is EventKind.INITIAL_CONTACT:
            # Before the stride closes, so that its own duration counts when it is judged.
            self._gate.stride(event.time_s, event.time_s - self._near_contact_s)
            self._near_contact_s = event.time_s
        context = StrideContext(facing=facing, belt_speed_px_s=self._belt_px_s)
        strides = builder.update(event, context, self._gate.activity)
        if event.near:
            self._strides_s.extend(s.end_s - s.start_s for s in strides)
        return strides

    def _state(self, newest: Pose) -> GaitState:
        moving = self._gate.activity in (Activity.WALKING, Activity.RUNNING)
        phases = {side: self._phases[side].phase if moving else Phase.UNKNOWN for side in Side}
        stride_s = median(self._strides_s) if moving else np.nan
        return GaitState(
            frame_index=newest.frame_index,
            time_s=newest.time_s,
            activity=self._gate.activity,
            facing=self._facing,
            near_side=self._facing,
            left_phase=phases[Side.LEFT],
            right_phase=phases[Side.RIGHT],
            cadence_spm=120.0 / stride_s,
            belt_speed_px_s=self._belt_px_s,
            undecided=self._gate.undecided,
            legs=_UNCLEAR if self._gate.unclear else UNKNOWN_LEGS,
        )


def _ankles(smooth: SmoothPose, leg_px: float) -> list[tuple[float, float]]:
    """Return both ankles relative to the mid hip, in leg lengths."""
    left_hip, right_hip, *ankles = smooth.xy_px.take(_HIPS_AND_ANKLES, axis=0).tolist()
    x, y = ((left + right) / 2 for left, right in zip(left_hip, right_hip, strict=True))
    return [((ankle[0] - x) / leg_px, (ankle[1] - y) / leg_px) for ankle in ankles]


def _unbroken(window: Sequence[Pose]) -> list[Pose]:
    """Return the found poses since the last break or long gap."""
    piece: list[Pose] = []
    for pose in window:
        if pose.breaks or (piece and pose.time_s - piece[-1].time_s > _LONGEST_GAP_S):
            piece = []
        if pose.found:
            piece.append(pose)
    return piece
