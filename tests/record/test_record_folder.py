"""A result folder holds what was written, from the moment it was written."""

import csv
import json
import logging
from math import nan
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from reasons import said
from record_samples import a_pose, a_state, a_stride, a_verdict, an_event, streams

from edge.messages.gait import Activity, GaitEvent
from edge.messages.message import Message
from edge.messages.pose import Pose
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Cue
from edge.record.line_file import LineFile
from edge.record.result_folder import ResultFolder


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_headers_are_there_at_once_and_parents_are_made(tmp_path: Path) -> None:
    with ResultFolder(tmp_path / "a" / "b") as folder:
        assert folder.directory == tmp_path / "a" / "b"
        assert names(folder.directory) == ["events.csv", "poses.jsonl", "strides.csv"]
        assert len(lines(folder.directory / "events.csv")) == 1
        assert len(lines(folder.directory / "strides.csv")) == 1


def test_each_event_and_stride_is_on_disk_before_the_next(tmp_path: Path) -> None:
    with ResultFolder(tmp_path) as folder:
        for count in range(1, 4):
            folder.write(an_event(time_s=float(count)))
            folder.write(a_stride(start_s=float(count)))
            assert len(lines(tmp_path / "events.csv")) == 1 + count
            assert len(lines(tmp_path / "strides.csv")) == 1 + count


def test_rows_read_back_by_name(tmp_path: Path) -> None:
    with ResultFolder(tmp_path) as folder:
        folder.write(an_event())
        folder.write(
            a_stride(valid=False, reason=said('too short, "cut"'), knee_toe_offset_pct=-5.1)
        )
    with (tmp_path / "events.csv").open(newline="", encoding="utf-8") as file:
        (event,) = csv.DictReader(file)
    with (tmp_path / "strides.csv").open(newline="", encoding="utf-8") as file:
        (stride,) = csv.DictReader(file)
    assert float(event["time_s"]) == 1.25
    assert stride["reason"] == 'too short, "cut"'
    assert float(stride["knee_toe_offset_pct"]) == -5.1
    assert stride["shank_angle_deg"] == ""


def test_poses_reach_the_disk_every_second_of_capture_time(tmp_path: Path) -> None:
    with ResultFolder(tmp_path) as folder:
        for index in range(200):
            folder.write(a_pose(index))
            on_disk = [json.loads(line)["time_s"] for line in lines(tmp_path / "poses.jsonl")]
            assert on_disk
            assert index / 60 - on_disk[-1] <= 1.0
    assert len(lines(tmp_path / "poses.jsonl")) == 200


def test_only_confirmed_events_and_no_other_message_is_kept(tmp_path: Path) -> None:
    with ResultFolder(tmp_path) as folder:
        folder.write(an_event(confirmed=False))
        folder.write(a_verdict())
        folder.write(a_state(0.0, Activity.RUNNING))
        folder.write(Cue(kind="knees_forward", wording="Sit back", issued_at_s=3.0))
    assert len(lines(tmp_path / "events.csv")) == 1
    assert len(lines(tmp_path / "strides.csv")) == 1
    assert lines(tmp_path / "poses.jsonl") == []
    assert not (tmp_path / "session.json").exists()


def test_an_earlier_result_is_replaced_and_other_files_stay(tmp_path: Path) -> None:
    with ResultFolder(tmp_path) as folder:
        folder.write(an_event())
        folder.write(a_pose())
        folder.close({"run": 1})
    (tmp_path / "session.json.part").write_text("{")
    (tmp_path / "notes.txt").write_text("mine")
    with ResultFolder(tmp_path) as folder:
        assert names(tmp_path) == ["events.csv", "notes.txt", "poses.jsonl", "strides.csv"]
    assert len(lines(tmp_path / "events.csv")) == 1
    assert lines(tmp_path / "poses.jsonl") == []


def test_poses_reach_the_disk_each_second_and_at_the_end(tmp_path: Path) -> None:
    with ResultFolder(tmp_path) as folder:
        folder.write(a_pose(0))
        folder.write(a_pose(1))
        assert len(lines(tmp_path / "poses.jsonl")) == 1
    assert len(lines(tmp_path / "poses.jsonl")) == 2
    assert names(tmp_path) == ["events.csv", "poses.jsonl", "strides.csv"]


