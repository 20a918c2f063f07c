import asyncio

import pytest

from edge.serve.outbox import MAX_UNACKED, Outbox, OutboxClosedError
from edge.serve.wire import WireError


def outbox(max_waiting: int = 1000) -> Outbox:
    return Outbox(lambda: None, max_waiting)


def take(box: Outbox) -> str | bytes:
    async def soon() -> str | bytes:
        return await asyncio.wait_for(box.take(), 5)

    return asyncio.run(soon())


def test_words_leave_in_order_before_news_and_pictures() -> None:
    box = outbox()
    box.offer(1, b"frame")
    box.renew("health", "well")
    box.post("a")
    box.post("b")
    assert [take(box) for _ in range(4)] == ["a", "b", "well", b"frame"]


def test_a_newer_picture_replaces_an_unsent_one_and_never_the_reverse() -> None:
    box = outbox()
    box.offer(2, b"two")
    box.offer(3, b"three")
    box.offer(1, b"one")
    assert take(box) == b"three"
    assert len(box) == 0


def test_news_of_a_kind_replace_unsent_ones() -> None:
    box = outbox()
    box.renew("health", "old")
    box.renew("state", "state")
    box.renew("health", "new")
    assert [take(box), take(box)] == ["new", "state"]


def test_no_third_picture_before_an_ack() -> None:
    box = outbox()
    for seq in (1, 2):
        assert box.wants_frame(seq)
        box.offer(seq, b"%d" % seq)
        take(box)
    assert MAX_UNACKED == 2
    assert not box.wants_frame(3)
    box.offer(3, b"3")
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(box.take(), 0.05))
    box.ack(1)
    assert take(box) == b"3"


def test_an_ack_covers_all_frames_before_it_and_asks_for_more() -> None:
    asked: list[int] = []
    box = Outbox(lambda: asked.append(1))
    for seq in (1, 2):
        box.offer(seq, b"x")
        take(box)
    box.ack(2)
    assert asked == [1]
    assert box.wants_frame(3)


@pytest.mark.parametrize("seq", [0, -1, 2, 10**12])
def test_an_ack_of_a_frame_never_sent_is_an_error(seq: int) -> None:
    box = outbox()
    box.offer(1, b"x")
    take(box)
    with pytest.raises(WireError):
        box.ack(seq)


def test_a_word_too_many_gives_the_client_up_and_loses_none_silently() -> None:
    box = outbox(max_waiting=3)
    for text in "abcd":
        box.post(text)
    with pytest.raises(OutboxClosedError):
        take(box)
    with pytest.raises(OutboxClosedError):
        take(box)
