"""What the settings name is started with the rig, and read by its pipeline."""

import re
from pathlib import Path

import pytest

from edge.i18n.notices import english_notice
from edge.i18n.word_catalogue import languages, load
from edge.messages.errors import SensorError
from edge.messages.reading import BeltInForce, BeltNotice, BeltSource
from edge.offline.analyze import analyze
from edge.sensors.belt_notice import belt_notice
from edge.settings import paths
from edge.settings.sensor_settings import SensorSettings
from edge.settings.settings import Settings
from edge.station.assembly import build_rig


@pytest.mark.parametrize("notice", [notice for notice in BeltNotice if notice])
def test_each_contradiction_has_a_sentence_in_each_language(notice: BeltNotice) -> None:
    belt = BeltInForce(
        time_s=0.0,
        entered_mps=10.8,
        treadmill_mps=2.9,
        seen_mps=2.6,
        notice=notice,
        likely_unit="km/h",
    )
    said = english_notice(belt_notice(belt))
    assert len({"10.8", "2.9", "2.6", "km/h"} & set(re.split(r"[ ,:?]+", said))) == 2
    assert all(f"notice.{notice}" in load(language) for language in languages())
    assert all(f"belt.{source}" in load(name) for source in BeltSource for name in languages())


def with_treadmill(text: str) -> Settings:
    return Settings(sensors=SensorSettings(treadmill=text))


@pytest.mark.parametrize("text", ["bluetooth", "csv:nowhere.csv"])
def test_a_sensor_that_can_never_answer_is_an_error(text: str, models_dir: Path) -> None:
    with pytest.raises(SensorError):
        build_rig(with_treadmill(text), models_dir, smaller=False)


def test_a_recording_is_analysed_with_the_treadmill_s_log(models_dir: Path, tmp_path: Path) -> None:
    log = tmp_path / "belt.csv"
    log.write_text("time_s,speed_mps\n0,2.5\n2,2.8\n")
    settings = with_treadmill(f"csv:{log}")
    rig = build_rig(settings, models_dir, smaller=False)
    frames = 0

    def enough() -> bool:
        return frames > 200

    def progress(done: int, _all: int | None) -> None:
        nonlocal frames
        frames = done

    analysis = analyze(
        str(paths.demo_clip()),
        tmp_path / "out",
        rig.pipeline,
        settings,
        version="0",
        progress=progress,
        stopped=enough,
    )
    assert (analysis.session["belt_speed_mps"], analysis.session["belt_speed_source"]) == (
        2.8,
        BeltSource.TREADMILL,
    )
    assert [stretch["speed_mps"] for stretch in analysis.session["belt"]] == [2.5, 2.8]
    rig.sensors.close()
