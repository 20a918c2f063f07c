"""Weights of the closer readings of events; `make train-events` writes them.

Fitted to force plates: Fukuchi, Fukuchi & Duarte (2017), PeerJ 5:e3298, CC BY 4.0.
"""

from typing import Final

from edge.gait.event_reading import Reading
from edge.messages.gait import EventKind

READINGS: Final = {
    EventKind.INITIAL_CONTACT: Reading(
        at_s=(-0.06, -0.04, -0.02, 0.0),
        channels=(0, 2, 4, 6, 8),
        weights_s=(
            (0.01499, 0.00162, -0.00004, -0.00444, 0.00533),
            (0.01659, 0.00129, 0.00312, -0.00711, 0.00992),
            (0.01450, 0.00046, 0.00091, -0.01301, 0.00986),
            (0.00842, -0.00217, -0.01264, -0.01810, 0.00294),
        ),
        offset_s=-0.00131,
        limit_s=0.03,
    ),
    EventKind.TOE_OFF: Reading(
        at_s=(-0.06, -0.04, -0.02, 0.0),
        channels=(0, 2, 4, 6, 8),
        weights_s=(
            (0.00059, -0.00767, -0.00583, -0.01159, 0.00541),
            (0.00601, -0.01124, 0.00159, -0.00975, -0.00203),
            (0.01687, -0.00799, 0.00153, -0.00719, -0.02034),
            (0.02976, 0.00526, -0.01325, -0.00675, -0.03797),
        ),
        offset_s=0.02193,
        limit_s=0.03,
    ),
}
