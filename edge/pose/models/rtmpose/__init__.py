"""RTMPose and its like: two one-dimensional outputs a point."""
