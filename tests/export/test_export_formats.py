"""Every export read back by a reader that is not ours, with the values of the store."""

import csv
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import c3d
import numpy as np
import pandas as pd
import pytest
from recordings import EXACT, record
from stored import HEAD, only, put
from synthetic import Runner

from edge.export.export_session import export_session
from edge.export.formats import Format
from edge.export.markers import MARKERS, markers_of
from edge.messages.arrays import Floats
from edge.messages.errors import ExportError, RecordError
from edge.messages.message import Message
from edge.metrics.catalogue import METRIC_NAMES
from edge.record.rows import row_of
from edge.record.store import Store
from edge.record.stored_session import StoredSession
from edge.record.tables import EVENT_COLUMNS, STRIDE_COLUMNS
from edge.settings.settings import Settings

SETTINGS = Settings(gait=EXACT)
LEG_M = 0.9


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Return a store with one session that begins at 100 s of capture time."""
    poses = record(Runner(), 6.0, start_s=100.0).poses
    # Two frames late on, and a spell without anybody.
    poses = [
        replace(pose, xy_px=pose.xy_px * np.nan, visibility=pose.visibility * np.nan)
        if 300 <= index < 310
        else pose
        for index, pose in enumerate(poses)
        if index not in (200, 201)
    ]
    data = tmp_path_factory.mktemp("data")
    put(data, poses, runner="r-17", settings=SETTINGS)
    with Store(data, create=False) as store:
        yield store


@pytest.fixture
def session(store: Store) -> StoredSession:
    return only(store)


def export(store: Store, session: StoredSession, kind: Format, out: Path) -> Path:
    return export_session(store, session, kind, out, leg_m=LEG_M)


def stored(store: Store, session: StoredSession, table: str, column: str) -> list[object]:
    """Return a column as the store holds it, times from the first frame."""
    messages: list[Message] = [*store.read(session).strides()]
    if table == "events":
        messages = [*store.read(session).events()]
    rows = [row[1] for message in messages if (row := row_of(message))]
    rows = [row | json.loads(str(row.get("metrics", "{}"))) for row in rows]
    shift = session.origin_s if column.endswith("_s") else 0.0
    return [v - shift if isinstance(v := row[column], float) else v for row in rows]


@pytest.mark.parametrize("kind", [Format.CSV, Format.PARQUET])
def test_pandas_reads_the_tables(
    kind: Format, store: Store, session: StoredSession, tmp_path: Path
) -> None:
    folder = export(store, session, kind, tmp_path)
    for table, columns in (("strides", STRIDE_COLUMNS), ("events", EVENT_COLUMNS)):
        if kind is Format.CSV:
            frame = pd.read_csv(folder / f"{table}.csv")
        else:
            frame = pd.read_parquet(folder / f"{table}.parquet")
        assert list(frame.columns) == list(columns)
        assert len(frame) > 10
        for column in columns:
            want = [np.nan if v is None else v for v in stored(store, session, table, column)]
            if column in ("reason", "reason_code", "legs_source"):
                want = [v or np.nan for v in want] if kind is Format.CSV else want
            pd.testing.assert_series_equal(
                frame[column], pd.Series(want, name=column), check_dtype=False, check_exact=True
            )


FORMULAS = (
    "=HYPERLINK(A1)",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "  =1",
    "\uff1d1",
    # Where the decimal is a comma, a semicolon begins a cell.
    "pain;=cmd|' /C calc'!A0",
    "pain; -1",
)


def test_no_note_is_a_formula_in_a_spreadsheet(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        session = store.begin(HEAD, datetime.now(UTC))
        notes = (*FORMULAS, "3/10, at the left", "knee - hurts; a bit")
        for number, note in enumerate(notes):
            store.file.run(
                "INSERT INTO marks VALUES (?, ?, ?, '2026-01-01T00:00:00Z', 'pain_now', ?, NULL)",
                *(session.id, number, -1.5, note),
            )
        store.file.run("UPDATE sessions SET origin_s = 0")
        folder = export(store, store.session(session.name), Format.CSV, tmp_path)
    with (folder / "marks.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row, note in zip(rows, notes, strict=True):
        cells = [cell.strip(" ") for cell in re.split("[;\t]", row["note"])]
        assert not any(cell.startswith(tuple("=+-@\uff1d")) for cell in cells), row
        assert row["note"].replace("'", "") == note.replace("'", "")
    assert [row["note"] for row in rows[-2:]] == list(notes[-2:])
    # Numbers stay numbers, negative ones, too.
    assert {row["time_s"] for row in rows} == {"-1.5"}


def test_pandas_reads_the_poses_of_parquet(
    store: Store, session: StoredSession, tmp_path: Path
) -> None:
    frame = pd.read_parquet(export(store, session, Format.PARQUET, tmp_path) / "poses.parquet")
    poses = list(store.read(session).poses().settled())
    assert len(frame) == len(poses) == 358
    assert frame["frame"].iloc[[0, -1]].to_list() == [0, 359]
    assert frame["time_s"].iloc[0] == 0.0
    knees = np.array(
        [pose.xy_px[pose.skeleton.points.index("right_knee")] for pose in poses], np.float32
    )
    np.testing.assert_array_equal(frame[["right_knee_x_px", "right_knee_y_px"]], knees)
    assert frame["right_knee_x_px"].isna().sum() == 10


def test_json_is_strict_and_whole(store: Store, session: StoredSession, tmp_path: Path) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    text = export(store, session, Format.JSON, tmp_path).read_text()
    document = json.loads(text, parse_constant=refuse)
    assert document["session"]["runner"] == "r-17"
    assert document["session"]["config_sha256"] == session.head.config_sha256
    assert document["summary"]["frames"]["processed"] == 358
    for column in METRIC_NAMES:
        assert [s[column] for s in document["strides"]] == stored(store, session, "strides", column)


# Markers.


def test_markers_stand_as_the_runner_does(store: Store, session: StoredSession) -> None:
    markers = markers_of(store, session, leg_m=LEG_M)
    place = {name: markers.xyz_m[:, i] for i, name in enumerate(MARKERS)}
    assert markers.rate_hz == 60.0
    assert len(markers.times_s) == 360
    # Up is up, the right is at positive z, the toe is ahead of the heel in stance.
    assert np.nanmean(place["RShoulder"][:, 1]) > np.nanmean(place["RHip"][:, 1]) > 0.7
    assert np.nanmean(place["RHip"][:, 2]) > 0 > np.nanmean(place["LHip"][:, 2])
    low = place["RHeel"][:, 1] <= np.nanquantile(place["RHeel"][:, 1], 0.1)
    assert np.nanmin(place["RToe"][low, 0] - place["RHeel"][low, 0]) > 0.1
    assert abs(np.nanmin(place["RToe"][:, 1])) < 0.05
    thigh = np.linalg.norm((place["RHip"] - place["RKnee"])[:, :2], axis=1)
    shank = np.linalg.norm((place["RKnee"] - place["RAnkle"])[:, :2], axis=1)
    assert np.nanmedian(thigh + shank) == pytest.approx(LEG_M, abs=0.02)
    # Two missing frames are bridged, ten are not.
    assert np.isfinite(place["RKnee"][200:202]).all()
    assert np.isnan(place["RKnee"][301:309]).all()


def read_trc(path: Path) -> tuple[dict[str, str], list[str], Floats]:
    """Read a TRC file as OpenSim's TRCFileAdapter does, and refuse what it refuses."""
    lines = path.read_text(encoding="ascii").split("\n")
    first = lines[0].split("\t")
    assert first[:3] == ["PathFileType", "4", "(X/Y/Z)"]
    keys, values = lines[1].split("\t"), lines[2].split("\t")
    assert len(keys) == len(values) == 8
    meta = dict(zip(keys, values, strict=True))
    names = lines[3].split("\t")
    assert names[:2] == ["Frame#", "Time"]
    labels = [name for name in names[2:] if name]
    assert names[2::3] == labels, "each name stands over three columns"
    axes = lines[4].split("\t")
    assert axes[:2] == ["", ""]
    assert axes[2:] == [f"{a}{n}" for n in range(1, len(labels) + 1) for a in "XYZ"]
    assert lines[5] == ""
    assert lines[-1] == ""
    rows = [line.split("\t") for line in lines[6:-1]]
    # Its splitting, by std::getline, gives no blank cell at the end of a line.
    rows = [row[:-1] if not row[-1] else row for row in rows]
    assert all(len(row) == 2 + 3 * len(labels) for row in rows)
    assert len(rows) == int(meta["NumFrames"])
    assert len(labels) == int(meta["NumMarkers"])
    assert [int(row[0]) for row in rows] == list(range(1, len(rows) + 1))
    return meta, labels, np.array([[float(c) if c else np.nan for c in row[1:]] for row in rows])


