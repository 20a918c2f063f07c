"""The points of the measured body, and their mapping to the points of a pose model.

Each pose model has its own points. All rooms after the pose room use a body of twelve points, which
a ``Skeleton`` selects from the model's points.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Floats

# One side of a body, as named by skeletons and the leg reader. The knee is measured against the
# shoe tip; the big toe is inside the shoe.
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

# One leg from the hip down, in the order of every leg array in this project. The toe is the shoe
# tip, or the big toe if a model has no shoe tip.
LEG_POINTS: Final[tuple[str, ...]] = ("hip", "knee", "ankle", "heel", "toe")
HIP, KNEE, ANKLE, HEEL, TOE = range(5)

# The measured body, in the order of every body array in this project.
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
        Name of the skeleton, stored in pose logs.
    points
        Names of the model's points, in order.
    bones
        Pairs of points to connect with a line.
    left, right
        Index of each of ``SIDE_POINTS`` in the model; ``ABSENT`` if it has none.
    pairs
        Left and right index of each point from the hips down, which swap when legs are exchanged.
    markers
        Marker names in exports, with the index of the point.
    body
        Shape (12,), index of each of ``BODY_POINTS`` in the model; ``ABSENT`` if it has none.
    legs
        Indices of the model's leg points, from hip to toe, left and right alternating.
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
        """Check the points, and compute the indices of the body."""
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
        """Number of points of the model."""
        return len(self.points)

    @property
    def has_feet(self) -> bool:
        """Whether the model has heel and toe for both legs."""
        feet = [leg[place] for leg in (LEFT_LEG, RIGHT_LEG) for place in (HEEL, TOE)]
        return not (self.body[feet] == ABSENT).any()

    def body_of(self, values: Floats, axis: int = 0) -> Floats:
        """Select the body's points from an array over the model's points.

        Parameters
        ----------
        values
            Has ``count`` entries along ``axis``.
        axis
            The axis of points.

        Returns
        -------
        The array with twelve entries along ``axis``, NaN for points that the model lacks.
        """
        body = values.take(self.body, axis=axis)
        if self._absent.size:
            body[(slice(None),) * axis + (self._absent,)] = np.nan
        return body

    def spread(self, body_px: Floats) -> Floats:
        """Return a body, shape (12, 2), as model points, shape (count, 2).

        NaN for model points outside the body.
        """
        points = np.full((self.count, 2), np.nan)
        known = self.body != ABSENT
        points[self.body[known]] = body_px[known]
        return points


def _measured_leg(side: tuple[int, ...]) -> list[int]:
    *leg, toe = (side[place] for place in SIDE_LEG)
    return [*leg, side[_BIG_TOE] if toe == ABSENT else toe]
