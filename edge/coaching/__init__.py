"""Verdicts and cues from numbers."""
