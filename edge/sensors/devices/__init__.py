"""The kinds of sensor, one file each: every module here holds its ``KIND``."""
