"""How busy the station is, and what it gives up when it is too slow."""
