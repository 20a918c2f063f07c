"""Every record that flows between the rooms, one file a concern.

Times are seconds of capture time (``_s``), positions image pixels (x right, y down). Absent is NaN,
never 0. Records are frozen; their arrays are read-only.
"""
