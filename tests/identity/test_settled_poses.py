from collections.abc import Sequence
from dataclasses import replace

from recordings import record
from synthetic import Runner

from edge.identity.settled_poses import SettledPoses
from edge.identity.view import View
from edge.messages.legs import UNKNOWN_LEGS
from edge.messages.pose import Pose

POSES = record(Runner(), 0.6).poses


class Window:
    """A leg identifier that keeps what it was given for 0.3 s."""

    def __init__(self) -> None:
        self.view = View(facing=None, leg_px=200.0)
        self.legs = UNKNOWN_LEGS
        self.rival: list[Pose] = []
        self._poses: list[Pose] = []

    def update(self, pose: Pose) -> list[Pose]:
        self._poses = [p for p in self._poses if p.time_s > pose.time_s - 0.3]
        self._poses.append(pose)
        return list(self._poses)

    def reset(self) -> None:
        self._poses = []


def handed_on(settled: SettledPoses, poses: Sequence[Pose], *, fresh: bool = False) -> list[Pose]:
    given = []
    for pose in poses:
        given += settled.leaving(pose, fresh=fresh)
        given += settled.update(pose)
    return given


def test_each_pose_is_returned_once_when_it_is_settled() -> None:
    settled = SettledPoses(Window())
    given = handed_on(settled, POSES)
    assert POSES[-1].time_s - given[-1].time_s + 1 / 60 > 0.15
    assert given + settled.rest() == list(POSES)
    assert settled.rest() == []


def test_a_gap_a_break_and_a_new_runner_hand_on_what_would_be_lost() -> None:
    for last, fresh in (
        (replace(POSES[20], time_s=5.0), False),
        (replace(POSES[20], breaks=True), False),
        (POSES[20], True),
    ):
        settled = SettledPoses(Window())
        given = handed_on(settled, POSES[:20])
        assert given != list(POSES[:20])
        assert given + settled.leaving(last, fresh=fresh) == list(POSES[:20])


def test_a_reset_forgets_them() -> None:
    settled = SettledPoses(Window())
    handed_on(settled, POSES)
    settled.reset()
    assert settled.rest() == []
    assert handed_on(settled, POSES[:1]) == []
