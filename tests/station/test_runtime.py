import io
import json
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from fakes import A_RUN, FakeEstimator, FakeSink, FakeSource, end, hand, still_frame
from feed import healthy, plain_frame
from program import Program, free_port, health
from skeletons import BLAZEPOSE33
from stored import HEAD, exported, gait_rooms

from edge.capture.source import open_source
from edge.i18n.notices import english_notice
from edge.messages.errors import ServeError
from edge.messages.frame import Frame
from edge.messages.gait import Activity, EventKind, GaitEvent, GaitState, Phase
from edge.messages.health import Health
from edge.messages.message import Message
from edge.messages.notice import Notice
from edge.messages.outcome import Outcome
from edge.messages.pose import Pose
from edge.messages.reason import Reason
from edge.messages.seen import Seen
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.pipeline import Pipeline
from edge.record.tables import STRIDE_COLUMNS
from edge.serve.live.hub import Hub
from edge.serve.live.page_sink import PageSink
from edge.serve.wire import greeting, protocol, session_messages
from edge.serve.wire.encode import hello_for
from edge.settings.changed_settings import with_serve
from edge.settings.record_settings import RecordSettings
from edge.settings.serve_settings import ServeSettings
from edge.settings.settings import Settings
from edge.sinks.base import Processed, Sink, SinkMessage
from edge.sinks.new_recorder import new_recorder
from edge.sinks.recorder import Recorder
from edge.sinks.stride_csv import StrideCsv
from edge.station.assembly import Rig, build_rig
from edge.station.runtime import run_headless, run_served

FILES: Final = ["events.csv", "poses.jsonl", "session.json", "strides.csv"]
SECONDS: Final = 3


