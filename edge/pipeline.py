"""The processing pipeline: frame in, messages out, without threads or clocks."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol

import numpy as np

from edge.coaching.cues import CueTracker
from edge.coaching.held_notices import HeldNotices
from edge.coaching.trust import Conditions, distrust
from edge.coaching.verdicts import Coach
from edge.exercises.base import Sight
from edge.exercises.runner import ExerciseRunner
from edge.exercises.set_up_check.lines import sure_roll_deg
from edge.gait.event_offsets import gait_for
from edge.gait.gait_tracker import GaitTracker
from edge.gait.playing_speed import PlayingSpeed
from edge.gait.standing_spell import StandingSpell
from edge.identity.leg_identity import KEPT_S, LegIdentity
from edge.identity.settled_poses import SettledPoses
from edge.identity.view import View
from edge.messages.exercise import ExerciseUpdate
from edge.messages.frame import Frame
from edge.messages.gait import Activity, GaitState
from edge.messages.message import Message
from edge.messages.notice import Notice
from edge.messages.outcome import Outcome
from edge.messages.points_by_hand import PointsByHand, PointsChange
from edge.messages.pose import Pose
from edge.messages.reading import Belt, BeltInForce, Reading
from edge.messages.reason import Reason
from edge.messages.seen import Seen, Stance
from edge.messages.side import Side
from edge.messages.skeleton import LEFT_HIP, RIGHT_HIP
from edge.messages.stride import Stride, StrideMetrics
from edge.messages.verdict import Verdict
from edge.messages.withholding import FEET, different_hz, withheld
from edge.metrics.curves import stride_curves
from edge.metrics.measure import measure
from edge.metrics.model_offsets import NO_OFFSETS, ModelOffsets, offsets_of
from edge.metrics.points_in_force import PointsInForce
from edge.metrics.speed import estimated_speed_mps
from edge.numerics.timing import Callback
from edge.pose.fallback_model import FallbackSpells
from edge.scene.scene_watch import SceneWatch
from edge.sensors.belt import BeltOwner
from edge.sensors.belt_notice import belt_notice
from edge.settings.coaching_settings import CoachingSettings
from edge.settings.settings import Settings

# Delay after which a pose is settled, as leg identity no longer changes, and goes to the record.
_SETTLED_S = 0.15
_RATE_FRAMES = 60
# Longer than it takes to decide on walking or running.
_STOOD_S = 2.5
# Someone who appears after the belt was empty this long counts as a new runner.
_EMPTY_S = 10.0


class Estimator(Protocol):
    """An estimator of raw poses."""

    def update(self, frame: Frame) -> Pose:
        """Return the pose of one frame."""

    def reset(self) -> None:
        """Forget the person."""


class LegIdentifier(Protocol):
    """A method of telling left and right legs apart."""

    view: View

    def update(self, pose: Pose) -> list[Pose]:
        """Add one raw pose; return the poses of the last 0.3 s as now understood."""

    def reset(self) -> None:
        """Forget the person."""


class Pipeline:
    """The pipeline of one camera, from pose to coaching.

    Parameters
    ----------
    estimator
        The pose room.
    settings
        All rooms' settings.
    offsets
        The pose model's systematic offsets; by default those known for the model. For other
        sources of keypoints pass ``NO_OFFSETS``.
    identity
        Replaces the identity room.
    gait
        Replaces the gait tracker made from the settings.
    lap
        Called with the name of each room when a frame has passed it.
    network_begins
        Rung by the pose room when it starts running a network.
    sensors
        Returns the readings up to a capture time; called once per frame, must not block.

    Attributes
    ----------
    belt
        Belt speed and incline in force.
    network_begins
        As given; if none was given, a callback that is never rung.
    notices
        What is known at the start to be wrong.
    exercises
        The exercises in progress; running by default.
    """

    def __init__(
        self,
        estimator: Estimator,
        settings: Settings,
        offsets: ModelOffsets | None = None,
        identity: LegIdentifier | None = None,
        gait: GaitTracker | None = None,
        lap: Callable[[str], None] = lambda _room: None,
        network_begins: Callback | None = None,
        sensors: Callable[[float], Iterable[Reading]] = lambda _time_s: (),
    ) -> None:
        self.network_begins = network_begins or Callback()
        facing = settings.gait.facing
        self._estimator = estimator
        self._lap = lap
        self._stand_ins = FallbackSpells()
        self._sensors = sensors
        self._belt_owner = BeltOwner(
            Belt(speed_mps=settings.gait.belt_speed_mps, incline_pct=settings.gait.incline_pct)
        )
        self._neutral: Stance | None = None
        self._points = PointsInForce()
        self.exercises = ExerciseRunner()
        model = settings.pose.model
        known = offsets or offsets_of(model)
        unknown = Notice("offsets_unknown", model=settings.pose.model_name)
        self.notices = () if known else (unknown,)
        self._held = HeldNotices()
        self._scene = SceneWatch(sure_roll_deg)
        self._playing = PlayingSpeed()
        self._offsets = known or NO_OFFSETS
        own = identity or LegIdentity(None if facing == "auto" else Side(facing))
        self._identity: LegIdentifier = own
        self._gait = gait or GaitTracker(gait_for(model, settings.gait))
        self._coach = Coach(settings.coaching)
        self._cues = CueTracker(settings.coaching)
        self._poses = SettledPoses()
        self._intervals: deque[float] = deque(maxlen=_RATE_FRAMES)
        self._last_s = np.nan
        self._found_s = -np.inf
        self._standing = StandingSpell()
        self._asked_anew = self._begun_anew = 0
        self._asked_end = self._ended = 0
        self.belt = BeltInForce(time_s=np.nan)
        self._belt_told = False

    def reset(self) -> None:
        """Forget the runner and everything decided about them."""
        self._estimator.reset()
        self._belt_owner.reset()
        self._held.reset()
        self._scene.reset()
        self._points.reset()
        self.exercises.reset()
        self._reset_rooms()

    def _reset_rooms(self) -> None:
        """Reset everything except the person's position in the picture."""
        for part in (
            self._identity,
            self._poses,
            self._gait,
            self._standing,
            self._playing,
            self._coach,
            self._cues,
        ):
            part.reset()
        self._stand_ins.forget()
        self._intervals.clear()
        self._last_s = np.nan
        self._found_s = -np.inf
        self._belt_owner.forget_runner()
        self.belt = BeltInForce(time_s=np.nan)
        # Sent again in full at the next frame.
        self._belt_told = False

    def begin_anew(self) -> None:
        """Treat the next pose as a new runner's first; callable from any thread.

        Called at the start of a recorded session, so that a replay gives the same strides.
        """
        self._asked_anew += 1

    def end_runner(self) -> None:
        """Forget the runner at the next pose, and what was entered; callable from any thread.

        Called at the end of an operator's session: nobody knows who comes next.
        """
        self._belt_owner.withdraw()
        self._asked_end += 1

    @property
    def entered_belt(self) -> Belt:
        """The belt values last entered by a person; readable from any thread."""
        return self._belt_owner.entered

    def set_belt(self, *, speed_mps: float | None = None, incline_pct: float | None = None) -> None:
        """Enter what the treadmill shows, from the next pose on; callable from any thread.

        None keeps the previous value; a speed of 0 clears it.
        """
        self._belt_owner.enter(speed_mps=speed_mps, incline_pct=incline_pct)

    def set_neutral(self, stance: Stance | None) -> None:
        """Measure relative to this stance from the next pose on; callable from any thread."""
        self._neutral = stance

    def set_points(self, points: PointsByHand | None, *, vouched: bool = False) -> None:
        """Correct the near leg by these points from the next pose on; callable from any thread.

        With ``vouched`` they hold until they are set again, else until another runner appears.
        """
        self._points.use(points, vouched=vouched)

    def use_limits(self, coaching: CoachingSettings) -> None:
        """Judge by these limits from the next stride on; callable from any thread."""
        self._coach.use_limits(coaching)

    @property
    def cadence_spm(self) -> tuple[float, float, float]:
        """The baseline cadence before any cue, and the target range; NaN until known."""
        return (self._cues.baseline_spm, *self._cues.target_spm)

    def use_fallback(self, reason: Reason) -> None:
        """Set why poses come from a fallback model from now on; an empty reason ends that.

        Offsets and limits apply to the chosen model only. A stride with any frame from a fallback
        model keeps its numbers but is marked invalid with this reason and not judged.
        """
        self._stand_ins.use(reason)

    def update(self, frame: Frame) -> Outcome:
        """Process one frame."""
        return self.conclude(frame, self.look(frame))

    def look(self, frame: Frame) -> Pose:
        """Return the raw pose of a frame; call once per frame, in order."""
        pose = self._estimator.update(frame)
        self._lap("pose")
        return pose

    def conclude(self, frame: Frame, pose: Pose) -> Outcome:
        """Process a frame's raw pose in all other rooms.

        ``look`` and ``conclude`` share no state, so one thread may call ``look`` for later frames
        while another calls ``conclude``.
        """
        # If tracking breaks but the pictures do not, it is a different person.
        return self.follow(
            pose,
            another_person=pose.breaks and not frame.breaks,
            readings=self._sensors(pose.time_s),
            frame=frame,
            notices=frame.notices,
        )

    def replay(self, seen: Seen) -> Outcome:
        """Process a recorded input again."""
        if seen.fresh:
            self.begin_anew()
        self.set_belt(speed_mps=seen.belt.speed_mps, incline_pct=seen.belt.incline_pct)
        self.set_neutral(seen.neutral)
        self.set_points(seen.points, vouched=True)
        self.use_fallback(seen.stand_in)
        return self.follow(
            seen.pose,
            another_person=seen.another_person,
            readings=seen.readings,
            notices=seen.notices,
            recorded=True,
        )

    def follow(
        self,
        pose: Pose,
        *,
        another_person: bool = False,
        readings: Iterable[Reading] = (),
        frame: Frame | None = None,
        notices: tuple[Notice, ...] = (),
        recorded: bool = False,
    ) -> Outcome:
        """Process one raw pose and sensor readings in all rooms after the pose room.

        Parameters
        ----------
        pose, another_person, readings
            As recorded in ``Seen``.
        frame
            For what only the picture shows; None for keypoints without pictures.
        notices
            The source's; of a recorded input, also those of the scene.
        recorded
            Whether this is a recorded input, whose scene is in ``notices``.
        """
        entered, read = self._belt_owner.begin(readings)
        seen = self._seen(pose, entered, another_person=another_person)
        if not recorded:
            notices = (*notices, *self._watch(frame, seen))
        seen = replace(seen, notices=notices)
        # Poses that this one pushes out of the window must be passed on first.
        out_s = np.inf if pose.breaks or seen.fresh else pose.time_s - KEPT_S
        messages: list[Message] = list(self._poses.take(out_s))
        if seen.fresh or seen.another_person:
            code = "another_person" if another_person else "session_ended"
            messages += self._begin_runner(seen, code)
        messages += self._points_changes(seen)
        messages += seen.readings if seen.fresh else read
        if why_not := withheld(seen.notices):
            messages += self._coach.pause(why_not, pose.time_s)
        if pose.found:
            self._found_s = pose.time_s
        self._stand_ins.see(pose.time_s)
        self._intervals.append(pose.time_s - self._last_s)
        self._last_s = pose.time_s
        self._poses.window = self._identity.update(pose)
        messages += self._poses.take(pose.time_s - _SETTLED_S)
        # Those settled by a new runner are the last one's.
        self._watch_strides([] if seen.fresh else messages)
        belt = self._belt_owner.at(pose.time_s)
        messages += self._coach.bands(belt.speed_mps, belt.source, pose.time_s)
        self._lap("identity")
        view = self._identity.view
        found = self._gait.update(self._poses.window, view.facing, view.leg_px)
        self._lap("gait")
        for message in found:
            if isinstance(message, Stride):
                messages += self._judge(message, seen)
            else:
                messages.append(message)
        state = messages[-1]
        assert isinstance(state, GaitState)
        if state.activity is Activity.ABSENT:
            self._forget_runner()
        # A short time without a known gait, as after a camera reconnects, does not end verdicts.
        stood = self._standing.update(state) > _STOOD_S
        if state.activity is Activity.ABSENT or (stood and not why_not):
            messages[-1:-1] = self._coach.pause(Reason(state.activity.value), state.time_s)
        messages[-1:-1] = self._belt_changes(pose.time_s)
        messages[-1:-1] = self._held.update(self._notices(seen), pose.time_s, again=seen.fresh)
        self._lap("metrics")
        messages[-1:-1] = self._exercise(
            Sight(pose=self._poses.window[-1], state=state, frame=frame, notices=seen.notices)
        )
        return Outcome(pose=self._poses.window[-1], state=state, messages=messages, seen=seen)

    def _begin_runner(self, seen: Seen, code: str) -> list[Verdict]:
        """Forget the previous runner; return the verdicts withdrawn, for the reason ``code``."""
        code = "new_session" if seen.fresh else code
        withdrawn = self._coach.pause(Reason(code), seen.pose.time_s)
        if seen.fresh:
            self._reset_rooms()
        else:
            self._coach.reset()
            self._forget_runner()
            self._belt_told = False
        self.exercises.restart()
        return withdrawn

    def _points_changes(self, seen: Seen) -> list[Message]:
        """Return the points set by hand if they have changed, and the verdicts withdrawn."""
        if not self._points.changes(seen.points, anew=seen.fresh):
            return []
        time_s = seen.pose.time_s
        change = PointsChange(points=seen.points, time_s=time_s)
        return [change, *self._coach.pause(Reason("points_changed"), time_s)]

    def _belt_changes(self, time_s: float) -> list[BeltInForce]:
        """Return the belt in force if it has changed since it was last sent."""
        now = self._belt_owner.at(time_s)
        # Compared as text, in which NaN equals NaN.
        same = repr(replace(now, time_s=self.belt.time_s)) == repr(self.belt)
        if self._belt_told and same:
            return []
        self.belt, self._belt_told = now, True
        return [now]

    def _notices(self, seen: Seen) -> tuple[Notice, ...]:
        """Return everything known to be wrong with the pictures at this frame."""
        return (*seen.notices, *self.notices, belt_notice(self.belt))

    def _exercise(self, seen: Sight) -> list[ExerciseUpdate]:
        updates = self.exercises.update(seen)
        for update in updates:
            if update.stance is not None:
                self._neutral = update.stance
        return updates

    def _watch(self, frame: Frame | None, seen: Seen) -> tuple[Notice, ...]:
        """Return what is wrong with the scene."""
        if seen.fresh:
            self._scene.reset()
            self._playing.reset()
        found = self._scene.update(frame, seen.pose, self._identity.view.near_side)
        if any(notice.code == "camera_moved" for notice in found):
            # Relative to the camera as it stood.
            self._neutral = None
        return (*found, *filter(None, (self._playing.notice,)))

    def _watch_strides(self, messages: Iterable[Message]) -> None:
        """Check in the settled poses that the film plays at the speed it was filmed at."""
        view = self._identity.view
        for message in messages:
            if isinstance(message, Pose):
                self._playing.update(message, view.facing, view.leg_px)

    def _seen(self, pose: Pose, entered: Belt, *, another_person: bool) -> Seen:
        # Read once: another thread may change it meanwhile.
        asked, ended = self._asked_anew, self._asked_end
        comes = pose.found and pose.time_s - self._found_s > _EMPTY_S
        fresh = comes or asked != self._begun_anew
        another_person |= ended != self._ended and not fresh
        self._begun_anew, self._ended = asked, ended
        return Seen(
            pose=pose,
            fresh=fresh,
            another_person=another_person,
            stand_in=self._stand_ins.in_use,
            belt=entered,
            neutral=self._neutral,
            points=self._points.at(pose.time_s, another=fresh or another_person),
            readings=self._belt_owner.readings,
        )

    def _forget_runner(self) -> None:
        """Clear the runner's baseline and belt speed, which do not apply to the next runner."""
        self._cues.reset()
        self._belt_owner.forget_runner()

    def finish(self) -> list[Message]:
        """Return the poses still unsettled at the end of the frames."""
        return list(self._poses.take(np.inf))

    def _judge(self, stride: Stride, seen: Seen) -> list[Message]:
        why_not = withheld(seen.notices)
        feet_seen = why_not.code not in FEET
        metrics, key_poses = measure(
            stride, self._offsets, seen.neutral, feet_seen=feet_seen, by_hand=seen.points
        )
        stand_in = self._stand_ins.reason(float(stride.times_s[0]), float(stride.times_s[-1]))
        # Without feet the rest of the stride is measured all the same.
        if unfit := stand_in or (why_not if feet_seen else Reason()):
            metrics = replace(metrics, valid=False, reason=metrics.reason or unfit)
            key_poses = []
        if stride.near and stride.valid:
            self._belt_owner.see(
                estimated_speed_mps(stride.belt_speed_px_s, self._identity.view.leg_px)
            )
        belt = self._belt_owner.at(seen.pose.time_s)
        trust = self._distrust(metrics, stand_in or why_not, belt, different_hz(seen.notices))
        verdicts = self._coach.update(metrics, belt.speed_mps, trust)
        cues = self._cues.update(metrics, belt.speed_mps, verdicts)
        # Stills and curves show a stride that counts: none of walking.
        shown = stride.near and metrics.valid
        drawn: list[Message] = list(key_poses) if shown else []
        if shown and (curves := stride_curves(stride)) is not None:
            drawn.append(curves)
        bands = self._coach.bands(belt.speed_mps, belt.source, metrics.decided_at_s)
        return [metrics, *drawn, *bands, *verdicts, *cues]

    def _distrust(
        self, metrics: StrideMetrics, why_not: Reason, belt: BeltInForce, most_hz: float
    ) -> Reason:
        """Return why this stride must not be judged, for reasons outside the stride; else none."""
        if not metrics.near or why_not:
            return why_not if metrics.near else Reason()
        pose, view = self._poses.window[-1], self._identity.view
        hips_px = float(np.mean(pose.body_px[[LEFT_HIP, RIGHT_HIP], 0]))
        rate_hz = 1 / float(np.nanmedian(self._intervals)) if len(self._intervals) > 1 else np.inf
        return distrust(
            Conditions(
                has_feet=pose.skeleton.has_feet,
                rate_hz=min(rate_hz, most_hz),
                incline_pct=belt.incline_pct,
                disagreement_legs=view.disagreement_legs,
                off_axis_legs=abs(hips_px - pose.size_px[0] / 2) / view.leg_px,
            )
        )
