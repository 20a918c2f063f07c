"""How long a person has stood."""

from coaching_strides import at

from edge.coaching.standing_spell import StandingSpell
from edge.messages.gait import Activity


def test_it_counts_from_the_first_standing_frame_and_anew_after_each_step() -> None:
    spell = StandingSpell()
    assert spell.update(at(10.0, Activity.RUNNING)) == 0
    assert spell.update(at(11.0, Activity.STANDING)) == 0
    assert spell.update(at(13.5, Activity.STANDING)) == 2.5
    assert spell.update(at(14.0, Activity.WALKING)) == 0
    assert spell.update(at(15.0, Activity.STANDING)) == 0
    spell.reset()
    assert spell.update(at(16.0, Activity.STANDING)) == 0
