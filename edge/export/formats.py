"""Export formats; separate, so that naming a format does not import its writer."""

from enum import StrEnum


class Format(StrEnum):
    """A format in which a session can be exported."""

    FOLDER = "folder"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    TRC = "trc"
    MOT = "mot"
    C3D = "c3d"
