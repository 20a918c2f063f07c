"""Offsets and readings of the event rules on the points of each pose model."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from edge.gait.event_reading import Reading
from edge.gait.event_weights import READINGS
from edge.messages.gait import EventKind
from edge.settings.gait_settings import GaitSettings

# Points from pictures: toe-off is read from force plates, which a shoe's tip leaves later than the
# force falls; in a picture the tip is what is seen to leave (docs/gait-metrics.md, "Toe-off").
IN_PICTURES: Final[Mapping[EventKind, Reading]] = {
    EventKind.INITIAL_CONTACT: READINGS[EventKind.INITIAL_CONTACT]
}
# Models for which the default settings were fitted, with the leg reader.
_FITTED: Final = frozenset({"lite", "full", "heavy"})
# For points without offsets of their own (docs/gait-metrics.md, "Events").
_OF_MARKERS: Final = {"contact_offset_s": 0.030, "peak_offset_s": 0.0, "toe_off_offset_s": -0.005}


def gait_for(model: str, gait: GaitSettings) -> GaitSettings:
    """Return the gait settings for a pose model.

    For a model without fitted offsets, those still at their default become the offsets of markers,
    which come from the rules alone. Values that were set explicitly stay.
    """
    if model in _FITTED:
        return gait
    default = GaitSettings()
    untouched: dict[str, Any] = {
        name: offset
        for name, offset in _OF_MARKERS.items()
        if getattr(gait, name) == getattr(default, name)
    }
    return replace(gait, **untouched)
