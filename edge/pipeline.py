"""Frame in, messages out: the rooms in their order, with no thread and no clock."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from edge.coaching.cues import CueKeeper
from edge.coaching.verdicts import Coach
from edge.exercises.base import Sight
from edge.exercises.runner import ExerciseRunner
from edge.gait.event_offsets import gait_for
from edge.gait.gait_tracker import GaitTracker
from edge.identity.leg_identity import KEPT_S, LegIdentity
from edge.identity.view import View
from edge.messages.exercise import ExerciseUpdate
from edge.messages.frame import LEAST_RATE_HZ, Frame
from edge.messages.gait import Activity, GaitState
from edge.messages.message import Message
from edge.messages.pose import Pose
from edge.messages.reading import Belt, BeltInForce, Reading
from edge.messages.reason import Reason
from edge.messages.seen import Seen, Stance
from edge.messages.side import Side
from edge.messages.skeleton import LEFT_HIP, RIGHT_HIP
from edge.messages.stride import Stride, StrideMetrics
from edge.metrics.curves import stride_curves
from edge.metrics.measure import measure
from edge.metrics.model_offsets import NO_OFFSETS, ModelOffsets, offsets_of
from edge.metrics.speed import estimated_speed_mps
from edge.numerics.timing import Bell
from edge.pose.fallback_model import FallbackSpells
from edge.sensors.belt import BeltOwner
from edge.settings.coaching_settings import CoachingSettings
from edge.settings.settings import Settings

# A pose whose legs can no longer change hands is settled and goes to the record.
_SETTLED_S = 0.15
# Beyond this the camera sees the leg from ahead or behind: 0.3 m at 0.8 m of leg.
_OFF_AXIS_LEGS = 0.375
_RATE_FRAMES = 60
# On 29 rendered runners the two were 0.02 to 0.045 apart, on a real walker 0.04 to 0.07.
_DISAGREEMENT_LEGS = 0.1
# The norms behind the limits are of a level belt.
_MOST_INCLINE_PCT = 2.0
# Longer than it takes to decide on walking or running.
_STOOD_S = 2.5
# Whoever comes after so long an empty belt is a new runner, if only after a rest.
_EMPTY_S = 10.0


class Estimator(Protocol):
    """What turns a frame into a raw pose."""

    def update(self, frame: Frame) -> Pose:
        """Return the pose of one frame."""

    def reset(self) -> None:
        """Forget the person."""


class LegTeller(Protocol):
    """What tells a runner's legs apart."""

    view: View

    def update(self, pose: Pose) -> list[Pose]:
        """Take one raw pose in; return the poses of the last 0.3 s as they are seen now."""

    def reset(self) -> None:
        """Forget the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one frame brought.

    Attributes
    ----------
    pose
        The newest pose, legs told apart by what is known so far; for drawing.
    state
        The runner's state at this frame.
    messages
        For the record and the clients, in order: settled poses, then limits, events, metrics, key
        poses, verdicts and cues as they were decided, news of exercises, then the state.
    seen
        What all this came of.
    """

    pose: Pose
    state: GaitState
    messages: list[Message]
    seen: Seen


