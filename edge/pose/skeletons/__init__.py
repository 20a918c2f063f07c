"""The skeletons of pose models, one file each."""