def test_a_trc_reads_as_opensim_reads_it(
    store: Store, session: StoredSession, tmp_path: Path
) -> None:
    markers = markers_of(store, session, leg_m=LEG_M)
    meta, labels, table = read_trc(export(store, session, Format.TRC, tmp_path))
    assert (meta["Units"], meta["DataRate"]) == ("m", "60")
    assert labels == list(MARKERS)
    np.testing.assert_allclose(table[:, 0], markers.times_s, atol=5e-7)
    np.testing.assert_allclose(np.diff(table[:, 0]), 1 / 60, atol=2e-6)
    np.testing.assert_allclose(table[:, 1:], markers.xyz_m.reshape(len(table), -1), atol=5.1e-7)


def test_a_mot_reads_as_opensim_reads_it(
    store: Store, session: StoredSession, tmp_path: Path
) -> None:
    lines = export(store, session, Format.MOT, tmp_path).read_text(encoding="ascii").splitlines()
    end = lines.index("endheader")
    header = dict(line.split("=") for line in lines[:end] if "=" in line)
    assert (header["version"], header["inDegrees"]) == ("1", "yes")
    columns = lines[end + 1].split("\t")
    assert columns[0] == "time"
    table = np.array([[float(cell) for cell in line.split("\t")] for line in lines[end + 2 :]])
    assert table.shape == (int(header["nRows"]), int(header["nColumns"]))
    assert (np.diff(table[:, 0]) > 0).all()
    angle = dict(zip(columns, table.T, strict=True))
    # As Rajagopal's model has them: a knee bends towards positive, and never far the other way.
    assert np.nanmax(angle["knee_angle_r"]) > 60
    assert np.nanmin(angle["knee_angle_r"]) > -10
    assert np.nanmax(angle["hip_flexion_r"]) > 15 > -10 > np.nanmin(angle["hip_flexion_r"])
    assert 5 < np.nanmax(angle["ankle_angle_r"]) < 60
    # At a stored peak of knee bend it is what the stride says, but for offset and smoothing.
    stride = next(s for s in store.read(session).strides() if s.valid and s.side == "right")
    at = np.searchsorted(angle["time"], stride.peak_knee_flexion_s - session.origin_s)
    assert angle["knee_angle_r"][at] == pytest.approx(stride.value("knee_flexion_peak_deg"), abs=4)


