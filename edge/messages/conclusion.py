"""What a cue experiment says in one sentence: a code with parameters, without words."""

from typing import Final

from edge.messages.coded import Coded

_MOVED: Final = ("after", "before", "cue", "effect", "metric")
# Every code, with the names of its parameters; edge/i18n has the words. ``cue`` is a ``CueKind``,
# ``effect`` one of ``EFFECTS``, ``before`` and ``after`` are means in the metric's unit.
CONCLUSION_CODES: Final[dict[str, tuple[str, ...]]] = {
    # A cue moved something, and what became of it with the screen off.
    "cue_stayed": _MOVED,
    "cue_not_stayed": _MOVED,
    "cue_stay_too_few": _MOVED,
    "cue_stay_other_speed": _MOVED,
    "cue_not_retested": _MOVED,
    "later_only": ("after", "before", "effect", "metric"),
    "nothing_changed": (),
    # Why nothing can be said.
    "too_few_strides": ("needed",),
    "speeds_differ": (),
    "no_baseline": (),
    "no_cue": (),
    # Side effects of a cue, in % of leg, degrees and % of the baseline.
    "overstride_more": ("change", "cue"),
    "trunk_behind": ("after", "cue"),
    "contact_longer": ("change", "cue"),
    "speed_unknown": (),
    # Left against right.
    "sides_alike": (),
    "sides_differ": ("count",),
    "sides_one": ("side",),
    "sides_none": (),
    "sides_too_few": ("needed",),
    "sides_speeds": ("left_mps", "right_mps"),
    "sides_speed_unknown": (),
}
EFFECTS: Final = (
    "knee_behind",
    "knee_over",
    "knee_less_ahead",
    "knee_ahead",
    "knee_less_behind",
    "raised",
    "lowered",
)
"""What happened to a metric; those of the knee are of the knee-toe offset."""


class Conclusion(Coded):
    """One conclusion; false if empty.

    Examples
    --------
    >>> Conclusion("too_few_strides", needed=10).params
    (('needed', 10),)
    """

    __slots__ = ()
