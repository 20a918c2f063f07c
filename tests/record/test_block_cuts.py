"""Recorded sessions cut into blocks afterwards: what fits, what does not, and by which way."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from math import isnan
from pathlib import Path

import pytest
from record_samples import a_stride
from stored import HEAD, raw_pose, running, seen
from typer.testing import CliRunner

from edge.cli.main import app
from edge.messages.message import Message
from edge.messages.reading import BeltInForce, BeltSource
from edge.messages.side import Side
from edge.messages.visit import StepKind, StepState
from edge.record.block_cuts import Cut, CutError, cut_session, parse_cut, recut_session
from edge.record.session_writer import SessionWriter
from edge.record.store import Store
from edge.record.visits import blocks_of
from edge.serve.sessions.archive import BeingRecordedError, CutRefusedError
from edge.serve.sessions.session_archive import SessionArchive

NOW = datetime(2026, 1, 31, 9, 5, 7, tzinfo=UTC)
BASELINE, CUE = parse_cut("0-40=baseline"), parse_cut("50-90=cue:sit_back")


def belt(time_s: float, speed_mps: float, source: BeltSource = BeltSource.ENTERED) -> BeltInForce:
    return BeltInForce(time_s=time_s, speed_mps=speed_mps, source=source)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[SessionWriter]:
    """Return a session of 100 s that begins at 7 s, with the right leg near and two speeds."""
    with Store(tmp_path) as store:
        writer = SessionWriter(store, HEAD, NOW)
        for index in range(0, 6001, 60):
            pose = replace(raw_pose(index), time_s=7 + index / 60)
            messages: list[Message] = [
                a_stride(start_s=pose.time_s, end_s=pose.time_s + 0.7),
                pose,
            ]
            if index == 0:
                messages.append(belt(7.0, 2.8))
            if index == 60 * 45:
                messages.append(belt(52.0, 3.2))
            writer.frame(seen(pose), running(pose), messages, 9.0)
        yield writer
        if not writer.over:
            writer.abandon()


@pytest.fixture
def data(writer: SessionWriter, tmp_path: Path) -> Path:
    writer.close(NOW, "over")
    return tmp_path


def test_a_session_is_cut_with_side_and_speed(data: Path) -> None:
    with Store(data) as store:
        session = store.session("last")
        cut_session(store, session, [BASELINE, CUE], "me")
        first, second = blocks_of(store, session)
        assert (first.start_s, first.end_s, first.speed_mps) == (7.0, 47.0, 2.8)
        assert (first.side, first.state, first.kind) == (
            Side.RIGHT,
            StepState.DONE,
            StepKind.BASELINE,
        )
        assert (second.cue, second.speed_mps, second.number) == ("sit_back", 3.2, 1)
        assert isnan(second.feedback_pct)
        assert [e.what for e in store.audit.entries()][-1] == "blocks cut"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0-101=baseline", "lies in 0 to 100.0 s, got 0 to 101"),
        ("40-30=baseline", "lies in 0 to"),
        ("30-30=baseline", "lies in 0 to"),
        ("nan-30=baseline", "lies in 0 to"),
        ("30-50=retention", "changed from 2.80 to 3.20 m/s at 45.0 s: cut the block there"),
        ("0-30=cue", "needs its cue: cue:sit_back"),
        ("0-30=cue:praise", "needs its cue"),
        ("0-30=baseline:sit_back", "has no cue"),
    ],
)
def test_a_cut_that_does_not_fit_changes_nothing(data: Path, text: str, said: str) -> None:
    with Store(data) as store:
        session = store.session("last")
        with pytest.raises(CutError, match=said.replace("(", r"\(")):
            cut_session(store, session, [parse_cut("60-70=warm_up"), parse_cut(text)], "me")
        assert blocks_of(store, session) == []


@pytest.mark.parametrize(
    "text", ["baseline", "0-9", "0=baseline", "a-b=baseline", "0-9-9=baseline"]
)
def test_a_cut_that_is_not_written_as_one_says_how(text: str) -> None:
    with pytest.raises(CutError):
        parse_cut(text)


@pytest.mark.parametrize("kind", ["patient", "neutral", "result", "hop"])
def test_a_kind_without_blocks_is_refused(kind: str) -> None:
    with pytest.raises(CutError, match="there are warm_up, baseline"):
        parse_cut(f"0-9={kind}")


def test_blocks_never_overlap_and_may_be_cut_anew(data: Path) -> None:
    with Store(data) as store:
        session = store.session("last")
        cut_session(store, session, [BASELINE], "me")
        with pytest.raises(CutError, match=r"overlaps the block baseline of 0\.0 to 40\.0 s"):
            cut_session(store, session, [parse_cut("39-45=warm_up")], "me")
        cut_session(store, session, [parse_cut("40-44=warm_up")], "me")
        assert [b.number for b in blocks_of(store, session)] == [0, 1]
        recut_session(store, session, [CUE], "me")
        (only,) = blocks_of(store, session)
        assert only.cue == "sit_back"
        recut_session(store, session, [], "me")
        assert blocks_of(store, session) == []


def test_a_session_in_progress_is_not_cut(writer: SessionWriter, tmp_path: Path) -> None:
    with Store(tmp_path) as store, pytest.raises(CutError, match="is being recorded"):
        cut_session(store, store.session("last"), [BASELINE], "me")
    archive = SessionArchive(tmp_path, 0)
    with pytest.raises(BeingRecordedError):
        archive.cut("me", writer.name, [BASELINE])
    archive.close()


def test_a_tablet_cuts_in_place_of_earlier_cuts(data: Path) -> None:
    archive = SessionArchive(data, 0)
    name = archive.sessions("me", runner="", most=1, skip=0)[0].name
    archive.cut("me", name, [BASELINE])
    (block,) = archive.cut("me", name, [CUE])
    assert (block.kind, block.cue, block.from_s, block.to_s) == ("cue", "sit_back", 50.0, 90.0)
    assert (block.belt_speed_mps, block.feedback_pct, block.side) == (3.2, None, "right")
    assert archive.blocks("me", name) == [block]
    with pytest.raises(CutRefusedError, match="lies in"):
        archive.cut("me", name, [Cut(from_s=0, to_s=500, kind=StepKind.BASELINE)])
    assert archive.blocks("me", name) == [block]
    archive.close()


def test_the_command_cuts_shows_and_clears(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOELINE_DATA", str(data))

    def run(*words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(app, ["sessions", "blocks", "last", *words])
        return result.exit_code, result.stdout, result.stderr

    assert run() == (0, "", "no blocks; add some with --cut\n")
    code, out, _ = run("--cut", "0-40=baseline", "--cut", "50-90=cue:sit_back")
    assert code == 0
    assert [line.split() for line in out.splitlines()] == [
        ["0.0", "to", "40.0", "s", "baseline", "right", "done"],
        ["50.0", "to", "90.0", "s", "cue", "sit_back", "right", "done"],
    ]
    code, _, err = run("--cut", "0-20=baseline")
    assert (code, err.count("\n")) == (2, 1)
    assert "overlaps" in err
    code, out, _ = run("--json", "--clear", "--cut", "0-20=baseline")
    assert [(b["kind"], b["to_s"], b["belt_speed_mps"]) for b in json.loads(out)] == [
        ("baseline", 20.0, 2.8)
    ]
    assert run("--clear")[1] == ""
