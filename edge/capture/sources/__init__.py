"""The kinds of source, one file each: every module here holds its ``KIND``."""
