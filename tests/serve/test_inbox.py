"""The hand-over to an event loop that is busy."""

from typing import Any

from feed import healthy, plain_frame
from hub_messages import event, key_pose

from edge.serve.live.inbox import Inbox, Sign
from edge.serve.live.picture_gate import PictureGate


class CountingLoop:
    """A loop that is blocked: it takes calls and runs none of them."""

    def __init__(self) -> None:
        self.pending: list[Any] = []

    def call_soon_threadsafe(self, call: Any) -> None:
        self.pending.append(call)


def attached(gate: PictureGate | None = None) -> tuple[Inbox, CountingLoop]:
    inbox, loop = Inbox(gate or PictureGate(), lambda: None), CountingLoop()
    inbox.attach(loop)  # type: ignore[arg-type]
    return inbox, loop


def test_a_blocked_loop_gathers_one_call_and_one_frame() -> None:
    inbox, loop = attached()
    for index in range(1000):
        inbox.publish_frame(plain_frame(index), None, None)
        inbox.publish_health(healthy())
    assert len(loop.pending) == 1
    published = inbox.take()
    assert published.shot is not None
    assert published.shot.frame.index == 999
    assert (published.health, list(published.items)) == (healthy(), [])
    inbox.publish_frame(plain_frame(1000), None, None)
    assert len(loop.pending) == 2


def test_what_is_published_before_a_loop_runs_and_after_it_waits() -> None:
    inbox, loop = Inbox(PictureGate(), lambda: None), CountingLoop()
    inbox.publish(event(0))
    inbox.attach(loop)  # type: ignore[arg-type]
    inbox.publish_another_runner()
    inbox.detach()
    inbox.publish(event(1))
    assert len(loop.pending) == 1
    assert list(inbox.take().items) == [event(0), Sign.ANOTHER_RUNNER, event(1)]
    assert not inbox.take().items


def test_a_still_takes_its_picture_along_unless_pictures_are_hidden() -> None:
    gate = PictureGate()
    inbox, _ = attached(gate)
    for hidden in (False, True):
        gate.switch(hidden=hidden)
        inbox.publish_frame(plain_frame(0), None, None)
        inbox.publish(key_pose(0))
    pictures = [item[1] is not None for item in inbox.take().items if isinstance(item, tuple)]
    assert pictures == [True, False]
