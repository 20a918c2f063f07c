"""What a session can be written as; apart, so that naming a format loads none of what writes it."""

from enum import StrEnum


class Format(StrEnum):
    """What a session can be written as."""

    FOLDER = "folder"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    TRC = "trc"
    MOT = "mot"
    C3D = "c3d"
