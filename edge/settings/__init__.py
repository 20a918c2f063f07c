"""All settings of the station, and the paths of its files."""
