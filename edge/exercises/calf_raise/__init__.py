"""The single-leg calf-raise test."""
