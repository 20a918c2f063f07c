"""What every sink keeps to, whichever it is."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes import A_RUN, FakeEstimator, still_frame
from feed import healthy, new_hub
from stored import HEAD, gait_rooms

from edge.messages.session import SessionNews
from edge.pipeline import Pipeline
from edge.serve.control.controller import Controller
from edge.serve.live.page_sink import PageSink
from edge.serve.live.plugin_records import plugin_record
from edge.settings.record_settings import RecordSettings
from edge.settings.settings import Settings
from edge.sinks.background import BackgroundSink
from edge.sinks.base import Ended, Processed, Sink, SinkMessage
from edge.sinks.plugins.plugin_sink import PluginSink
from edge.sinks.recorder import Recorder
from edge.sinks.stride_csv import StrideCsv

Make = Callable[[Path], Sink]


def recorder(data: Path) -> Recorder:
    return Recorder(data, HEAD, gait_rooms(), RecordSettings(keep_free_mb=0))


def controller(_data: Path) -> Controller:
    return Controller(new_hub(), gait_rooms(), Settings(), None)


def plugin(_data: Path) -> PluginSink:
    return PluginSink("any", lambda: object, plugin_record)


SINKS: dict[str, Make] = {
    "none of its own": lambda _data: Sink(),
    "recorder": recorder,
    "csv": lambda _data: StrideCsv(io.StringIO()),
    "page": lambda _data: PageSink(new_hub()),
    "controller": controller,
    "plug-in": plugin,
    "background": lambda data: BackgroundSink([recorder(data), StrideCsv(io.StringIO())]),
}


@pytest.fixture(params=SINKS)
def sink(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sink]:
    made = SINKS[request.param](tmp_path)
    yield made
    made.close()
    if isinstance(made, Controller):
        made.shut_down()


def messages() -> list[SinkMessage]:
    rooms = Pipeline(FakeEstimator(), Settings())
    frames = [still_frame(index) for index in range(5)]
    processed = [Processed(frame=f, outcome=rooms.update(f), latency_ms=9.0) for f in frames]
    return [SessionNews(), healthy(), *processed, healthy(), Ended(messages=rooms.finish())]


def test_it_takes_every_kind_of_message_in_the_stations_order(sink: Sink) -> None:
    sink.open(A_RUN)
    for message in messages():
        sink.write(message)
    # The last health report comes after everything else.
    sink.write(healthy())
    assert not any((sink.notice, sink.storage_full, sink.records_video))


def test_it_may_end_before_it_was_opened(sink: Sink) -> None:
    sink.write(Ended())
    sink.write(healthy())
    assert not sink.notice


def test_it_may_end_without_a_frame(sink: Sink) -> None:
    sink.open(A_RUN)
    sink.write(healthy())
    sink.write(Ended())
    assert not sink.notice


def test_frames_stay_as_they_were(sink: Sink) -> None:
    given = [message for message in messages() if isinstance(message, Processed)]
    before = [(m.frame.image.copy(), list(m.outcome.messages)) for m in given]
    sink.open(A_RUN)
    for message in given:
        sink.write(message)
    sink.write(Ended())
    for message, (image, decided) in zip(given, before, strict=True):
        assert (message.frame.image == image).all()
        assert message.outcome.messages == decided
