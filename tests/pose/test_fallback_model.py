"""Moments seen through a stand-in are known as long as a stride may still hold them."""

import pytest
from reasons import said

from edge.pose.fallback_model import FallbackSpells


def seen(*spells: tuple[str, int], fps: int = 60) -> FallbackSpells:
    """Return the state after spells of the given numbers of frames."""
    stand_ins, number = FallbackSpells(), 0
    for reason, frames in spells:
        stand_ins.use(said(reason))
        for _ in range(frames):
            stand_ins.see(number / fps)
            number += 1
    return stand_ins


def test_without_a_stand_in_everything_may_be_measured() -> None:
    assert seen(("", 600)).reason(0, 10) == said("")


@pytest.mark.parametrize(
    ("interval", "marked"),
    [
        ((0.0, 0.95), False),
        ((0.5, 1.0), True),
        ((1.2, 1.4), True),
        ((1.9, 2.6), True),
        ((0.5, 2.6), True),
        ((2.0, 2.6), False),
    ],
)
def test_an_interval_with_any_frame_of_a_stand_in_is_marked(
    interval: tuple[float, float], marked: bool
) -> None:
    stand_ins = seen(("", 60), ("smaller", 60), ("", 60))
    assert (stand_ins.reason(*interval) == said("smaller")) == marked


def test_two_spells_are_kept_apart() -> None:
    stand_ins = seen(("smaller", 60), ("", 60), ("smaller", 60), ("other", 60))
    assert stand_ins.reason(0.0, 0.5) == said("smaller")
    assert stand_ins.reason(1.2, 1.8) == said("")
    assert stand_ins.reason(2.2, 2.8) == said("smaller")
    assert stand_ins.reason(3.2, 3.8) == said("other")


def test_saying_it_again_begins_no_new_spell() -> None:
    stand_ins = seen(*[("smaller", 1)] * 300)
    assert stand_ins.reason(0.004, 0.012) == said("smaller")


def test_old_spells_are_forgotten() -> None:
    assert seen(("smaller", 60), ("", 60 * 12)).reason(0, 1) == said("")


def test_forgetting_keeps_what_is_in_use() -> None:
    stand_ins = seen(("smaller", 60))
    stand_ins.forget()
    assert stand_ins.reason(0, 1) == said("")
    stand_ins.see(0.0)
    assert stand_ins.reason(0, 0) == said("smaller")
