"""The points of pose models, a file each."""
