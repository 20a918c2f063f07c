"""Exchange of a pose's legs."""

from dataclasses import replace

from edge.messages.pose import Pose


def exchange_legs(pose: Pose) -> Pose:
    """Return ``pose`` with its legs exchanged from the hips down and ``swapped`` inverted."""
    order = pose.skeleton.exchanged
    return replace(
        pose,
        xy_px=pose.xy_px[order],
        visibility=pose.visibility[order],
        depth_px=pose.depth_px[order],
        swapped=not pose.swapped,
    )
