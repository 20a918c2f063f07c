"""What one frame brought."""

from dataclasses import dataclass

from edge.messages.gait import GaitState
from edge.messages.message import Message
from edge.messages.pose import Pose
from edge.messages.seen import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of one frame.

    Attributes
    ----------
    pose
        The newest pose, with the leg identity known so far; for drawing.
    state
        The runner's state at this frame.
    messages
        For the record and the clients, in order: settled poses, then limits, events, metrics, key
        poses, verdicts and cues as they were decided, exercise updates, then the state.
    seen
        The input that led to this result.
    """

    pose: Pose
    state: GaitState
    messages: list[Message]
    seen: Seen
