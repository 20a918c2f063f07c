"""Exercises: what the person on the belt does, and the set-up check."""