def test_the_c3d_package_reads_a_c3d(store: Store, session: StoredSession, tmp_path: Path) -> None:
    markers = markers_of(store, session, leg_m=LEG_M)
    path = export(store, session, Format.C3D, tmp_path)
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        reader = c3d.Reader(file)
        assert reader.point_rate == 60.0
        assert [label.strip() for label in reader.point_labels] == list(MARKERS)
        assert reader.get("POINT:UNITS").string_value.strip() == "mm"
        assert reader.get("POINT:X_SCREEN").string_value == "+X"
        assert reader.get("POINT:Y_SCREEN").string_value == "+Y"
        points = np.array([points for _, points, _ in reader.read_frames(copy=True)])
    seen = points[:, :, 3] >= 0
    np.testing.assert_array_equal(seen, np.isfinite(markers.xyz_m).all(axis=2))
    np.testing.assert_allclose(points[seen][:, :3], 1000 * markers.xyz_m[seen], atol=1e-3)


# What can go wrong.


def test_what_is_there_already_is_left(
    store: Store, session: StoredSession, tmp_path: Path
) -> None:
    path = export(store, session, Format.JSON, tmp_path)
    path.write_text("mine")
    assert export(store, session, Format.JSON, tmp_path).read_text() == "mine"


def test_an_export_that_was_cut_off_is_made_anew(
    store: Store, session: StoredSession, tmp_path: Path
) -> None:
    (tmp_path / f".{session.name}.part").mkdir()
    (tmp_path / f".{session.name}.part" / "strides.csv").write_text("half")
    folder = export(store, session, Format.CSV, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [session.name]
    assert len((folder / "strides.csv").read_text().splitlines()) > 5


def test_a_place_that_cannot_be_written_is_named(
    store: Store, session: StoredSession, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    for kind in (Format.JSON, Format.FOLDER):
        with pytest.raises((ExportError, RecordError), match=r"file.*: Not a directory$"):
            export(store, session, kind, tmp_path / "file" / "out")
