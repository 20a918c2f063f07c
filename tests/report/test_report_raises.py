"""The report's section on calf raises: a row a set, norms with their source, no false change."""

from dataclasses import replace

import pytest

from edge.i18n.word_catalogue import DASH, load
from edge.messages.raises import Raise, RaiseKind, RaiseSet
from edge.messages.side import Side
from edge.report.calf_raises import raises_changed, raises_section


def a_set(full: int, side: Side = Side.RIGHT) -> RaiseSet:
    raises = tuple(
        Raise(
            rep=i,
            side=side,
            start_s=2.0 * i,
            top_s=2.0 * i + 0.7,
            end_s=2.0 * i + 1.4,
            height_cm=9.0,
            height_pct=100.0,
            kind=RaiseKind.FULL,
        )
        for i in range(1, full + 1)
    )
    return RaiseSet(
        side=side,
        raises=raises,
        full_height_cm=9.0,
        scale_error95_pct=10.0,
        stature_m=1.8,
        mass_kg=80.0,
    )


@pytest.mark.parametrize("language", ["en", "de"])
def test_counts_height_and_norms_with_their_source_are_told(language: str) -> None:
    section = raises_section([a_set(18)], load(language))
    assert section is not None
    (row,) = section["rows"]
    assert row[1:4] == ["18", "0", "0"]
    assert "9" in row[4]
    assert "±" in row[4]
    norms = section["notes"][-1]
    for said in ("24", "21", "25", "Hébert-Losier 2017", "Lunsford", "Perry 1995"):
        assert said in norms


def test_without_a_set_there_is_no_section() -> None:
    assert raises_section([], load("en")) is None


def test_both_legs_are_compared_and_what_was_not_entered_is_said() -> None:
    unknown = replace(a_set(20, Side.LEFT), stature_m=float("nan"), mass_kg=float("nan"))
    section = raises_section([a_set(25), unknown], load("en"))
    assert section is not None
    notes = " ".join(section["notes"])
    assert "80 %" in notes
    assert "Body height was not entered" in notes
    assert "Body mass was not entered" in notes
    assert section["rows"][1][6] == DASH


@pytest.mark.parametrize(("first", "last", "is_change"), [(18, 24, False), (18, 25, True)])
def test_fewer_than_seven_more_or_less_are_no_change(
    first: int, last: int, *, is_change: bool
) -> None:
    said = raises_changed(a_set(first), a_set(last), load("en"))
    assert ("no change" in said) is not is_change
    assert f"{first}, then {last}" in said
