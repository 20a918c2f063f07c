"""The records that flow between the rooms, one file per concern.

Times are seconds of capture time (``_s``); positions are image pixels (x right, y down). Absent
values are NaN, never 0. Records are frozen and their arrays read-only.
"""
