"""From a picture to 33 keypoints."""
