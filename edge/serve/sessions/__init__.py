"""Recorded sessions for the pages: list, compare, report, export, delete."""
