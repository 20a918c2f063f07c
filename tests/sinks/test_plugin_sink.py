"""A plug-in that raises, hangs, is slow or does not fit: told once, and nobody else is harmed."""

import logging
import threading
from collections.abc import Callable, Iterator
from queue import Queue
from typing import Any

import pytest
from fakes import A_RUN, PATIENCE_S, FakeClock, FakeEstimator, end, hand, still_frame
from feed import healthy

from edge.i18n.notices import english_notice
from edge.messages.errors import PluginError
from edge.messages.outcome import Outcome
from edge.messages.session import SessionNews
from edge.messages.verdict import Cue
from edge.pipeline import Pipeline
from edge.serve.live.plugin_records import plugin_record
from edge.settings.settings import Settings
from edge.sinks.plugins.plugin_sink import PluginSink

Record = dict[str, Any]


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE_S)
    assert set(threading.enumerate()) <= before


def a_cue(number: int) -> Cue:
    return Cue(kind="stride", wording=f"cue {number}", issued_at_s=float(number))


def outcome(*messages: Any) -> Outcome:
    brought = Pipeline(FakeEstimator(), Settings()).update(still_frame(0))
    return Outcome(
        pose=brought.pose, state=brought.state, messages=list(messages), seen=brought.seen
    )


def tell(sink: PluginSink, *messages: Any) -> None:
    hand(sink, still_frame(0), outcome(*messages), 1.0)


class Notebook:
    """A plug-in that keeps what it gets; each step may be held up or made to fail."""

    SINK_API = 1

    def __init__(self) -> None:
        self.got: Queue[tuple[str, Any]] = Queue()
        self.steps: dict[str, Callable[[], object]] = {}

    def open(self, session: Record) -> None:
        self._take("open", session)

    def write(self, message: Record) -> None:
        self._take("write", message)

    def close(self) -> None:
        self._take("close", None)

    def next(self) -> tuple[str, Any]:
        return self.got.get(timeout=PATIENCE_S)

    def _take(self, step: str, given: Any) -> None:
        self.got.put((step, given))
        self.steps.get(step, lambda: None)()


def run(plugin: object, **more: Any) -> PluginSink:
    sink = PluginSink("notes", lambda: lambda: plugin, plugin_record, **more)
    sink.open(A_RUN)
    return sink


def test_it_gets_the_wires_records_in_order_on_a_thread_of_its_own() -> None:
    notes = Notebook()
    sink = run(notes)
    sink.write(SessionNews(name="2026-01-31", runner="R-07", recording=True))
    tell(sink, a_cue(1), a_cue(2))
    sink.write(healthy())
    end(sink)
    assert notes.next() == (
        "open",
        {"toeline": "0.1.0", "source": "fake", "model": "full", "provider": "cpu"},
    )
    records = [notes.next()[1] for _ in range(4)]
    assert [record["type"] for record in records] == ["session", "cue", "cue", "health"]
    assert records[0]["runner"] == "R-07"
    assert records[0]["started_s"] is None
    assert [record["wording"] for record in records[1:3]] == ["cue 1", "cue 2"]
    assert notes.next() == ("close", None)
    assert (english_notice(sink.notice), sink.dropped) == ("", 0)


def test_a_state_is_told_when_it_changes_and_not_at_each_frame() -> None:
    notes = Notebook()
    sink = run(notes)
    state = outcome().state
    tell(sink, state)
    tell(sink, state)
    end(sink)
    steps = [notes.next() for _ in range(notes.got.qsize())]
    assert [given["type"] for step, given in steps if step == "write"] == ["state"]


def test_a_plug_in_without_any_method_is_one_too() -> None:
    sink = run(object())
    tell(sink, a_cue(1))
    end(sink)
    assert not sink.notice


def fail() -> None:
    raise ValueError("no\nhost")


def leave() -> None:
    raise SystemExit(3)


@pytest.mark.parametrize("step", ["open", "write", "close"])
@pytest.mark.parametrize(("how", "said"), [(fail, "ValueError: no host"), (leave, "SystemExit: 3")])
def test_one_that_raises_is_closed_and_told_once(
    step: str, how: Callable[[], None], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    notes = Notebook()
    notes.steps[step] = how
    sink = run(notes)
    tell(sink, a_cue(1), a_cue(2), a_cue(3))
    end(sink)
    assert english_notice(sink.notice).startswith(f"the sink notes has stopped: {said} (")
    assert "test_plugin_sink.py" in english_notice(sink.notice)
    assert [record.message for record in caplog.records] == [english_notice(sink.notice)]
    steps = [notes.next()[0] for _ in range(notes.got.qsize())]
    wrote = {"open": 0, "write": 1, "close": 3}[step]
    assert steps == ["open", *["write"] * wrote, "close"]
    # Nothing more is put aside for it.
    tell(sink, a_cue(4))
    sink.write(healthy())
    assert len(caplog.records) == 1


def test_one_that_is_not_what_it_should_be_is_told_in_its_own_words() -> None:
    def load() -> Callable[[], object]:
        raise PluginError("it is not installed")

    sink = PluginSink("lamp", load, plugin_record)
    sink.open(A_RUN)
    end(sink)
    assert english_notice(sink.notice) == "the sink lamp has stopped: it is not installed"


@pytest.mark.parametrize("step", ["load", "open", "write", "close"])
def test_one_that_hangs_is_said_and_left_behind(
    step: str, caplog: pytest.LogCaptureFixture
) -> None:
    clock, let, at = FakeClock(), threading.Event(), threading.Event()

    def hang() -> None:
        at.set()
        assert let.wait(PATIENCE_S)

    notes = Notebook()
    notes.steps[step] = hang

    def load() -> Callable[[], object]:
        notes.steps.get("load", lambda: None)()
        return lambda: notes

    sink = PluginSink("notes", load, plugin_record, close_s=0.01, clock=clock)
    sink.open(A_RUN)
    tell(sink, a_cue(1))
    if step != "close":
        assert at.wait(PATIENCE_S)
        clock.now_s += 5.1
        sink.write(healthy())
        sink.write(healthy())
        assert english_notice(sink.notice) == "the sink notes does not answer"
    end(sink)
    assert at.wait(PATIENCE_S)
    said = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    silent = [] if step == "close" else ["the sink notes does not answer"]
    assert said == [*silent, "the sink notes did not end within 0.01 s"]
    let.set()


def test_one_that_is_slow_loses_the_oldest_and_is_said_to_be_slow(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, let = FakeClock(), threading.Semaphore(0)
    notes = Notebook()
    notes.steps["write"] = lambda: let.acquire(timeout=PATIENCE_S)
    sink = run(notes, max_waiting=3, clock=clock)
    tell(sink, a_cue(0))
    assert [notes.next()[0] for _ in range(2)] == ["open", "write"]
    tell(sink, *(a_cue(number) for number in range(1, 9)))
    assert english_notice(sink.notice) == "the sink notes is too slow: messages to it are dropped"
    assert sink.dropped == 5
    clock.now_s += 1
    let.release(100)
    taken = [notes.next()[1]["wording"] for _ in range(3)]
    assert taken == ["cue 6", "cue 7", "cue 8"]
    sink.write(healthy())
    # It has caught up.
    clock.now_s += 10
    assert not sink.notice
    end(sink)
    assert [record.message for record in caplog.records] == [
        "the sink notes is too slow: messages to it are dropped",
        "the sink notes: 5 messages were dropped",
    ]


def test_one_that_was_never_opened_can_be_closed() -> None:
    sink = PluginSink("notes", lambda: Notebook, plugin_record)
    end(sink)
    assert not sink.notice
