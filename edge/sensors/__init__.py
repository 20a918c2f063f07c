"""Sensors: belt speed and incline from a person, a treadmill or the picture."""
