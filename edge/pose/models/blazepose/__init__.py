"""BlazePose: detector, tracked region, landmark network."""
