"""Offsets and readings of the event rules on the points of each pose model."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from edge.gait.event_reading import Reading
from edge.gait.event_weights import READINGS
from edge.messages.gait import EventKind
from edge.messages.legs import LegSource
from edge.settings.gait_settings import GaitSettings

# Points from pictures: toe-off is read from force plates, which a shoe's tip leaves later than the
# force falls; in a picture the tip is what is seen to leave (docs/gait-metrics.md, "Toe-off").
IN_PICTURES: Final[Mapping[EventKind, Reading]] = {
    EventKind.INITIAL_CONTACT: READINGS[EventKind.INITIAL_CONTACT]
}
# Models for which the default settings were fitted, with the leg reader.
_FITTED: Final = frozenset({"lite", "full", "heavy"})
# For points without offsets of their own (docs/gait-metrics.md, "Events").
_OF_MARKERS: Final[Mapping[str, float]] = {
    "contact_offset_s": 0.030,
    "peak_offset_s": 0.0,
    "toe_off_offset_s": -0.005,
}
# On a pose model's own points the knee is often told before the foot has turned far, so a foot that
# has turned beyond the noise of its flat pitch is waited for: real films, toe-off 44 to 86 ms early
# before. ``full`` sees the turn later there than on the leg reader's points: by 20 ms on 17
# rendered clips, and on three films of real runners it is late by as much. With ``lite`` (37) and
# ``heavy`` (8) rendered and real runners disagree, so theirs are left alone.
_TRACKED: Final[Mapping[str, float]] = {"turning_deg": 12.0}
_OF_TRACKED: Final[Mapping[str, Mapping[str, float]]] = {
    "lite": _TRACKED,
    "full": {**_TRACKED, "toe_off_offset_s": -0.025},
    "heavy": _TRACKED,
}


def gait_for(model: str, gait: GaitSettings, source: LegSource = LegSource.READER) -> GaitSettings:
    """Return the gait settings for the points of a pose model from one source.

    Values that were set explicitly stay; those still at their default become the offsets fitted for
    these points. A model without fitted offsets has those of markers, which come from the rules
    alone.
    """
    if model not in _FITTED:
        own = _OF_MARKERS
    else:
        own = _OF_TRACKED[model] if source is LegSource.TRACKED else {}
    default = GaitSettings()
    untouched: dict[str, Any] = {
        name: offset
        for name, offset in own.items()
        if getattr(gait, name) == getattr(default, name)
    }
    return replace(gait, **untouched)
