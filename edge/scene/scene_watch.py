"""All that a frame and its pose show of a scene in which the numbers would suffer."""

from collections.abc import Iterable

from edge.messages.frame import Frame
from edge.messages.notice import Notice
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.scene.camera_watch import CameraWatch
from edge.scene.comb_watch import CombWatch
from edge.scene.feet_watch import FeetWatch
from edge.scene.light_watch import LightWatch
from edge.scene.orientation import OrientationWatch
from edge.scene.playing_speed import PlayingSpeed
from edge.scene.tilt_watch import RollOf, TiltWatch


class SceneWatch:
    """Monitor of camera, orientation, feet, light, rows, other people and playing speed.

    Parameters
    ----------
    roll_of
        Measures the roll of a grey picture.
    """

    def __init__(self, roll_of: RollOf) -> None:
        self._tilt = TiltWatch(roll_of)
        self._camera = CameraWatch()
        self._orientation = OrientationWatch()
        self._feet = FeetWatch()
        self._light = LightWatch()
        self._comb = CombWatch()
        self._playing = PlayingSpeed()

    def reset(self) -> None:
        """Forget the scene."""
        self._tilt.reset()
        self._camera.reset()
        self._orientation.reset()
        self._feet.reset()
        self._light.reset()
        self._comb.reset()
        self._playing.reset()

    def update(
        self, frame: Frame | None, pose: Pose, near_side: Side | None, *, fresh: bool
    ) -> tuple[Notice, ...]:
        """Add one frame with its raw pose; return the notices that hold.

        Parameters
        ----------
        frame
            None for keypoints without pictures, which show less.
        pose
            The raw pose of the frame.
        near_side
            The runner's side that faces the camera; None while unknown.
        fresh
            Whether a new runner begins; the scene is watched anew.
        """
        if fresh:
            self.reset()
        found = (
            *(() if frame is None else self._camera.update(frame, pose)),
            Notice() if frame is None else self._tilt.update(frame),
            self._orientation.update(pose),
            self._feet.update(frame, pose, near_side),
            Notice() if frame is None else self._light.update(frame, pose),
            Notice() if frame is None else self._comb.update(frame, pose),
            Notice("another_person_seen") if pose.others else Notice(),
            self._playing.notice,
        )
        return tuple(notice for notice in found if notice)

    def see_settled(self, poses: Iterable[Pose], facing: Side | None, leg_px: float) -> None:
        """Add poses whose legs are settled; see ``PlayingSpeed.update``."""
        for pose in poses:
            self._playing.update(pose, facing, leg_px)
