"""Load measurement and load shedding."""