def test_an_error_inside_keeps_what_was_written(tmp_path: Path) -> None:
    def interrupted() -> None:
        with ResultFolder(tmp_path) as folder:
            folder.write(a_pose(0))
            folder.write(a_pose(1))
            raise KeyError("elsewhere")

    with pytest.raises(KeyError):
        interrupted()
    assert len(lines(tmp_path / "poses.jsonl")) == 2


def test_a_closed_folder_takes_no_more_and_closes_twice(tmp_path: Path) -> None:
    folder = ResultFolder(tmp_path)
    folder.close({"run": 1})
    folder.close({"run": 2})
    assert json.loads((tmp_path / "session.json").read_text()) == {"run": 1}
    with pytest.raises(ValueError, match="closed"):
        folder.write(an_event())


def test_a_summary_that_is_not_strict_json_harms_nothing(tmp_path: Path) -> None:
    with ResultFolder(tmp_path) as folder:
        with pytest.raises(ValueError, match="not JSON compliant"):
            folder.close({"duration_s": nan})
        folder.write(an_event())
        folder.close({"duration_s": 1.0})
    assert json.loads((tmp_path / "session.json").read_text()) == {"duration_s": 1.0}
    assert len(lines(tmp_path / "events.csv")) == 2


def test_a_source_name_that_is_no_text_is_still_json(tmp_path: Path) -> None:
    with ResultFolder(tmp_path) as folder:
        folder.close({"source": "M\u00fcller \udcff.mp4"})
    read = json.loads((tmp_path / "session.json").read_text(encoding="utf-8"))
    assert read == {"source": "M\u00fcller ?.mp4"}


def test_a_file_cut_at_any_byte_still_gives_its_whole_lines(tmp_path: Path) -> None:
    with ResultFolder(tmp_path) as folder:
        folder.write(an_event())
        folder.write(an_event(time_s=2.0))
        folder.write(a_stride(reason=said('no "toe-off",\r\nno peak'), valid=False))
        folder.write(a_stride(reason=said("\u2028 \u00fc \x85")))
        folder.write(a_pose(0))
        folder.write(a_pose(1))
    for name in ("events.csv", "strides.csv"):
        whole = _rows((tmp_path / name).read_bytes())
        assert len(whole) == 3
        _check_every_cut((tmp_path / name).read_bytes(), whole, _rows)
    data = (tmp_path / "poses.jsonl").read_bytes()
    _check_every_cut(data, _objects(data), _objects)


def _check_every_cut(data: bytes, whole: list[Any], read: Any) -> None:
    for size in range(len(data) + 1):
        kept = data[:size]
        complete = kept[: kept.rfind(b"\n") + 1]
        assert read(complete) == whole[: kept.count(b"\n")]


def _rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(data.decode().split("\n")[:-1], strict=True))


def _objects(data: bytes) -> list[Any]:
    return [json.loads(line) for line in data.decode().split("\n")[:-1]]


@settings(deadline=None, max_examples=50)
@given(streams)
def test_any_stream_gives_files_that_read_back_row_for_row(messages: list[Message]) -> None:
    with TemporaryDirectory() as name:
        with ResultFolder(Path(name)) as folder:
            for message in messages:
                folder.write(message)
        events = _rows((Path(name) / "events.csv").read_bytes())[1:]
        strides = _rows((Path(name) / "strides.csv").read_bytes())[1:]
        poses = _objects((Path(name) / "poses.jsonl").read_bytes())
    kept = [m for m in messages if isinstance(m, GaitEvent) and m.confirmed]
    assert [row[4] for row in events] == [event.kind for event in kept]
    assert {len(row) for row in events} <= {6}
    assert {len(row) for row in strides} <= {27}
    assert len(strides) == sum(isinstance(m, StrideMetrics) for m in messages)
    assert [pose["frame"] for pose in poses] == [
        m.frame_index for m in messages if isinstance(m, Pose)
    ]


def test_leaving_because_of_an_error_does_not_hide_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(file: LineFile) -> None:
        raise OSError(5, "Input/output error")

    def interrupted() -> None:
        with ResultFolder(tmp_path) as folder:
            folder.write(an_event())
            monkeypatch.setattr(LineFile, "flush", broken)
            raise KeyError("elsewhere")

    with caplog.at_level(logging.WARNING), pytest.raises(KeyError, match="elsewhere"):
        interrupted()
    assert "Input/output error" in caplog.text
