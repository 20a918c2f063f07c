"""Films that were once answered wrongly, and the right answer to each."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from capture_media import ffmpeg

from edge.messages.errors import CaptureError
from edge.messages.metric import Metric
from edge.messages.notice import Notice
from edge.offline.analyze import Analysis, analyze
from edge.pipeline import Pipeline
from edge.settings.changed_settings import with_capture
from edge.settings.settings import Settings
from edge.station.assembly import build_rig

Analyse = Callable[..., Analysis]
# Five seconds are six strides of the near leg, and cost five seconds of a core at most.
SECONDS = 5.0


@pytest.fixture(scope="module")
def faults(shared_dir: Path) -> Path:
    return shared_dir / "data" / "faults"


@pytest.fixture(scope="module")
def pipeline(models_dir: Path) -> Iterator[Pipeline]:
    rig = build_rig(Settings(), models_dir, smaller=False)
    with closing(rig.sensors):
        yield rig.pipeline


@pytest.fixture
def analyse(pipeline: Pipeline, tmp_path: Path) -> Analyse:
    """Return a function that analyses the first frames of a film."""

    def run(path: Path, most: int, **capture: float) -> Analysis:
        done = 0

        def progress(frames: int, _all: int | None) -> None:
            nonlocal done
            done = frames

        return analyze(
            str(path),
            tmp_path / path.stem,
            pipeline,
            with_capture(Settings(), **capture),
            version="0",
            progress=progress,
            stopped=lambda: done >= most,
        )

    return run


def codes(analysis: Analysis) -> list[str]:
    return [notice["code"] for notice in analysis.session["notices"]]


def near(session: dict[str, Any]) -> dict[str, Any]:
    side: dict[str, Any] = session["sides"][session["near_side"]]
    return side


def test_interlaced_film_is_refused_and_shows_no_other_files_runner(
    faults: Path, analyse: Analyse
) -> None:
    before = analyse(faults / "short3.mp4", 30)
    assert before.session["frames"]["processed"] == 30
    with pytest.raises(CaptureError, match=r"psf25\.mp4 is interlaced"):
        analyse(faults / "psf25.mp4", 30)
    assert not (before.folder.parent / "psf25" / "poses.jsonl").exists()


def test_a_bare_stream_is_refused_or_takes_the_rate(faults: Path, analyse: Analyse) -> None:
    path = faults / "rpicam30.h264"
    with pytest.raises(CaptureError, match=r"no times.*--rate 30"):
        analyse(path, 30)
    analysis = analyse(path, round(30 * SECONDS), file_rate_hz=30.0)
    assert analysis.session["cadence_spm"] == pytest.approx(166, abs=2)
    assert codes(analysis) == []


def test_repeated_pictures_are_told_and_left_out(faults: Path, analyse: Analyse) -> None:
    analysis = analyse(faults / "dup30in60.mp4", round(30 * SECONDS))
    repeated = Notice("pictures_repeated", given_hz=60, rate_hz=30)
    assert analysis.notices == (repeated,)
    (entry,) = analysis.session["notices"]
    assert (entry["rate_hz"], entry["given_hz"], entry["from_s"]) == (30, 60, 0.0)
    assert analysis.session["frame_rate_hz"]["measured"] == pytest.approx(30, abs=0.3)
    assert analysis.session["cadence_spm"] == pytest.approx(166, abs=2)
    # Of the film without repeats: 4.5 over the whole length, red.
    assert near(analysis.session)["metrics"][Metric.KNEE_TOE]["mean"] > 2.5


def test_slow_motion_is_told_and_the_rate_sets_it_right(faults: Path, analyse: Analyse) -> None:
    slow = analyse(faults / "slow2.mp4", round(30 * 5.5))
    (notice,) = slow.notices
    assert notice.code == "slow_motion"
    assert dict(notice.params)["stride_s"] == pytest.approx(1.44, abs=0.03)
    assert {v["state"] for sides in slow.session["verdicts"].values() for v in sides.values()} == {
        "unknown"
    }
    right = analyse(faults / "slow2.mp4", 240, file_rate_hz=60.0)
    assert codes(right) == ["times_overridden"]
    assert right.session["cadence_spm"] == pytest.approx(166, abs=2)


@pytest.mark.parametrize("spoiled", ["gblur=20", "scale=iw/24:-2,scale=960:108:flags=neighbor"])
def test_feet_that_are_blurred_or_in_mosaic_are_not_judged(
    spoiled: str, clips_dir: Path, tmp_path: Path, analyse: Analyse
) -> None:
    """A good runner, read 12 to 23 % of shank too far ahead of such toes: red, without a notice."""
    over = f"split[a][b];[b]crop=iw:ih*0.2:0:ih*0.8,{spoiled}[c];[a][c]overlay=0:H*0.8"
    film = tmp_path / "film.mp4"
    ffmpeg("-ss", "1", "-i", clips_dir / "good_right.mp4", "-vf", f"{over},scale=480:-2", film)
    analysis = analyse(film, round(60 * 3.5))
    assert codes(analysis) == ["feet_hidden"]
    assert near(analysis.session)["metrics"][Metric.KNEE_TOE]["n"] == 0
