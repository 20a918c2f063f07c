"""How far the events' rules are off on the points of each pose model, on average."""

from dataclasses import replace
from typing import Any, Final

from edge.settings.gait_settings import GaitSettings

# The defaults of the settings were fitted for these, with the leg reader.
_FITTED: Final = frozenset({"lite", "full", "heavy"})
# Of points that have no offset of their own (docs/gait-metrics.md, "Events").
_OF_MARKERS: Final = {"contact_offset_s": 0.028, "peak_offset_s": 0.0, "toe_off_offset_s": -0.007}


def gait_for(model: str, gait: GaitSettings) -> GaitSettings:
    """Return the gait settings for a pose model.

    Of a model for which nothing was fitted, offsets that are still at their default are those of
    markers: the rule's own part without a model's. What somebody has set stays.
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
