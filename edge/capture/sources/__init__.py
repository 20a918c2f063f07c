"""The kinds of source, one file each; every module here defines a ``KIND``."""
