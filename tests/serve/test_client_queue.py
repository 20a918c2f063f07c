import asyncio

import pytest
from fakes import FakeClock

from edge.numerics.timing import StageTimes
from edge.serve.live.client_queue import MAX_UNACKED, ClientQueue, ClientQueueClosedError
from edge.serve.wire.protocol import WireError


def client_queue(max_waiting: int = 1000) -> ClientQueue:
    return ClientQueue(lambda: None, max_waiting)


def take(box: ClientQueue) -> str | bytes:
    async def soon() -> str | bytes:
        return await asyncio.wait_for(box.take(), 5)

    return asyncio.run(soon())


def test_words_leave_in_order_before_news_and_pictures() -> None:
    box = client_queue()
    box.offer(1, b"frame")
    box.renew("health", "well")
    box.post("a")
    box.post("b")
    assert [take(box) for _ in range(4)] == ["a", "b", "well", b"frame"]


def test_a_newer_picture_replaces_an_unsent_one_and_never_the_reverse() -> None:
    box = client_queue()
    box.offer(2, b"two")
    box.offer(3, b"three")
    box.offer(1, b"one")
    assert take(box) == b"three"
    assert len(box) == 0


def test_news_of_a_kind_replace_unsent_ones() -> None:
    box = client_queue()
    box.renew("health", "old")
    box.renew("state", "state")
    box.renew("health", "new")
    assert [take(box), take(box)] == ["new", "state"]


def test_no_third_picture_before_an_ack() -> None:
    box = client_queue()
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
    box = ClientQueue(lambda: asked.append(1))
    for seq in (1, 2):
        box.offer(seq, b"x")
        take(box)
    box.ack(2)
    assert asked == [1]
    assert box.wants_frame(3)


@pytest.mark.parametrize("seq", [0, -1, 2, 10**12])
def test_an_ack_of_a_frame_never_sent_is_an_error(seq: int) -> None:
    box = client_queue()
    box.offer(1, b"x")
    take(box)
    with pytest.raises(WireError):
        box.ack(seq)


def test_a_word_too_many_gives_the_client_up_and_loses_none_silently() -> None:
    box = client_queue(max_waiting=3)
    for text in "abcd":
        box.post(text)
    with pytest.raises(ClientQueueClosedError):
        take(box)
    with pytest.raises(ClientQueueClosedError):
        take(box)


# How long frames are on their way.


def test_a_frame_is_timed_to_its_sending_and_to_its_painting() -> None:
    clock, times = FakeClock(), StageTimes()
    box = ClientQueue(lambda: None, times=times, clock=clock)
    arrived_s = clock.now_s
    clock.now_s += 0.010
    box.offer(1, b"x", arrived_s)
    clock.now_s += 0.002
    take(box)
    clock.now_s += 0.003
    box.sent()
    clock.now_s += 0.001 + 0.008 + 0.001
    box.ack(1, received_ms=500.0, painted_ms=508.0)
    told = {t.stage: t.p50_ms for t in times.summaries()}
    assert told == pytest.approx({"capture_to_send": 15, "send": 5, "capture_to_paint": 24})


def test_words_are_not_timed() -> None:
    times = StageTimes()
    box = ClientQueue(lambda: None, times=times)
    box.post("word")
    take(box)
    box.sent()
    assert times.summaries() == ()


def test_only_the_frame_that_is_acknowledged_is_timed() -> None:
    clock, times = FakeClock(), StageTimes()
    box = ClientQueue(lambda: None, times=times, clock=clock)
    for seq in (1, 2):
        box.offer(seq, b"x", clock.now_s)
        take(box)
        box.sent()
        clock.now_s += 0.010
    box.ack(2, received_ms=0.0, painted_ms=4.0)
    (painted,) = [t for t in times.summaries() if t.stage == "capture_to_paint"]
    assert painted.count == 1
    assert painted.p50_ms == pytest.approx(7)


@pytest.mark.parametrize("told", [{}, {"received_ms": 1.0}, {"painted_ms": 1.0}])
def test_a_client_need_not_tell_when_it_painted(told: dict[str, float]) -> None:
    times = StageTimes()
    box = ClientQueue(lambda: None, times=times)
    box.offer(1, b"x", 1.0)
    take(box)
    box.sent()
    box.ack(1, **told)
    assert "capture_to_paint" not in {t.stage for t in times.summaries()}


def test_a_client_that_tells_nonsense_is_not_believed() -> None:
    times = StageTimes()
    box = ClientQueue(lambda: None, times=times, clock=FakeClock())
    box.offer(1, b"x", 1.0)
    take(box)
    box.sent()
    box.ack(1, received_ms=5.0, painted_ms=-1e300)
    assert all(t.count == 0 for t in times.summaries() if t.stage == "capture_to_paint")
