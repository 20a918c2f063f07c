"""The 33 keypoints of the pose model: names, indices, left-right pairs and bones."""

from typing import Final

KEYPOINT_NAMES: Final[tuple[str, ...]] = (
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_foot_index",
    "right_foot_index",
)
KEYPOINT_COUNT: Final = len(KEYPOINT_NAMES)

LEFT_SHOULDER: Final = 11
RIGHT_SHOULDER: Final = 12
LEFT_HIP: Final = 23
RIGHT_HIP: Final = 24

# One leg from the hip down, in the order every leg array of this project uses.
LEG_POINTS: Final[tuple[str, ...]] = ("hip", "knee", "ankle", "heel", "foot_index")
LEFT_LEG: Final[tuple[int, ...]] = (23, 25, 27, 29, 31)
RIGHT_LEG: Final[tuple[int, ...]] = (24, 26, 28, 30, 32)
HIP, KNEE, ANKLE, HEEL, TOE = range(5)

# One side of the body as the leg reader names it. Its shoe tip is our foot index: the knee is
# measured against the end of the shoe, and the big toe lies inside it.
READER_POINTS: Final[tuple[str, ...]] = (
    "shoulder",
    "hip",
    "knee",
    "ankle",
    "heel",
    "big_toe",
    "shoe_tip",
)
READER_SHOULDER: Final = 0
READER_LEG: Final[tuple[int, ...]] = (1, 2, 3, 4, 6)

# Bones drawn by the display: pairs of keypoint indices.
BONES: Final[tuple[tuple[int, int], ...]] = (
    (11, 12),
    (11, 13),
    (13, 15),
    (12, 14),
    (14, 16),
    (11, 23),
    (12, 24),
    (23, 24),
    (23, 25),
    (25, 27),
    (27, 29),
    (29, 31),
    (27, 31),
    (24, 26),
    (26, 28),
    (28, 30),
    (30, 32),
    (28, 32),
)
