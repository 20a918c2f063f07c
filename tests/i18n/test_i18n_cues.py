"""A cue in each language."""

from math import nan

import pytest

from edge.i18n.cue_words import cue_words, english_cue
from edge.i18n.word_catalogue import load


def test_the_cadence_cue_names_its_target_only_when_there_is_one() -> None:
    english = load("en")
    named = "Quicker, lighter steps: 172 to 175 a minute"
    assert cue_words("cadence", english, (172.0, 175.0)) == named
    assert cue_words("cadence", english, (nan, nan)) == "Quicker, lighter steps"
    assert cue_words("long_push", english, (172.0, 175.0)).startswith("Finish the push")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Sit back a touch, as onto a high barstool"),
        ("de", "Etwas zurücksetzen, wie auf einen hohen Barhocker"),
    ],
)
def test_a_cue_is_told_in_each_language(language: str, said: str) -> None:
    assert cue_words("sit_back", load(language)) == said


def test_a_cue_recorded_as_a_sentence_stays_that_sentence() -> None:
    assert cue_words("Finish the push", load("de")) == "Finish the push"


def test_no_cue_has_no_words() -> None:
    assert english_cue(None) is None
    assert english_cue("praise") == load("en").text("cue.praise")
