from math import inf

from recordings import record
from synthetic import Runner

from edge.identity.settled_poses import SettledPoses


def test_each_pose_is_returned_once_when_it_is_settled() -> None:
    poses = record(Runner(), 0.2).poses
    settled = SettledPoses()
    settled.window = list(poses[:6])
    assert settled.take(poses[2].time_s) == list(poses[:3])
    assert settled.take(poses[2].time_s) == []
    # The window moves on: what has left it is not returned again.
    settled.window = list(poses[2:8])
    assert settled.take(inf) == list(poses[3:8])
    settled.reset()
    assert settled.take(inf) == []
