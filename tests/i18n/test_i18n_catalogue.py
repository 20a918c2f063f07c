"""The catalogue fills in words, numbers and plurals as each language writes them."""

import json
from math import nan
from pathlib import Path

import pytest

from edge.i18n import word_catalogue
from edge.i18n.notices import notice_words
from edge.i18n.word_catalogue import DASH, MINUS, Catalogue, languages, load
from edge.messages.notice import Notice
from edge.numerics.speed_units import SpeedUnit


def made_up(**words: word_catalogue.Words) -> Catalogue:
    return Catalogue(language="xx", words={"language.decimal": ",", **words})


def test_english_comes_first() -> None:
    assert languages()[0] == "en"
    assert {load(name).language for name in languages()} == set(languages())


def test_a_missing_key_names_key_and_language() -> None:
    with pytest.raises(KeyError, match=r"reason\.no_such.*de"):
        load("de").text("reason.no_such")


def test_a_missing_value_names_key_and_value() -> None:
    with pytest.raises(KeyError, match=r"'key'.*'seen'"):
        made_up(key="{seen} seen").text("key", needed=3)


# 10.8 m/s in each unit.
SPEEDS = ("38.9 km/h", "24.2 mph", "1:33 min/km")


@pytest.mark.parametrize("name", ["xx", "../en", "EN", ""])
def test_a_language_that_is_not_there_is_an_error(name: str) -> None:
    with pytest.raises(KeyError, match="en, de"):
        load(name)


@pytest.mark.parametrize(
    ("sentence", "value", "words"),
    [
        ("{x}", 3, "3"),
        ("{x}", 3.25, "3,25"),
        ("{x:.1f}", 3.0, "3,0"),
        ("{x:+.1f}", 3.04, "+3,0"),
        ("{x:+.1f}", -3.04, f"{MINUS}3,0"),
        ("{x:+.0f}", -0.4, "0"),
        ("{x:.1f}", nan, DASH),
        ("{x:speed}", 3.0, "3,0 m/s"),
        ("{x:speed}", nan, DASH),
        ("{x}", None, DASH),
        ("{x}", "a.b {y}", "a.b {y}"),
    ],
)
def test_values_are_written_as_the_language_does(sentence: str, value: object, words: str) -> None:
    assert made_up(key=sentence).text("key", x=value) == words


@pytest.mark.parametrize(("unit", "words"), list(zip(SpeedUnit, SPEEDS, strict=True)))
def test_a_contradiction_in_speed_is_told_in_the_unit_of_choice(
    unit: SpeedUnit, words: str
) -> None:
    told = Notice("speed_unit_suspect", entered=10.8, unit="km/h")
    assert notice_words(told, load("en").in_unit(unit)) == (
        f"Entered as {words}, which the runner\N{RIGHT SINGLE QUOTATION MARK}s speed contradicts: "
        "was 10.8 km/h meant?"
    )


def test_count_chooses_the_plural() -> None:
    words = made_up(key={"one": "{count} step", "other": "{count} steps"})
    assert [words.text("key", count=n) for n in (0, 1, 2)] == ["0 steps", "1 step", "2 steps"]


def test_a_language_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("en", "de", "it"):
        (tmp_path / f"{name}.json").write_text(json.dumps({"key": name}), encoding="utf-8")
    monkeypatch.setattr(word_catalogue, "FOLDER", tmp_path)
    assert languages() == ("en", "de", "it")
    assert load("it").text("key") == "it"
