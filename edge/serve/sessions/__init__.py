"""Recorded sessions for the pages: listed, compared, reported, exported, deleted."""
