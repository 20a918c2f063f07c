"""Recordings: analysed, replayed, evaluated against truth, and the speed of it all."""
