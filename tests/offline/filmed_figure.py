"""The closed-form stick figure as a trial with markers and force plates."""

import numpy as np
from synthetic import Runner

from edge.messages.gait import EventKind
from edge.messages.side import Side
from edge.messages.skeleton import HEEL, TOE
from edge.offline.evaluate.force_plate import MARKER_HZ, Trial
from edge.offline.evaluate.marker_truth import TO_TIP

# How far each leg is from the middle of the belt.
BREADTH_M = 0.1


def as_trial(runner: Runner, seconds: float, breadth_m: float = BREADTH_M) -> Trial:
    """Return the figure's markers; its toe becomes the shoe tip that the truth extrapolates to."""
    times = np.arange(round(seconds * MARKER_HZ)) / MARKER_HZ
    markers = np.zeros((times.size, 2, 5, 3))
    for i, side in enumerate((Side.LEFT, Side.RIGHT)):
        leg = runner.leg(times - runner.contact_s(side))
        heel, tip = leg[:, HEEL], leg[:, TOE]
        leg = leg.copy()
        leg[:, TOE] = heel + TO_TIP * (tip - heel)
        markers[:, i, :, :2] = leg
        markers[:, i, :, 2] = breadth_m if side is Side.RIGHT else -breadth_m
    contacts, toe_offs = {}, {}
    for side in Side:
        starts = runner.events(EventKind.INITIAL_CONTACT, side, seconds)
        whole = starts[starts + runner.stance_s < seconds]
        contacts[side], toe_offs[side] = whole, whole + runner.stance_s
    return Trial(
        key="figure_25",
        speed_mps=runner.form.belt_mps,
        strike=dict.fromkeys(Side, "Rearfoot"),
        markers_m=markers,
        contacts_s=contacts,
        toe_offs_s=toe_offs,
    )
