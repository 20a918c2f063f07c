"""The public interface: names, signatures, and what each function does."""

import inspect
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas
import pyarrow
import pytest

import edge
from edge.messages.arrays import Floats
from edge.messages.errors import ExportError, ReportError, ToelineError
from edge.messages.gait import GaitState
from edge.offline.example import example_keypoints
from edge.pose.skeletons.loader import skeleton
from edge.record.tables import EVENT_COLUMNS, STRIDE_COLUMNS

HERE = Path(__file__).parent
OLD_STORE = HERE / "record" / "stores" / "2026-11"
CLIP = HERE / "clips" / "stands_then_runs.mp4"

# A change here affects every user of the package: add it to CHANGELOG.md.
SIGNATURES = {
    "analyze": "(file, *, speed_mps=0.0, incline_pct=0.0, facing='auto', model='full', "
    "settings=None, progress=...)",
    "analyze_keypoints": "(xy, times_s, skeleton='halpe26', *, scores=None, size_px=None, "
    "speed_mps=0.0, incline_pct=0.0, facing='auto', settings=None)",
    "live": "(source, *, settings=None)",
    "open_store": "(folder=None, *, create=False)",
    "report": "(sessions, *, language='en')",
}
TYPES = {
    "Report": {"html", "save"},
    "Run": {
        "strides",
        "events",
        "verdicts",
        "summary",
        "notices",
        "failure",
        "settings",
        "plot",
    },
    "Session": {"name", "runner", "about", "summary", "strides", "events", "verdicts"},
    "Sessions": {"close"},
    "Table": {"columns", "row_count", "rows", "where", "of"},
}


def plain(name: str) -> str:
    """Return a signature without annotations, the defaults of functions as dots."""
    signature = inspect.signature(getattr(edge, name))
    bare = [
        p.replace(
            annotation=p.empty,
            default=inspect.Parameter.empty if p.default is p.empty else _Shown(p.default),
        )
        for p in signature.parameters.values()
    ]
    return str(inspect.Signature(bare))


class _Shown:
    def __init__(self, default: object) -> None:
        self._text = "..." if callable(default) else repr(default)

    def __repr__(self) -> str:
        return self._text


@pytest.fixture(scope="module")
def keypoints() -> tuple[Floats, Floats]:
    return example_keypoints()


@pytest.fixture(scope="module")
def run(keypoints: tuple[Floats, Floats]) -> edge.Run:
    return edge.analyze_keypoints(*keypoints, "blazepose33", speed_mps=3.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[edge.Sessions]:
    # A copy, for opening it may bring it up to date.
    shutil.copytree(OLD_STORE, tmp_path / "data")
    with edge.open_store(tmp_path / "data") as opened:
        yield opened


def test_these_names_are_public() -> None:
    assert set(edge.__all__) == SIGNATURES.keys() | TYPES.keys()
    assert set(edge.__all__) <= set(dir(edge))


@pytest.mark.parametrize("name", SIGNATURES)
def test_its_signature_stays(name: str) -> None:
    assert plain(name) == SIGNATURES[name]


@pytest.mark.parametrize("name", TYPES)
def test_a_type_keeps_what_it_has(name: str) -> None:
    assert TYPES[name] <= set(dir(getattr(edge, name)))


@pytest.mark.parametrize("name", edge.__all__)
def test_it_is_documented(name: str) -> None:
    documented = inspect.unwrap(getattr(edge, name))
    assert documented.__doc__
    assert f"`{name}" in (HERE.parent / "docs" / "api.md").read_text(encoding="utf-8")


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'edge' has no attribute 'analyse'"):
        edge.analyse  # noqa: B018


def test_the_import_is_light() -> None:
    code = "import edge, sys; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"cv2", "onnxruntime", "numpy", "fastapi", "matplotlib"} & set(loaded.stdout.split())


def test_the_package_of_reports_is_still_a_package() -> None:
    page = import_module("edge.report.page")
    assert sys.modules["edge.report"].page is page
    assert callable(edge.report)


def test_tables_are_taken_as_they_are(run: edge.Run) -> None:
    strides = pandas.DataFrame(run.strides)
    assert tuple(strides) == STRIDE_COLUMNS
    assert len(strides) == run.strides.row_count > 15
    assert set(strides["side"]) == {"left", "right"}
    assert strides["valid"].dtype == bool
    assert pyarrow.table(run.events).column_names == list(EVENT_COLUMNS)
    assert not run.strides["start_s"].flags.writeable


def test_keypoints_give_what_the_clip_shows(run: edge.Run) -> None:
    """The bundled clip: 166 steps a minute, knees ahead of the toes, right leg near."""
    near = run.strides.where(run.strides["near"] & run.strides["valid"])
    assert set(near["side"]) == {"right"}
    assert np.median(near["cadence_spm"]) == pytest.approx(166, abs=2)
    assert {(v["fault"], v["side"]): v["state"] for v in run.verdicts.rows()} == {
        ("knees_forward", "right"): "red",
        ("bent_push_off", "right"): "green",
        ("knees_forward", "left"): "unknown",
        ("bent_push_off", "left"): "unknown",
    }


@pytest.mark.parametrize("name", ["halpe26", "body25", "coco17"])
def test_other_skeletons_give_the_same_events(
    name: str, keypoints: tuple[Floats, Floats], run: edge.Run
) -> None:
    xy, times_s = keypoints
    body = skeleton("blazepose33").body_of(xy, axis=1)
    theirs = np.array([skeleton(name).spread(points) for points in body])
    other = edge.analyze_keypoints(theirs, times_s, name, speed_mps=3.0)
    assert abs(other.strides.row_count - run.strides.row_count) <= 1
    if skeleton(name).has_feet:
        for column in ("start_s", "knee_toe_offset_pct"):
            np.testing.assert_allclose(other.strides[column], run.strides[column], atol=1e-6)
    else:
        assert np.isnan(other.strides["knee_toe_offset_pct"]).all()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"skeleton": "halpe27"}, "there is no skeleton 'halpe27'"),
        ({"xy": np.zeros((5, 17, 2))}, r"must have shape \(n, 26, 2\), got \(5, 17, 2\)"),
        ({"times_s": np.arange(4)}, "5 frames of keypoints need 5 times"),
        ({"times_s": np.zeros(5)}, "must be finite and strictly increasing"),
        ({"times_s": [0, 1, 2, 3, np.nan]}, "must be finite and strictly increasing"),
        ({"scores": np.zeros(5)}, r"scores must have shape \(5, 26\)"),
        ({"speed_mps": 99.0}, r"gait\.belt_speed_mps must be 0 to 12 m/s"),
        ({"facing": "up"}, r"gait\.facing must be one of auto, left, right"),
    ],
)
def test_what_does_not_fit_is_one_sentence(changes: dict[str, object], sentence: str) -> None:
    given: dict[str, object] = {"xy": np.zeros((5, 26, 2)), "times_s": np.arange(5) / 60}
    with pytest.raises(ToelineError, match=sentence):
        edge.analyze_keypoints(**given | changes)  # type: ignore[arg-type]


