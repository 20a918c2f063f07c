"""The notices about the pictures under which nothing is judged."""

from collections.abc import Iterable
from math import inf
from typing import Final

from edge.messages.notice import Notice
from edge.messages.reason import Reason

FEET: Final = ("feet_cut", "feet_hidden")
"""Notices under which the metrics of the foot are unknown, and the others are measured."""

WITHHOLDS: Final = (
    "picture_upside_down",
    "picture_sideways",
    "camera_moved",
    "camera_turned",
    "camera_tilted",
    "pictures_never_change",
    "pixel_aspect_unknown",
    "slow_motion",
    "fast_motion",
    "too_dark",
    "overexposed",
    "pictures_combed",
    *FEET,
)
"""Notices that are also the reason why nothing is judged, the most important first."""


def different_hz(notices: Iterable[Notice]) -> float:
    """Return how many pictures per second differ; infinite where none is repeated.

    Examples
    --------
    >>> different_hz([Notice("pictures_repeated", given_hz=60, rate_hz=24)])
    24.0
    """
    told = (dict(n.params)["rate_hz"] for n in notices if n.code == "pictures_repeated")
    return min(map(float, told), default=inf)


def withheld(notices: Iterable[Notice]) -> Reason:
    """Return why nothing may be judged under these notices; no reason if it may.

    Examples
    --------
    >>> withheld([Notice("another_person_seen"), Notice("feet_cut")]).code
    'feet_cut'
    >>> bool(withheld([Notice("another_person_seen")]))
    False
    """
    held = {notice.code: notice for notice in notices}
    first = next((held[code] for code in WITHHOLDS if code in held), None)
    return Reason() if first is None else Reason(first.code, **dict(first.params))