class Pipeline:
    """Run every room for one camera.

    Parameters
    ----------
    estimator
        The pose room.
    settings
        All rooms' settings.
    offsets
        The pose model's systematic offsets, if not those that are known of the model; for other
        sources of keypoints give ``NO_OFFSETS``.
    identity
        What tells the legs apart, if it is to be something else than the identity room.
    gait
        What follows the gait, if not as the settings have it.
    lap
        Told the name of each room when a frame has left it.
    network_begins
        Rung by the pose room as it begins to run a network.
    sensors
        Gives what sensors read up to a capture time; asked once a frame, and must not wait.

    Attributes
    ----------
    belt
        Belt speed and incline in force.
    network_begins
        The same; of a pose room that does not ring, one that is never rung.
    notices
        Sentences that a user should see.
    exercises
        What is being done; running until something else is asked for.
    """

    def __init__(
        self,
        estimator: Estimator,
        settings: Settings,
        offsets: ModelOffsets | None = None,
        identity: LegTeller | None = None,
        gait: GaitTracker | None = None,
        lap: Callable[[str], None] = lambda _room: None,
        network_begins: Bell | None = None,
        sensors: Callable[[float], Iterable[Reading]] = lambda _time_s: (),
    ) -> None:
        self.network_begins = network_begins or Bell()
        facing = settings.gait.facing
        self._estimator = estimator
        self._lap = lap
        self._stand_ins = FallbackSpells()
        self._sensors = sensors
        self._belt_owner = BeltOwner(
            Belt(speed_mps=settings.gait.belt_speed_mps, incline_pct=settings.gait.incline_pct)
        )
        self._neutral: Stance | None = None
        self.exercises = ExerciseRunner()
        model = settings.pose.model
        known = offsets or offsets_of(model)
        self.notices = (
            () if known else (f"offsets of model {settings.pose.model_name} are unknown",)
        )
        self._offsets = known or NO_OFFSETS
        own = identity or LegIdentity(None if facing == "auto" else Side(facing))
        self._identity: LegTeller = own
        self._gait = gait or GaitTracker(gait_for(model, settings.gait))
        self._coach = Coach(settings.coaching)
        self._cues = CueKeeper(settings.coaching)
        self._window: list[Pose] = []
        self._recorded_s = -np.inf
        self._intervals: deque[float] = deque(maxlen=_RATE_FRAMES)
        self._last_s = np.nan
        self._found_s = -np.inf
        self._standing_since_s = np.nan
        self._asked_anew = self._begun_anew = 0
        self.belt = BeltInForce(time_s=np.nan)
        self._belt_told = False

    def reset(self) -> None:
        """Forget the runner and everything decided about them."""
        self._estimator.reset()
        self._belt_owner.reset()
        self.exercises.reset()
        self._reset_rooms()

    def _reset_rooms(self) -> None:
        """Forget everything but where in the picture the person is."""
        for part in (self._identity, self._gait, self._coach, self._cues):
            part.reset()
        self._stand_ins.forget()
        self._window = []
        self._recorded_s = -np.inf
        self._intervals.clear()
        self._last_s = np.nan
        self._found_s = -np.inf
        self._standing_since_s = np.nan
        self._belt_owner.forget_runner()
        self.belt = BeltInForce(time_s=np.nan)
        # Told again in full at the next frame.
        self._belt_told = False

    def begin_anew(self) -> None:
        """Ask that the next pose be taken as a new runner's first; may be asked from any thread.

        A recorded session begins so: run again from its first pose, it gives the same strides.
        """
        self._asked_anew += 1

    @property
    def entered_belt(self) -> Belt:
        """What a person entered last; may be asked from any thread."""
        return self._belt_owner.entered

    def set_belt(self, *, speed_mps: float | None = None, incline_pct: float | None = None) -> None:
        """Say what the treadmill shows, from the next pose on; from any thread.

        None leaves what was said before; a speed of 0 takes it back.
        """
        self._belt_owner.enter(speed_mps=speed_mps, incline_pct=incline_pct)

    def set_neutral(self, stance: Stance | None) -> None:
        """Measure relative to this neutral stance from the next pose on; from any thread."""
        self._neutral = stance

    def use_limits(self, coaching: CoachingSettings) -> None:
        """Judge by the limits of these settings from the next stride on; from any thread."""
        self._coach.use_limits(coaching)

    @property
    def cadence_spm(self) -> tuple[float, float, float]:
        """The runner's own cadence before any cue, and the range to aim for; NaN until learnt."""
        return (self._cues.baseline_spm, *self._cues.target_spm)

    def use_stand_in(self, reason: Reason) -> None:
        """Say why poses from here on come from another model; none when they do not.

        The offsets and limits hold for the model that was chosen. A stride with any frame of a
        stand-in is marked invalid with this reason and not judged; its numbers are kept with it.
        """
        self._stand_ins.use(reason)

    def update(self, frame: Frame) -> Outcome:
        """Take one frame through all rooms."""
        return self.conclude(frame, self.look(frame))

    def look(self, frame: Frame) -> Pose:
        """Return what the pose room sees in a frame; frames in their order, each once."""
        pose = self._estimator.update(frame)
        self._lap("pose")
        return pose

    def conclude(self, frame: Frame, pose: Pose) -> Outcome:
        """Take what was seen in a frame through all other rooms.

        ``look`` and ``conclude`` share nothing, so that one thread may look at the frames to come
        while another concludes.
        """
        # Where the picture goes on and the pose does not, the person is another one.
        return self.follow(
            pose,
            another_person=pose.breaks and not frame.breaks,
            readings=self._sensors(pose.time_s),
            frame=frame,
        )

    def replay(self, seen: Seen) -> Outcome:
        """Take what a frame once gave through the same rooms again."""
        if seen.fresh:
            self.begin_anew()
        self.set_belt(speed_mps=seen.belt.speed_mps, incline_pct=seen.belt.incline_pct)
        self.set_neutral(seen.neutral)
        self.use_stand_in(seen.stand_in)
        return self.follow(seen.pose, another_person=seen.another_person, readings=seen.readings)

    def follow(
        self,
        pose: Pose,
        *,
        another_person: bool = False,
        readings: Iterable[Reading] = (),
        frame: Frame | None = None,
    ) -> Outcome:
        """Take one raw pose, and what sensors read, through all rooms after the pose room.

        Exercises may want its ``frame``, too.
        """
        entered, read = self._belt_owner.begin(readings)
        seen = self._seen(pose, entered, another_person=another_person)
        # What this pose pushes out of the window must be handed on before it is gone.
        out_s = np.inf if pose.breaks or seen.fresh else pose.time_s - KEPT_S
        messages: list[Message] = list(self._settled(out_s))
        if seen.fresh:
            messages += self._coach.pause(Reason("new_session"), pose.time_s)
            self._reset_rooms()
            read = list(seen.readings)
        elif another_person:
            messages += self._coach.pause(Reason("another_person"), pose.time_s)
            self._coach.reset()
            self._forget_runner()
        messages += read
        if pose.found:
            self._found_s = pose.time_s
        self._stand_ins.see(pose.time_s)
        self._intervals.append(pose.time_s - self._last_s)
        self._last_s = pose.time_s
        self._window = self._identity.update(pose)
        messages += self._settled(pose.time_s - _SETTLED_S)
        belt = self._belt_owner.at(pose.time_s)
        messages += self._coach.bands(belt.speed_mps, belt.source, pose.time_s)
        self._lap("identity")
        view = self._identity.view
        found = self._gait.update(self._window, view.facing, view.leg_px)
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
        if state.activity is not Activity.STANDING:
            self._standing_since_s = np.nan
        elif np.isnan(self._standing_since_s):
            self._standing_since_s = state.time_s
        # A moment without a decided gait, as when a camera came back, ends no verdict.
        stood = state.time_s - self._standing_since_s > _STOOD_S
        if state.activity is Activity.ABSENT or stood:
            messages[-1:-1] = self._coach.pause(Reason(state.activity.value), state.time_s)
        messages[-1:-1] = self._belt_changes(pose.time_s)
        self._lap("metrics")
        messages[-1:-1] = self._exercise(Sight(pose=self._window[-1], state=state, frame=frame))
        return Outcome(pose=self._window[-1], state=state, messages=messages, seen=seen)

    def _belt_changes(self, time_s: float) -> list[BeltInForce]:
        """Return the belt in force where it is not as it was told last."""
        now = self._belt_owner.at(time_s)
        # By its text, in which one NaN is like another.
        same = repr(replace(now, time_s=self.belt.time_s)) == repr(self.belt)
        if self._belt_told and same:
            return []
        self.belt, self._belt_told = now, True
        return [now]

    def _exercise(self, seen: Sight) -> list[ExerciseUpdate]:
        updates = self.exercises.update(seen)
        for update in updates:
            if update.stance is not None:
                self._neutral = update.stance
        return updates

    def _seen(self, pose: Pose, entered: Belt, *, another_person: bool) -> Seen:
        # Read once: the next may be asked for meanwhile.
        asked = self._asked_anew
        comes = pose.found and pose.time_s - self._found_s > _EMPTY_S
        fresh = comes or asked != self._begun_anew
        self._begun_anew = asked
        return Seen(
            pose=pose,
            fresh=fresh,
            another_person=another_person,
            stand_in=self._stand_ins.in_use,
            belt=entered,
            neutral=self._neutral,
            readings=self._belt_owner.readings,
        )

    def _forget_runner(self) -> None:
        """Keep nothing of one runner for the next: neither baseline nor belt speed."""
        self._cues.reset()
        self._belt_owner.forget_runner()

    def finish(self) -> list[Message]:
        """Return what was still open when the frames ended."""
        return list(self._settled(np.inf))

    def _settled(self, before_s: float) -> list[Pose]:
        ready = [p for p in self._window if self._recorded_s < p.time_s <= before_s]
        if ready:
            self._recorded_s = ready[-1].time_s
        return ready

    def _judge(self, stride: Stride, seen: Seen) -> list[Message]:
        metrics, key_poses = measure(stride, self._offsets, seen.neutral)
        stand_in = self._stand_ins.reason(float(stride.times_s[0]), float(stride.times_s[-1]))
        if stand_in:
            metrics = replace(metrics, valid=False, reason=metrics.reason or stand_in)
            key_poses = []
        if stride.near and stride.valid:
            self._belt_owner.see(
                estimated_speed_mps(stride.belt_speed_px_s, self._identity.view.leg_px)
            )
        belt = self._belt_owner.at(seen.pose.time_s)
        trust = self._distrust(metrics, stand_in, belt)
        verdicts = self._coach.update(metrics, belt.speed_mps, trust)
        cues = self._cues.update(metrics, belt.speed_mps, verdicts)
        drawn: list[Message] = [k for k in key_poses if stride.near]
        if stride.near and metrics.valid and (curves := stride_curves(stride)) is not None:
            drawn.append(curves)
        bands = self._coach.bands(belt.speed_mps, belt.source, metrics.decided_at_s)
        return [metrics, *drawn, *bands, *verdicts, *cues]

    def _distrust(self, metrics: StrideMetrics, stand_in: Reason, belt: BeltInForce) -> Reason:
        """Return why this stride must not be judged, for reasons outside the stride; else none."""
        if not metrics.near:
            return Reason()
        if stand_in:
            return stand_in
        pose = self._window[-1]
        if not pose.skeleton.has_feet:
            return Reason("no_feet")
        rate_hz = 1 / float(np.nanmedian(self._intervals)) if len(self._intervals) > 1 else np.inf
        if rate_hz < LEAST_RATE_HZ:
            return Reason("frame_rate_low", rate_hz=round(rate_hz))
        if abs(belt.incline_pct) > _MOST_INCLINE_PCT:
            return Reason("incline", most_pct=_MOST_INCLINE_PCT)
        if self._identity.view.disagreement_legs > _DISAGREEMENT_LEGS:
            return Reason("legs_disagree")
        away = abs(float(np.mean(pose.body_px[[LEFT_HIP, RIGHT_HIP], 0])) - pose.size_px[0] / 2)
        if away > _OFF_AXIS_LEGS * self._identity.view.leg_px:
            return Reason("off_centre")
        return Reason()