def test_nobody_gives_empty_tables_of_the_same_kind() -> None:
    nobody = edge.analyze_keypoints(np.full((90, 26, 2), np.nan), np.arange(90) / 60)
    assert ["no offsets are known" in said for said in nobody.notices] == [True]
    assert nobody.strides.row_count == 0
    assert nobody.strides.columns == STRIDE_COLUMNS
    assert nobody.strides["side"].dtype.kind == "U"
    assert pandas.DataFrame(nobody.events).empty


def test_a_run_is_drawn_with_its_limits(run: edge.Run) -> None:
    knee, push_off = run.plot().axes
    near = run.strides.where(run.strides["near"] & run.strides["valid"])
    np.testing.assert_array_equal(knee.lines[0].get_ydata(), near["knee_toe_offset_pct"])
    assert set(np.asarray(knee.lines[2].get_ydata())) == {run.settings.coaching.knee_toe_red_pct}
    assert push_off.get_ylabel() == "knee flexion in push-off (degrees)"


def test_without_matplotlib_one_sentence_says_so(
    run: edge.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ExportError, match="a plot needs Matplotlib"):
        run.plot()


def test_sessions_are_found_and_read_as_tables(store: edge.Sessions) -> None:
    names = [session.name for session in store]
    assert len(store) == len(names) == 2
    session = store[names[1]]
    assert store["last"].name == names[0]
    assert store["last"].runner == "R-07"
    assert session.strides.row_count == session.about["strides"] > 0
    assert session.strides.columns == STRIDE_COLUMNS
    # From the session's first frame.
    assert 0 <= session.strides["start_s"].min() < 5
    assert session.events.row_count > session.strides.row_count
    assert "red" in set(session.verdicts["state"])
    assert session.summary["schema"] == 1


def test_a_session_that_is_not_there_is_one_sentence(store: edge.Sessions) -> None:
    with pytest.raises(ToelineError, match="there is no session 1999"):
        store["1999"]


def test_a_folder_without_sessions_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ToelineError, match="nothing has been recorded"):
        edge.open_store(tmp_path)


def test_a_report_is_saved(store: edge.Sessions, tmp_path: Path) -> None:
    made = edge.report([store["last"]], language="de")
    path = made.save(tmp_path / "visit.html")
    assert path.read_text(encoding="utf-8") == made.html
    assert "R-07" in made.html
    assert 'lang="de"' in made.html


@pytest.mark.parametrize("path", ["visit.docx", "missing/visit.html"])
def test_a_report_that_cannot_be_saved_is_one_sentence(path: str, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="visit"):
        edge.Report(html="").save(tmp_path / path)


def test_a_report_needs_sessions_and_a_language(store: edge.Sessions) -> None:
    with pytest.raises(ReportError, match="at least one session"):
        edge.report([])
    with pytest.raises(ReportError, match="no language 'tlh'"):
        edge.report([store["last"]], language="tlh")


def test_a_video_gives_strides_and_the_summary_of_its_session(
    short_run: Path, models_dir: Path
) -> None:
    run = edge.analyze(short_run, speed_mps=3.0)
    assert run.summary["complete"]
    assert run.summary["belt_speed_mps"] == 3.0
    assert run.failure == ""
    assert run.strides.row_count == sum(s["strides"] for s in run.summary["sides"].values() if s)
    assert run.events.row_count > 0


def test_a_file_that_is_no_video_is_one_sentence(models_dir: Path) -> None:
    with pytest.raises(ToelineError, match="test_public_api"):
        edge.analyze(__file__)


def test_live_gives_messages_until_it_is_closed(models_dir: Path) -> None:
    messages = edge.live(str(CLIP))
    state = next(message for message in messages if isinstance(message, GaitState))
    assert state.frame_index == 0
    messages.close()  # type: ignore[attr-defined]


def test_live_without_its_camera_is_one_sentence() -> None:
    with pytest.raises(ToelineError, match="nothing-here"):
        next(iter(edge.live("nothing-here.mp4")))
