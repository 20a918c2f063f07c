"""Toeline: a running-form station for the treadmill."""
