"""Leg identity: repair of exchanged and merged legs."""
