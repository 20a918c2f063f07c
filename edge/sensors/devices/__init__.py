"""The kinds of sensor, one file each; every module here defines a ``KIND``."""
