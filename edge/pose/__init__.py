"""Pose estimation: from a frame to the keypoints of one person."""
