"""Pose models, one folder each."""
