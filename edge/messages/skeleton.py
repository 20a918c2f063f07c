"""The points of a body: those that all rooms measure, and where a pose model has them.

A pose model names its points as it likes. After the pose room everybody speaks of a body of twelve
points, which a ``Skeleton`` finds among the model's own.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Floats

# One side of a body, as skeletons and the leg reader name it. The knee is measured against the end
# of the shoe, and the big toe lies inside it.
SIDE_POINTS: Final[tuple[str, ...]] = (
    "shoulder",
    "hip",
    "knee",
    "ankle",
    "heel",
    "big_toe",
    "shoe_tip",
)
SIDE_SHOULDER: Final = 0
SIDE_LEG: Final[tuple[int, ...]] = (1, 2, 3, 4, 6)
_BIG_TOE: Final = 5

# One leg from the hip down, in the order every leg array of this project uses. The toe is the shoe
# tip, or the big toe where a model has no shoe tip.
LEG_POINTS: Final[tuple[str, ...]] = ("hip", "knee", "ankle", "heel", "toe")
HIP, KNEE, ANKLE, HEEL, TOE = range(5)

# The body that is measured, in the order every body array of this project uses.
BODY_POINTS: Final[tuple[str, ...]] = (
    "left_shoulder",
    "right_shoulder",
    *(f"left_{point}" for point in LEG_POINTS),
    *(f"right_{point}" for point in LEG_POINTS),
)
BODY_COUNT: Final = len(BODY_POINTS)
LEFT_SHOULDER, RIGHT_SHOULDER = 0, 1
LEFT_LEG: Final[tuple[int, ...]] = (2, 3, 4, 5, 6)
RIGHT_LEG: Final[tuple[int, ...]] = (7, 8, 9, 10, 11)
LEFT_HIP: Final = LEFT_LEG[HIP]
RIGHT_HIP: Final = RIGHT_LEG[HIP]

# Bones between body points, for drawing.
BODY_BONES: Final[tuple[tuple[int, int], ...]] = (
    (LEFT_SHOULDER, RIGHT_SHOULDER),
    (LEFT_SHOULDER, LEFT_HIP),
    (RIGHT_SHOULDER, RIGHT_HIP),
    (LEFT_HIP, RIGHT_HIP),
    *(
        (leg[a], leg[b])
        for leg in (LEFT_LEG, RIGHT_LEG)
        for a, b in ((HIP, KNEE), (KNEE, ANKLE), (ANKLE, HEEL), (HEEL, TOE), (ANKLE, TOE))
    ),
)

ABSENT: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Skeleton:
    """The points of one pose model.

    Attributes
    ----------
    name
        Of the skeleton; pose logs keep it.
    points
        Names of the model's points, in its order.
    bones
        Pairs of points to draw a line between.
    left, right
        Where the model has each of ``SIDE_POINTS``; ``ABSENT`` where it has not.
    pairs
        Left and right of each point from the hips down: what legs that came exchanged exchange.
    markers
        Names of markers in exports, and the points that they are.
    body
        Shape (12,), where the model has each of ``BODY_POINTS``; ``ABSENT`` where it has not.
    legs
        The leg points that the model has, from hip to toe, left and right in turn.
    """

    name: str
    points: tuple[str, ...]
    bones: tuple[tuple[int, int], ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]
    markers: tuple[tuple[str, int], ...]
    body: NDArray[np.intp] = field(init=False, repr=False)
    legs: NDArray[np.intp] = field(init=False, repr=False)
    exchanged: NDArray[np.intp] = field(init=False, repr=False)
    _absent: NDArray[np.intp] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check that the points are there, and work out where the body's are."""
        for side in (self.left, self.right):
            if len(side) != len(SIDE_POINTS) or not max(side) < len(self.points):
                raise ValueError(
                    f"skeleton {self.name} must place {len(SIDE_POINTS)} points a side"
                )
        left, right = (_measured_leg(side) for side in (self.left, self.right))
        shoulders = [self.left[SIDE_SHOULDER], self.right[SIDE_SHOULDER]]
        body = np.array([*shoulders, *left, *right], np.intp)
        in_turn = [i for pair in zip(left, right, strict=True) for i in pair if i != ABSENT]
        exchanged = np.arange(len(self.points))
        for one, other in self.pairs:
            exchanged[one], exchanged[other] = other, one
        for name, places in (
            ("body", body),
            ("legs", np.array(in_turn, np.intp)),
            ("exchanged", exchanged),
            ("_absent", np.flatnonzero(body == ABSENT)),
        ):
            places.setflags(write=False)
            object.__setattr__(self, name, places)

    @property
    def count(self) -> int:
        """How many points the model has."""
        return len(self.points)

    @property
    def has_feet(self) -> bool:
        """Whether the model has heel and toe of both legs."""
        feet = [leg[place] for leg in (LEFT_LEG, RIGHT_LEG) for place in (HEEL, TOE)]
        return not (self.body[feet] == ABSENT).any()

    def body_of(self, values: Floats, axis: int = 0) -> Floats:
        """Return the body's points of an array over the model's points.

        Parameters
        ----------
        values
            Has ``count`` entries along ``axis``.
        axis
            The axis of points.

        Returns
        -------
        The same with twelve entries along ``axis``, NaN for points that the model lacks.
        """
        body = values.take(self.body, axis=axis)
        if self._absent.size:
            body[(slice(None),) * axis + (self._absent,)] = np.nan
        return body

    def spread(self, body_px: Floats) -> Floats:
        """Return a body, shape (12, 2), in the place of the model's points, shape (count, 2).

        NaN where the model has other points.
        """
        points = np.full((self.count, 2), np.nan)
        known = self.body != ABSENT
        points[self.body[known]] = body_px[known]
        return points


def _measured_leg(side: tuple[int, ...]) -> list[int]:
    *leg, toe = (side[place] for place in SIDE_LEG)
    return [*leg, side[_BIG_TOE] if toe == ABSENT else toe]
