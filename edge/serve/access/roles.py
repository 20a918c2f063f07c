"""Who is at a page; apart from the messages, so that asking for help loads no arrays."""

from enum import StrEnum


class Role(StrEnum):
    """What a person at a page may do: look on, or steer the station as well."""

    VIEWER = "viewer"
    OPERATOR = "operator"
