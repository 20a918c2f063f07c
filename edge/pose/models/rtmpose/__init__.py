"""RTMPose and similar models: two one-dimensional outputs per point."""