@pytest.fixture(scope="module")
def clip(clips_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the first seconds of a clip with both faults."""
    path = tmp_path_factory.mktemp("clip") / "short.mp4"
    encode = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-t", str(SECONDS))
    command = ("ffmpeg", "-v", "error", "-nostdin", "-i", clips_dir / "both_right_720p.mp4")
    subprocess.run([*map(str, command), *encode, str(path)], check=True, timeout=120)
    return path


def only_session(data: Path) -> Path:
    """Return the result folder of the one session, which must be complete."""
    folder = exported(data)
    assert sorted(path.name for path in folder.iterdir()) == FILES
    return folder


def session(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "session.json").read_text()))


def lines(folder: Path, name: str) -> list[str]:
    return (folder / name).read_text().splitlines(keepends=True)


def a_pose(index: int) -> Pose:
    return FakeEstimator().update(still_frame(index))


def a_state(index: int) -> GaitState:
    return GaitState(
        frame_index=index,
        time_s=index / 60,
        activity=Activity.RUNNING,
        facing=Side.RIGHT,
        near_side=Side.RIGHT,
        left_phase=Phase.UNKNOWN,
        right_phase=Phase.STANCE,
        cadence_spm=166.0,
        belt_speed_px_s=900.0,
    )


def an_outcome(index: int, *messages: Message) -> Outcome:
    pose, state = a_pose(index), a_state(index)
    return Outcome(pose=pose, state=state, messages=[*messages, state], seen=Seen(pose=pose))


def a_stride(start_s: float) -> StrideMetrics:
    return StrideMetrics(
        side=Side.RIGHT,
        near=True,
        start_s=start_s,
        peak_knee_flexion_s=start_s + 0.1,
        toe_off_s=start_s + 0.25,
        end_s=start_s + 0.7,
        valid=True,
        reason=Reason(),
        values={"cadence_spm": 168.0},
    )


def an_event(time_s: float) -> GaitEvent:
    return GaitEvent(
        kind=EventKind.TOE_OFF,
        side=Side.RIGHT,
        near=True,
        time_s=time_s,
        decided_at_s=time_s + 0.05,
        confidence=0.9,
    )


def fake_rig(estimator: FakeEstimator | None = None) -> Rig:
    return Rig(pipeline=Pipeline(estimator or FakeEstimator(), Settings()), skeleton=BLAZEPOSE33)


# Strides on standard output.


def test_each_stride_is_a_line_at_once() -> None:
    out = io.StringIO()
    sink = StrideCsv(out)
    sink.open(A_RUN)
    assert out.getvalue() == ",".join(STRIDE_COLUMNS) + "\n"
    hand(sink, still_frame(0), an_outcome(0, an_event(0.0), a_stride(1.0)), 1.0)
    assert out.getvalue().splitlines()[1].startswith("right,1,1")
    hand(sink, still_frame(1), an_outcome(1), 1.0)
    end(sink, [a_pose(1)])
    assert len(out.getvalue().splitlines()) == 2


def test_a_reader_that_goes_away_is_given_up_and_said() -> None:
    class Pipe(io.StringIO):
        gone = False

        def write(self, text: str) -> int:
            if self.gone:
                raise BrokenPipeError(32, "Broken pipe")
            return super().write(text)

    pipe = Pipe()
    sink = StrideCsv(pipe)
    sink.open(A_RUN)
    pipe.gone = True
    for index in range(3):
        hand(sink, still_frame(index), an_outcome(index, a_stride(1.0)), 1.0)
    assert english_notice(sink.notice) == "strides are no longer written out: Broken pipe"
    assert pipe.closed


# The page's share.


class Ears(Hub):
    """A hub that keeps what it is given."""

    def __init__(self) -> None:
        super().__init__(ServeSettings(), hello_for(Settings(), "0.1.0", skeleton=BLAZEPOSE33))
        self.heard: list[Any] = []

    def publish_frame(self, frame: Frame, pose: Pose | None, state: GaitState | None) -> None:
        self.heard.append((frame, pose, state))

    def publish(self, message: Message | protocol.Text) -> None:
        self.heard.append(message)

    def publish_health(self, health: Health) -> None:
        self.heard.append(health)


def test_broadcast_gives_the_hub_the_picture_first_then_the_words() -> None:
    hub = Ears()
    sink, frame, outcome = PageSink(hub), plain_frame(7), an_outcome(7, an_event(0.1), a_stride(0))
    hand(sink, frame, outcome, 10.0)
    sink.write(healthy())
    end(sink, [a_pose(8)])
    assert hub.heard == [(frame, outcome.pose, outcome.state), *outcome.messages, healthy()]


# Without a page.


def test_headless_ends_with_the_source_and_closes_it() -> None:
    before = set(threading.enumerate())
    source, out = FakeSource(live=False), io.StringIO()
    source.give(still_frame(0))
    source.end()
    run_headless(source, fake_rig(), Settings(), [StrideCsv(out)], version="0.1.0", lossless=True)
    assert source.closings > 0
    assert set(threading.enumerate()) == before


def test_headless_raises_what_failed() -> None:
    source = FakeSource()
    source.give(still_frame(0))
    rig = fake_rig(FakeEstimator(fails_at=0))
    with pytest.raises(ZeroDivisionError, match="frame 0"):
        run_headless(source, rig, Settings(), [], version="0.1.0", lossless=False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_headless_run_and_the_old_handler_comes_back(
    number: signal.Signals,
) -> None:
    before = signal.getsignal(number)
    source, estimator = FakeSource(), FakeEstimator()
    estimator.meanwhile = lambda: signal.raise_signal(number)
    source.give(still_frame(0))
    run_headless(source, fake_rig(estimator), Settings(), [], version="0.1.0", lossless=False)
    assert signal.getsignal(number) is before


def test_a_real_run_in_this_process_agrees_with_itself(
    clip: Path, models_dir: Path, tmp_path: Path
) -> None:
    settings, out = Settings(), io.StringIO()
    with open_source(str(clip), settings.capture, own_pace=False) as source:
        rig = build_rig(settings, models_dir, smaller=False)
        recorder = new_recorder(source, rig.pipeline, settings, version="0.1.0", data=tmp_path)
        run_headless(
            source, rig, settings, [recorder, StrideCsv(out)], version="0.1.0", lossless=True
        )
    folder = only_session(tmp_path)
    told = session(folder)
    frames = 60 * SECONDS
    assert told["frames"] == {"captured": frames, "processed": frames, "dropped": 0}
    assert (told["facing"], told["near_side"]) == ("right", "right")
    assert told["activity_s"]["running"] > SECONDS / 2
    assert [json.loads(line)["frame"] for line in lines(folder, "poses.jsonl")] == list(
        range(frames)
    )
    assert out.getvalue() == (folder / "strides.csv").read_text()
    assert len(out.getvalue().splitlines()) > 4
    assert not recorder.notice


# With a page.


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


def serve(source: FakeSource, port: int, **more: Any) -> None:
    values: dict[str, Any] = {"started": lambda _url: None, "lossless": False} | more
    estimator = values.pop("estimator", None)
    run_served(
        source,
        fake_rig(estimator),
        with_serve(Settings(), port=port),
        values.pop("sinks", []),
        version="0.1.0",
        **values,
    )


def test_a_taken_port_is_said_before_any_thread_starts(taken_port: int) -> None:
    before = set(threading.enumerate())
    source = FakeSource()
    threads: list[set[threading.Thread]] = []
    with pytest.raises(ServeError, match=f"port {taken_port} on 127.0.0.1 is already in use"):
        serve(source, taken_port, started=lambda _: threads.append(set(threading.enumerate())))
    assert threads == []
    assert source.times_asked == 0
    assert source.closings > 0
    assert set(threading.enumerate()) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_served_run(number: signal.Signals) -> None:
    before, handler = set(threading.enumerate()), signal.getsignal(number)
    source, port = FakeSource(), free_port()
    urls: list[str] = []

    def started(url: str) -> None:
        urls.append(url)
        source.give(still_frame(0))
        assert source.asked(2)
        signal.raise_signal(number)

    serve(source, port, started=started)
    assert urls == [f"http://127.0.0.1:{port}/"]
    assert source.closings > 0
    assert signal.getsignal(number) is handler
    assert set(threading.enumerate()) == before


def test_a_failure_ends_a_served_run(caplog: pytest.LogCaptureFixture) -> None:
    source = FakeSource()
    source.give(still_frame(0))
    with pytest.raises(ZeroDivisionError):
        serve(source, free_port(), estimator=FakeEstimator(fails_at=0))
    assert "the worker thread failed" in caplog.text


def test_the_page_is_told_which_session_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(
        "edge.station.runtime.Hub.publish", lambda _hub, message: told.append(message)
    )
    source = FakeSource()
    source.give(OSError("enough"))
    recorder = Recorder(tmp_path, HEAD, gait_rooms())
    name = recorder.begin("r-17").name
    with pytest.raises(OSError, match="enough"):
        serve(source, free_port(), sinks=[recorder])
    sessions = [message for message in told if isinstance(message, session_messages.Session)]
    assert [(s.name, s.recording) for s in sessions] == [(name, True), ("", False)]


def test_the_default_address_is_this_machine_only() -> None:
    assert (ServeSettings().listen, ServeSettings().port) == ("127.0.0.1", 8765)


# The command, as a service manager runs it.


def test_a_live_replay_and_an_analysis_agree_on_every_event(
    clip: Path, models_dir: Path, tmp_path: Path
) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    with Program("run", "--headless", "--source", clip, data=data, models=models_dir) as live:
        assert live.ended() == 0, live.stderr
        assert "Traceback" not in live.stderr
    with Program("analyze", clip, "--out", out, data=data, models=models_dir) as analysis:
        assert analysis.ended() == 0, analysis.stderr
    folder = only_session(data)
    for name in ("events.csv", "strides.csv", "poses.jsonl"):
        assert (folder / name).read_bytes() == (out / clip.stem / name).read_bytes(), name
    assert len(lines(folder, "events.csv")) > 15
    assert live.lines == lines(folder, "strides.csv")
    told, analysed = session(folder), session(out / clip.stem)
    for both in (told, analysed):
        # How fast the machine was is all that may differ.
        del both["latency_ms"]["capture_to_pose"]
    # By these `--resume` knows what was analysed; a recorded session is never resumed.
    for name in ("source_file", "model_sha256"):
        assert analysed.pop(name)
    assert told == analysed
    assert told["frames"]["dropped"] == 0


def test_sigterm_ends_a_headless_run_with_everything_kept(
    clips_dir: Path, models_dir: Path, tmp_path: Path
) -> None:
    clip = clips_dir / "good_right.mp4"
    with Program("run", "--headless", "--source", clip, data=tmp_path, models=models_dir) as live:
        for _ in range(3):
            live.line()
        live.signal(signal.SIGTERM)
        assert live.ended(within_s=10) == 0, live.stderr
        assert "Traceback" not in live.stderr
        folder = only_session(tmp_path)
        assert f"recorded session {folder.name}; see `toeline sessions show" in live.stderr
    told = session(folder)["frames"]
    assert 0 < told["captured"] == told["processed"] < 900
    assert len(lines(folder, "poses.jsonl")) == told["processed"]
    assert live.lines == lines(folder, "strides.csv")


def test_a_reader_that_goes_away_does_not_end_the_recording(
    clip: Path, models_dir: Path, tmp_path: Path
) -> None:
    arguments = ("run", "--headless", "--source", clip)
    with Program(*arguments, data=tmp_path, models=models_dir, reads=1) as live:
        assert live.ended() == 0, live.stderr
        assert "strides are no longer written out: Broken pipe" in live.stderr
        assert "Exception" not in live.stderr
    assert session(only_session(tmp_path))["frames"]["captured"] == 60 * SECONDS


def test_an_ended_recording_stays_on_the_page_until_sigterm(
    clip: Path, models_dir: Path, tmp_path: Path
) -> None:
    port = free_port()
    arguments = ("run", "--source", clip, "--port", str(port))
    with Program(*arguments, data=tmp_path, models=models_dir) as live:
        assert live.line().startswith(f"Toeline is running at http://127.0.0.1:{port}/ ")
        live.said("ended: ")
        assert health(port)["state"] == "ended"
        live.signal(signal.SIGTERM)
        assert live.ended(within_s=10) == 0, live.stderr
        assert "Traceback" not in live.stderr
    told = session(only_session(tmp_path))["frames"]
    assert told == {"captured": 60 * SECONDS, "processed": 60 * SECONDS, "dropped": 0}


def test_a_taken_port_leaves_no_empty_session(
    clip: Path, models_dir: Path, tmp_path: Path, taken_port: int
) -> None:
    arguments = ("run", "--source", clip, "--port", str(taken_port))
    with Program(*arguments, data=tmp_path, models=models_dir) as live:
        assert live.ended() == 1
        assert live.stderr == (
            f"toeline: port {taken_port} on 127.0.0.1 is already in use; "
            "choose another with --port\n"
        )
    assert list(tmp_path.iterdir()) == []


# How it runs.


def test_a_slow_disk_holds_up_no_frame_and_loses_none() -> None:
    """The sinks given run aside: the worker is done with all frames while the disk still waits."""
    source, estimator = FakeSource(live=False), FakeEstimator()
    waits = threading.Event()
    seen: list[int] = []

    class Disk(Sink):
        def write(self, message: SinkMessage) -> None:
            if isinstance(message, Processed):
                assert waits.wait(30)
                seen.append(message.frame.index)

        def close(self) -> None:
            seen.append(-1)

    def last_frame() -> None:
        # Looking at the last frame: those before it were handed on, though none was written.
        if estimator.looking_at.qsize() == 20:
            assert seen == []
            waits.set()

    estimator.meanwhile = last_frame
    source.give(*(still_frame(index) for index in range(20)))
    source.end()
    run_headless(source, fake_rig(estimator), Settings(), [Disk()], version="0.1.0", lossless=True)
    assert seen == [*range(20), -1]


@pytest.mark.parametrize("video", [False, True])
def test_pictures_are_handed_to_the_recording_only_where_video_is_wanted(video: bool) -> None:
    sizes: list[int] = []

    class Eye(FakeSink):
        def write(self, message: SinkMessage) -> None:
            super().write(message)
            if isinstance(message, Processed):
                sizes.append(message.frame.image.size)

    source = FakeSource(live=False)
    source.give(*(still_frame(index) for index in range(5)))
    source.end()
    settings = replace(Settings(), record=RecordSettings(video=video))
    run_headless(source, fake_rig(), settings, [Eye()], version="0.1.0", lossless=True)
    assert [bool(size) for size in sizes] == [video] * 5


def test_the_page_is_told_what_runs_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[greeting.Hello] = []

    class Told(Hub):
        def __init__(self, settings: ServeSettings, hello: greeting.Hello) -> None:
            told.append(hello)
            super().__init__(settings, hello)

    monkeypatch.setattr("edge.station.runtime.Hub", Told)
    source = FakeSource()
    source.give(OSError("enough"))
    rig = replace(fake_rig(), provider="cuda", notices=(Notice("cut_short"),))
    sink = FakeSink()
    with pytest.raises(OSError, match="enough"):
        run_served(
            source,
            rig,
            with_serve(Settings(), port=free_port()),
            [sink],
            version="0.1.0",
            lossless=False,
            started=lambda _url: None,
        )
    assert [hello.provider for hello in told] == ["cuda"]
    assert (sink.healths[-1].provider, sink.healths[-1].notice) == ("cuda", rig.notices[0])
