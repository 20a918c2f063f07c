"""Control of the points set by hand: checks operators' points and reports those in force."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.gait import EventKind
from edge.messages.outcome import Outcome
from edge.messages.points_by_hand import Pixel, PointsByHand
from edge.messages.side import Side
from edge.messages.skeleton import ANKLE, HEEL, KNEE, TOE
from edge.messages.stride import KeyPose
from edge.metrics.corrected_leg import offsets_legs, refusal
from edge.numerics.sagittal import runner_axes
from edge.pipeline import Pipeline
from edge.record.points_json import points_json
from edge.serve.control.control_messages import points_message
from edge.serve.live.hub import Hub
from edge.serve.wire import commands
from edge.serve.wire.commands import Done
from edge.sinks.recorder import Recorder

PointsCommand = commands.SetPoints | commands.ClearPoints

SET_MARK: Final = "points_set"
CLEARED_MARK: Final = "points_cleared"
OPERATOR: Final = "operator"
# Two stills a stride: those of the last twenty minutes.
_MOST_STILLS: Final = 4096
_SAME_S: Final = 0.001
_SET: Final = (KNEE, ANKLE, HEEL, TOE)
_REFUSED: Final = {
    done.code: done
    for done in (
        Done("points_missing", "The pose model did not find the whole leg on this still."),
        Done("points_far", "A point lies more than 15 % of the leg from where the model sees it."),
        Done(
            "points_shank",
            "The shank would be more than 15 % longer or shorter than the model sees it.",
        ),
    )
}


class PointsControl:
    """Handler of the commands on points set by hand.

    Parameters
    ----------
    hub
        Sends messages to the pages.
    pipeline
        Measures by the points.
    recorder
        Marks when they were set; points belong to the session that it records.
    now
        The wall clock, for the record.
    """

    def __init__(
        self,
        hub: Hub,
        pipeline: Pipeline,
        recorder: Recorder | None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._hub = hub
        self._pipeline = pipeline
        self._recorder = recorder
        self._now = now
        # Which session, and whose; empty without one, and where nobody entered who it is.
        self._session = self._runner = ""
        self._near: Side | None = None
        self._told: PointsByHand | None = None
        self._stills: OrderedDict[tuple[EventKind, Side, int], tuple[KeyPose, Side]] = OrderedDict()

    def greet(self) -> None:
        """Send the initial state: the model's own points."""
        self._hub.publish(points_message(None))

    def follow_session(self, name: str, runner: str) -> None:
        """Forget points and stills when another session begins, or none goes on."""
        self._runner = runner
        if name != self._session:
            self._session = name
            self.forget()

    def forget(self) -> None:
        """Forget the stills, and measure by the model's own points from the next frame on."""
        self._stills.clear()
        self._pipeline.points.use(None)

    def follow(self, outcome: Outcome) -> None:
        """Keep the stills that points may be set on, and report which points are in force."""
        seen = outcome.seen
        if (seen.fresh or seen.another_person) and not self._runner:
            self._stills.clear()
        self._near = outcome.state.near_side
        for message in outcome.messages:
            if isinstance(message, KeyPose) and outcome.state.facing is not None:
                self._keep(message, outcome.state.facing)
        if seen.points is not self._told and seen.points != self._told:
            self._hub.publish(points_message(seen.points))
        self._told = seen.points

    def take(self, command: PointsCommand) -> Done:
        """Execute a command; it takes effect at the next frame."""
        if self._recorder is None:
            return Done("no_recording", "This station records nothing.")
        match command:
            case commands.SetPoints():
                return self._set(command, self._recorder)
            case commands.ClearPoints():
                self._recorder.mark(CLEARED_MARK)
                self._pipeline.points.use(None)
        return Done()

    def _keep(self, still: KeyPose, facing: Side) -> None:
        self._stills[_key(still.kind, still.side, still.time_s)] = still, facing
        if len(self._stills) > _MOST_STILLS:
            self._stills.popitem(last=False)

    def _set(self, command: commands.SetPoints, recorder: Recorder) -> Done:
        if not self._session:
            return Done("no_session", "No session is being recorded.")
        still, facing = self._stills.get(
            _key(command.kind, command.side, command.time_s), (None, Side.RIGHT)
        )
        if still is None or still.model_px is None or not still.near:
            return Done("still_gone", "This still is not of the session in progress.")
        if self._near is not command.side:
            return Done("other_leg", "The runner shows the camera the other leg now.")
        hand_px = np.array([command.knee, command.ankle, command.heel, command.toe])
        model, hand = (runner_axes(px, facing) for px in (still.model_px, hand_px))
        if code := refusal(model, hand):
            return _REFUSED[code]
        points = PointsByHand(
            side=still.side,
            source=still.source,
            kind=still.kind,
            still_s=still.time_s,
            set_at=self._now().isoformat(timespec="seconds"),
            set_by=OPERATOR,
            offsets_legs=offsets_legs(model, hand),
            model_px=_pixels(still.model_px[list(_SET)]),
            hand_px=_pixels(hand_px),
        )
        # On disk before it corrects anything.
        recorder.mark(SET_MARK, data=points_json(points))
        self._pipeline.points.use(points, vouched=bool(self._runner))
        return Done()


def _key(kind: EventKind, side: Side, time_s: float) -> tuple[EventKind, Side, int]:
    return kind, side, round(time_s / _SAME_S)


def _pixels(points: Floats) -> tuple[Pixel, ...]:
    return tuple((float(x), float(y)) for x, y in np.round(points, 2))
