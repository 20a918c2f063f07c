"""Roles of clients; a separate module so that ``--help`` does not import NumPy."""

from enum import StrEnum


class Role(StrEnum):
    """What a client may do: only view, or also control the station."""

    VIEWER = "viewer"
    OPERATOR = "operator"
