"""Calf raises in a recording and in a recorded session: the same rows, and every set."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes import end, hand
from raising import STATURE_M, Film, Up
from stored import HEAD, gait_rooms, only

from edge.capture.port import SourceInfo
from edge.exercises.calf_raise.calf_raise import CALF_RAISE
from edge.messages.frame import Frame
from edge.messages.pose import Pose
from edge.messages.raises import ExercisePlan
from edge.offline.analyze import analyze_into
from edge.pipeline import Pipeline
from edge.record.folder_export import export_folder
from edge.record.result_folder import ResultFolder
from edge.record.store import Store
from edge.settings.record_settings import RecordSettings
from edge.settings.settings import Settings
from edge.sinks.recorder import Recorder

FILM = Film(ups=[Up(), Up(), Up(), Up(height_m=0.06)], ends_s=1.0)
PLAN = ExercisePlan(stature_m=STATURE_M, mass_kg=70.0, target=0)


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "raises.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def session(folder: Path) -> dict[str, object]:
    return dict(json.loads((folder / "session.json").read_text(encoding="utf-8")))


class Filmed:
    """A pose room and a source in one: the frames of a film, and their poses."""

    info = SourceInfo(
        name="raises.mp4",
        live=False,
        frame_rate_hz=30.0,
        size_px=(640, 480),
        frame_count=None,
        timestamps="",
        notices=(),
    )
    ended_early = ""

    def __init__(self, film: Film) -> None:
        self._poses = film.poses()

    def __iter__(self) -> Iterator[Frame]:
        image = np.zeros((480, 640, 3), np.uint8)
        for pose in self._poses:
            yield Frame(index=pose.frame_index, time_s=pose.time_s, image=image)

    def update(self, frame: Frame) -> Pose:
        return self._poses[frame.index]

    def reset(self) -> None: ...


def analyzed(film: Film, folder: Path, plan: ExercisePlan | None) -> None:
    filmed = Filmed(film)
    with ResultFolder(folder) as record:
        analyze_into(
            record,
            filmed,  # type: ignore[arg-type]
            Pipeline(filmed, Settings()),
            Settings(),
            version="0",
            progress=lambda _done, _total: None,
            calf_raise=plan,
        )


@pytest.fixture(scope="module")
def from_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    analyzed(FILM, folder, PLAN)
    return folder


def test_a_film_gives_its_raises_and_their_totals(from_film: Path) -> None:
    assert [row["kind"] for row in rows(from_film)] == ["full"] * 3 + ["partial"]
    heights = [float(row["height_cm"]) for row in rows(from_film)]
    assert heights == pytest.approx([9.0, 9.0, 9.0, 6.0], abs=0.6)
    entry = session(from_film)["calf_raise"]
    assert isinstance(entry, dict)
    assert (entry["side"], entry["full"], entry["partial"]) == ("right", 3, 1)
    assert entry["work_j"] == pytest.approx(70 * 9.81 * sum(heights) / 100, rel=1e-3)
    assert entry["loss_pct"] is None


def test_a_session_recorded_live_exports_the_same_raises(tmp_path: Path, from_film: Path) -> None:
    rooms = gait_rooms()
    rooms.exercises.start(CALF_RAISE, PLAN)
    recorder = Recorder(tmp_path, HEAD, rooms, RecordSettings(keep_free_mb=0))
    recorder.begin("R-07")
    for pose in FILM.poses():
        frame = Frame(
            index=pose.frame_index, time_s=pose.time_s, image=np.zeros((1, 1, 3), np.uint8)
        )
        hand(recorder, frame, rooms.follow(pose), 9.0)
    # The station is stopped in the middle of the set: what was counted is kept.
    end(recorder, rooms.finish())
    with Store(tmp_path, create=False) as store:
        export_folder(store, only(store), tmp_path / "out")
    assert rows(tmp_path / "out") == rows(from_film)
    assert session(tmp_path / "out")["calf_raise"] == session(from_film)["calf_raise"]


def test_a_film_of_the_far_leg_is_refused_with_its_code(tmp_path: Path) -> None:
    analyzed(Film(far_up_m=-0.2, ups=[Up()]), tmp_path, PLAN)
    assert rows(tmp_path) == []
    assert session(tmp_path)["calf_raise"] is None
    assert session(tmp_path)["calf_raise_reason"] == "far_leg"


def test_an_analysis_of_running_knows_nothing_of_raises(tmp_path: Path) -> None:
    analyzed(Film(ups=[Up()]), tmp_path, None)
    assert not (tmp_path / "raises.csv").exists()
    assert "calf_raise" not in session(tmp_path)
