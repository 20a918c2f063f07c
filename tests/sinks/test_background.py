"""Slow sinks receive every message in order without blocking the caller."""

import threading
from collections.abc import Iterator
from queue import Queue
from threading import Semaphore, current_thread

import pytest
from fakes import A_RUN, PATIENCE_S, FakeClock, FakeEstimator, FakeSink, end, hand, still_frame
from feed import healthy

from edge.messages.frame import Frame
from edge.messages.notice import Notice
from edge.messages.outcome import Outcome
from edge.pipeline import Pipeline
from edge.settings.settings import Settings
from edge.sinks.background import LAGS_S, BackgroundSink
from edge.sinks.base import Ended, Processed, Sink, SinkMessage


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


def outcome(frame: Frame) -> Outcome:
    return Pipeline(FakeEstimator(), Settings()).update(frame)


def give(aside: BackgroundSink, index: int) -> None:
    frame = still_frame(index)
    hand(aside, frame, outcome(frame), float(index))


class SlowSink(FakeSink):
    """Takes a frame only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.at: Queue[str] = Queue()
        self.let = Semaphore(0)

    def write(self, message: SinkMessage) -> None:
        if isinstance(message, Processed):
            self.at.put(current_thread().name)
            assert self.let.acquire(timeout=PATIENCE_S)
        super().write(message)


def test_a_sink_that_waits_holds_nobody_up_and_loses_nothing() -> None:
    slow, quick = SlowSink(), FakeSink()
    aside = BackgroundSink([slow, quick])
    for index in range(50):
        give(aside, index)
    assert slow.at.get(timeout=PATIENCE_S) == "record"
    assert slow.frames == []
    slow.let.release(50)
    aside.write(healthy())
    end(aside)
    assert slow.frames == quick.frames == list(range(50))
    assert slow.latencies_ms == [float(index) for index in range(50)]
    assert slow.healths == quick.healths == [healthy()]
    assert slow.calls == quick.calls == ["end", "close"]


def test_beyond_what_may_wait_the_giver_waits() -> None:
    slow = SlowSink()
    aside = BackgroundSink([slow], max_waiting=3)
    given: list[int] = []

    def work() -> None:
        for index in range(10):
            give(aside, index)
            given.append(index)

    worker = threading.Thread(target=work)
    worker.start()
    assert slow.at.get(timeout=PATIENCE_S)
    # One is with the sink, three wait, and one is in the giver's hand.
    assert len(given) <= 4
    slow.let.release(10)
    worker.join(PATIENCE_S)
    end(aside)
    assert slow.frames == list(range(10))


def test_the_first_notice_is_told() -> None:
    one, two = FakeSink(), FakeSink()
    aside = BackgroundSink([one, two])
    assert not aside.notice
    two.notice = Notice.free("second")
    assert aside.notice == two.notice
    one.notice = Notice.free("first")
    assert aside.notice == one.notice


@pytest.mark.parametrize("where", ["Processed", "Health"])
def test_a_failure_is_raised_at_the_next_thing_given(where: str) -> None:
    bad, good = FakeSink(fails_in=where), FakeSink()
    aside = BackgroundSink([bad, good])
    give(aside, 0)
    aside.write(healthy())
    assert good.told(1)
    with pytest.raises(OSError, match=f"no {where}"):
        give(aside, 1)
    end(aside)
    # The error was raised once; both sinks are called at the end.
    assert bad.calls == good.calls == ["end", "close"]


@pytest.mark.parametrize("where", ["Ended", "close"])
def test_a_failure_at_the_end_is_raised_after_all_have_ended(where: str) -> None:
    bad, good = FakeSink(fails_in=where), FakeSink()
    aside = BackgroundSink([bad, good])
    give(aside, 0)
    with pytest.raises(OSError, match=f"no {where}"):
        end(aside)
    assert good.calls == bad.calls


def test_each_is_opened_with_the_run() -> None:
    one, two = FakeSink(), FakeSink()
    BackgroundSink([one, two]).open(A_RUN)
    assert one.calls == two.calls == ["open"]


def test_a_failure_of_the_last_frame_is_not_lost() -> None:
    aside = BackgroundSink([FakeSink(fails_in="Processed")])
    give(aside, 0)
    with pytest.raises(OSError, match="no Processed"):
        end(aside)


def test_after_the_end_health_is_still_told() -> None:
    sink = FakeSink()
    aside = BackgroundSink([sink])
    end(aside)
    aside.write(healthy())
    assert sink.healths == [healthy()]


def test_without_sinks_there_is_nothing_to_do() -> None:
    aside = BackgroundSink([])
    give(aside, 0)
    aside.write(healthy())
    end(aside)


def test_it_is_a_sink_like_any_other() -> None:
    taken: list[SinkMessage] = []

    class Taker(Sink):
        def write(self, message: SinkMessage) -> None:
            taken.append(message)

    outer = BackgroundSink([BackgroundSink([Taker()])])
    give(outer, 3)
    end(outer)
    first, last = taken
    assert isinstance(first, Processed)
    assert (first.frame.index, first.frame.time_s) == (3, still_frame(3).time_s)
    # Minutes of pictures would fill the memory.
    assert first.frame.image.size == 0
    assert isinstance(last, Ended)


def test_a_disk_that_is_behind_is_said_while_it_is() -> None:
    clock, begun, go_on = FakeClock(), threading.Event(), threading.Event()

    class Slow(Sink):
        def write(self, message: SinkMessage) -> None:
            begun.set()
            assert go_on.wait(PATIENCE_S)

    aside = BackgroundSink([Slow()], clock=clock)
    give(aside, 0)
    assert begun.wait(PATIENCE_S)
    clock.now_s += LAGS_S
    assert not aside.notice
    clock.now_s += 0.1
    assert aside.notice.code == "recording_lags"
    go_on.set()
    aside.close()
    assert not aside.notice
