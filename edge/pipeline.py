"""The processing pipeline: frame in, messages out, without threads or clocks."""

from collections.abc import Callable, Iterable

from edge.coaching.coaching import Coaching
from edge.coaching.frame_rate import FrameRate
from edge.coaching.held_notices import HeldNotices
from edge.coaching.trust import Conditions, distrust
from edge.exercises.base import Sight
from edge.exercises.runner import ExerciseRunner
from edge.exercises.set_up_check.lines import sure_roll_deg
from edge.gait.event_offsets import gait_for
from edge.gait.gait_tracker import GaitTracker
from edge.gait.two_sources import SourcedGait
from edge.identity.leg_identifier import LegIdentifier
from edge.identity.leg_identity import LegIdentity
from edge.identity.runner_changes import RunnerChanges
from edge.identity.settled_poses import SettledPoses
from edge.messages.frame import Frame
from edge.messages.gait import Activity, GaitState
from edge.messages.legs import LegQuality, LegSource
from edge.messages.message import Message
from edge.messages.notice import Notice
from edge.messages.outcome import Outcome
from edge.messages.points_by_hand import PointsChange
from edge.messages.pose import Pose
from edge.messages.reading import Belt, BeltInForce, Reading
from edge.messages.reason import Reason
from edge.messages.seen import Seen
from edge.messages.side import Side
from edge.messages.stride import Stride
from edge.messages.verdict import Verdict
from edge.messages.withholding import different_hz, withheld
from edge.metrics.model_errors import NO_ERRORS, errors_of
from edge.metrics.model_offsets import NO_OFFSETS, ModelOffsets, offsets_of
from edge.metrics.points_in_force import PointsInForce
from edge.metrics.speed import estimated_speed_mps
from edge.metrics.stride_messages import stride_messages
from edge.numerics.timing import Callback
from edge.pose.estimator_port import Estimator
from edge.pose.fallback_model import FallbackSpells
from edge.scene.scene_watch import SceneWatch
from edge.sensors.belt import BeltOwner
from edge.sensors.belt_changes import BeltChanges
from edge.sensors.belt_notice import belt_notice
from edge.settings.settings import Settings


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
        sources of keypoints pass ``NO_OFFSETS``; no model's error then widens a verdict's interval.
    identity
        Replaces the identity room.
    gait
        Makes the gait tracker for a source of leg points, instead of one from the settings.
    lap
        Called with the name of each room when a frame has passed it.
    network_begins
        Rung by the pose room when it starts running a network; by default never.
    sensors
        Returns the readings up to a capture time; called once per frame, must not block.

    Attributes
    ----------
    belt_owner, coaching, exercises, fallback, points
        Parts of which other threads may call the methods that say so.
    network_begins, notices
        As given; and what is known at the start to be wrong.
    """

    def __init__(
        self,
        estimator: Estimator,
        settings: Settings,
        offsets: ModelOffsets | None = None,
        identity: LegIdentifier | None = None,
        gait: Callable[[LegSource], GaitTracker] | None = None,
        lap: Callable[[str], None] = lambda _room: None,
        network_begins: Callback | None = None,
        sensors: Callable[[float], Iterable[Reading]] = lambda _time_s: (),
    ) -> None:
        self.network_begins = network_begins or Callback()
        self._estimator = estimator
        self._lap = lap
        self._sensors = sensors
        model, gait_settings = settings.pose.model, settings.gait
        known = dict.fromkeys(LegSource, offsets) if offsets else offsets_of(model)
        unknown = Notice("offsets_unknown", model=settings.pose.model_name)
        self.notices = () if known else (unknown,)
        self._offsets = known or dict.fromkeys(LegSource, NO_OFFSETS)
        self._errors = {s: NO_ERRORS if offsets else errors_of(model, s) for s in LegSource}
        self.belt_owner = BeltOwner(
            Belt(speed_mps=gait_settings.belt_speed_mps, incline_pct=gait_settings.incline_pct)
        )
        self._belt = BeltChanges()
        self._held = HeldNotices()
        self._scene = SceneWatch(sure_roll_deg)
        self._runners = RunnerChanges()
        self._rate = FrameRate()
        facing = None if gait_settings.facing == "auto" else Side(gait_settings.facing)
        self._poses = SettledPoses(identity or LegIdentity(facing))
        self._gait = SourcedGait(
            gait or (lambda source: GaitTracker(gait_for(model, gait_settings, source)))
        )
        self.coaching = Coaching(settings.coaching)
        self.exercises = ExerciseRunner()
        self.fallback = FallbackSpells()
        self.points = PointsInForce()

    def reset(self) -> None:
        """Forget the runner and everything decided about them."""
        for part in (self._estimator, self.belt_owner, self._held, self._scene, self._runners):
            part.reset()
        self.points.reset()
        self.exercises.reset()
        self._reset_rooms()

    def _reset_rooms(self) -> None:
        """Reset everything except the person's position in the picture."""
        for part in (self._poses, self._rate, self._gait, self.coaching, self._belt):
            part.reset()
        self.fallback.forget()
        self.belt_owner.forget_runner()

    def begin_anew(self) -> None:
        """Treat the next pose as a new runner's first; callable from any thread.

        Called at the start of a recorded session, so that a replay gives the same strides.
        """
        self._runners.begin_anew()

    def end_runner(self) -> None:
        """Forget the runner at the next pose, and what was entered; callable from any thread.

        Called at the end of an operator's session: nobody knows who comes next.
        """
        self.belt_owner.withdraw()
        self._runners.end()

    @property
    def belt(self) -> BeltInForce:
        """Belt speed and incline in force; readable from any thread."""
        return self._belt.belt

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
        self.belt_owner.enter(speed_mps=seen.belt.speed_mps, incline_pct=seen.belt.incline_pct)
        self.exercises.neutral = seen.neutral
        self.points.use(seen.points, vouched=True)
        self.fallback.use(seen.stand_in)
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
        entered, read = self.belt_owner.begin(readings)
        fresh, another_person, why_new = self._runners.update(pose, another_person=another_person)
        if not recorded:
            near_side = self._poses.view.near_side
            notices += self._scene.update(frame, pose, near_side, fresh=fresh)
        seen = Seen(
            pose=pose,
            fresh=fresh,
            another_person=another_person,
            stand_in=self.fallback.in_use,
            belt=entered,
            neutral=self.exercises.neutral,
            points=self.points.at(pose.time_s, another=fresh or another_person),
            readings=self.belt_owner.readings,
            notices=notices,
        )
        # Poses that this one pushes out of the window must be passed on first.
        messages: list[Message] = [*self._poses.leaving(pose, fresh=fresh)]
        if why_new:
            messages += self._begin_runner(why_new, seen)
        messages += self._points_changes(seen)
        messages += seen.readings if fresh else read
        if why_not := withheld(notices):
            messages += self.coaching.pause(why_not, pose.time_s)
        messages += self._tell_legs_apart(seen, messages)
        messages += self.coaching.bands(self.belt_owner.at(pose.time_s), pose.time_s)
        messages += self.coaching.feedback(pose.time_s)
        return self._measure(seen, messages, frame)

    def finish(self) -> list[Message]:
        """Return the poses still unsettled at the end of the frames, and the exercises' results."""
        return [*self._poses.rest(), *self.exercises.finish()]

    def _begin_runner(self, why: Reason, seen: Seen) -> list[Verdict]:
        """Forget the previous runner; return the verdicts withdrawn."""
        withdrawn = self.coaching.pause(why, seen.pose.time_s)
        if seen.fresh:
            self._reset_rooms()
        else:
            self.coaching.begin_runner()
            self.belt_owner.forget_runner()
            self._belt.send_again()
        self.exercises.restart()
        return withdrawn

    def _points_changes(self, seen: Seen) -> list[Message]:
        """Return the points set by hand if they have changed, and the verdicts withdrawn."""
        if not self.points.changes(seen.points, anew=seen.fresh):
            return []
        time_s = seen.pose.time_s
        change = PointsChange(points=seen.points, time_s=time_s)
        return [change, *self.coaching.pause(Reason("points_changed"), time_s)]

    def _tell_legs_apart(self, seen: Seen, left: Iterable[Message]) -> list[Pose]:
        """Return the poses that are settled now; ``left`` are those that left the window."""
        self.fallback.see(seen.pose.time_s)
        self._rate.add(seen.pose.time_s)
        settled, view = self._poses.update(seen.pose), self._poses.view
        # Those settled by a new runner are the last one's.
        poses = [] if seen.fresh else [m for m in left if isinstance(m, Pose)] + settled
        self._scene.see_settled(poses, view.facing, view.leg_px)
        return settled

    def _measure(self, seen: Seen, messages: list[Message], frame: Frame | None) -> Outcome:
        """Run the rooms after identity; return all messages of the frame."""
        self._lap("identity")
        poses, view, newest = self._poses, self._poses.view, self._poses.window[-1]
        *found, state = self._gait.update(
            poses.window, poses.rival, view.facing, view.leg_px, poses.legs
        )
        assert isinstance(state, GaitState)
        self._lap("gait")
        for message in found:
            messages += self._judge(message, seen) if isinstance(message, Stride) else [message]
        messages += self._end_frame(state, seen)
        self._lap("metrics")
        sight = Sight(pose=newest, state=state, frame=frame, notices=seen.notices)
        messages += [*self.exercises.update(sight), state]
        return Outcome(pose=newest, state=state, messages=messages, seen=seen)

    def _judge(self, stride: Stride, seen: Seen) -> list[Message]:
        """Measure one stride, and judge it by the belt and under the conditions of this frame."""
        why_not = withheld(seen.notices)
        stand_in = self.fallback.reason(float(stride.times_s[0]), float(stride.times_s[-1]))
        source = stride.legs.source
        metrics, drawn = stride_messages(
            stride,
            self._offsets[source],
            seen,
            errors=self._errors[source],
            stand_in=stand_in,
            why_not=why_not,
        )
        if stride.near and stride.valid:
            leg_px = self._poses.view.leg_px
            self.belt_owner.see(estimated_speed_mps(stride.belt_speed_px_s, leg_px))
        belt = self.belt_owner.at(seen.pose.time_s)
        trust = stand_in or why_not or distrust(self._conditions(belt, seen, stride.legs))
        return [metrics, *drawn, *self.coaching.update(metrics, belt, trust)]

    def _conditions(self, belt: BeltInForce, seen: Seen, legs: LegQuality) -> Conditions:
        """Return what a stride of this frame was seen under."""
        pose, view = self._poses.window[-1], self._poses.view
        return Conditions(
            has_feet=pose.skeleton.has_feet,
            rate_hz=self._rate_hz(seen),
            incline_pct=belt.incline_pct,
            legs=legs,
            disagreement_legs=view.disagreement_legs,
            off_axis_legs=view.off_axis_legs(pose),
        )

    def _rate_hz(self, seen: Seen) -> float:
        """Return how many different pictures arrive in a second."""
        return min(self._rate.hz, different_hz(seen.notices))

    def _end_frame(self, state: GaitState, seen: Seen) -> list[Message]:
        """Return verdicts withdrawn, belt and notices as they hold at the end of this frame."""
        if state.activity is Activity.ABSENT:
            # The belt speed seen does not apply to the next runner.
            self.belt_owner.forget_runner()
        paused = self.coaching.rest(
            state, withheld=bool(withheld(seen.notices)), rate_hz=self._rate_hz(seen)
        )
        belt = self._belt.update(self.belt_owner.at(seen.pose.time_s))
        notices = (
            *seen.notices,
            *self.notices,
            belt_notice(self.belt),
            self.coaching.notice(state),
        )
        return [*paused, *belt, *self._held.update(notices, seen.pose.time_s, again=seen.fresh)]
