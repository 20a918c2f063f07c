"""Coaching: verdicts and cues from metrics."""
