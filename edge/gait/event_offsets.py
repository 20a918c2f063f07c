"""Mean offsets of the event rules on the points of each pose model."""

from dataclasses import replace
from typing import Any, Final

from edge.settings.gait_settings import GaitSettings

# Models for which the default settings were fitted, with the leg reader.
_FITTED: Final = frozenset({"lite", "full", "heavy"})
# For points without offsets of their own (docs/gait-metrics.md, "Events").
_OF_MARKERS: Final = {"contact_offset_s": 0.028, "peak_offset_s": 0.0, "toe_off_offset_s": -0.007}


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
