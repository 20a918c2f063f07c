"""Frames from cameras and files."""
