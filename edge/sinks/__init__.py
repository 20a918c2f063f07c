"""Destinations of the station's messages."""
