"""The manifest `models/manifest.toml`: the models, their sources and their checksums."""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from types import GenericAlias
from typing import Any, get_args, get_origin, get_type_hints

from edge.messages.errors import WeightsError

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """An installable package with tflite files; archive size and checksum are as downloaded."""

    manager: str
    name: str
    version: str
    archive: str
    archive_bytes: int
    archive_sha256: str
    licence: str
    licence_stated_in: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One location of a model's tflite file: the key of a package and the path inside it."""

    package: str
    member: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InputTensor:
    """Input of a network, float32; `range` is that of its values."""

    name: str
    shape: tuple[int, ...]
    layout: str
    colour: str
    range: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputTensor:
    """Output of a network, float32; `tensor` is its name in the tflite file or the reader."""

    name: str
    tensor: str
    shape: tuple[int, ...]
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One network: its ONNX file, checksum, sources and tensors.

    ``reader`` names the leg reader merged into it, a file in the manifest's folder; empty for none.
    """

    file: str
    licence: str
    onnx_bytes: int
    onnx_nodes: int
    onnx_sha256: str
    input: InputTensor
    sources: tuple[Source, ...]
    outputs: tuple[OutputTensor, ...]
    reader: str = ""
    reader_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The whole file; models and packages by key, keypoints in the order of the network."""

    schema: int
    keypoints: tuple[str, ...]
    packages: dict[str, Package]
    models: dict[str, Model]


def read_manifest(path: Path) -> Manifest:
    """Read and check the manifest.

    Parameters
    ----------
    path
        The TOML file.

    Returns
    -------
    Its content.

    Raises
    ------
    WeightsError
        If it cannot be read, has a missing or unknown key, a value of the wrong type, an unexpected
        schema number, or a source with an unknown package.
    """
    try:
        with path.open("rb") as file:
            content = tomllib.load(file)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WeightsError(f"cannot read {path}: {error}") from error
    manifest: Manifest = _value(Manifest, content, str(path))
    if manifest.schema != SCHEMA:
        raise WeightsError(f"{path}: schema is {manifest.schema}, expected {SCHEMA}")
    for name, model in manifest.models.items():
        if not model.sources:
            raise WeightsError(f"{path}: models.{name} has no sources")
        for source in model.sources:
            if source.package not in manifest.packages:
                raise WeightsError(
                    f"{path}: models.{name} names the package {source.package!r}, expected one of "
                    f"{', '.join(sorted(manifest.packages))}"
                )
    return manifest


def _value(kind: Any, content: Any, where: str) -> Any:
    """Convert one TOML value to the annotated type; the error says where it does not fit."""
    if is_dataclass(kind) and isinstance(kind, type):
        return _record(kind, _checked(dict, content, where), where)
    if not isinstance(kind, GenericAlias):
        return _checked(kind, content, where)
    if get_origin(kind) is dict:
        item = get_args(kind)[1]
        table: Mapping[str, Any] = _checked(dict, content, where)
        return {key: _value(item, value, f"{where}: {key}") for key, value in table.items()}
    item = get_args(kind)[0]
    return tuple(
        _value(item, value, f"{where}[{position}]")
        for position, value in enumerate(_checked(list, content, where))
    )


def _record(kind: type, content: Mapping[str, Any], where: str) -> Any:
    expected = {field.name for field in fields(kind)}
    if unknown := sorted(set(content) - expected):
        raise WeightsError(f"{where}: unknown key {', '.join(unknown)}")
    required = {field.name for field in fields(kind) if field.default is MISSING}
    if missing := sorted(required - set(content)):
        raise WeightsError(f"{where}: missing key {', '.join(missing)}")
    hints = get_type_hints(kind)
    return kind(**{key: _value(hints[key], content[key], f"{where}: {key}") for key in content})


def _checked(kind: type, content: Any, where: str) -> Any:
    # Python counts a bool as an int; in the file it is a mistake.
    if not isinstance(content, kind) or isinstance(content, bool):
        raise WeightsError(
            f"{where} is {content!r} ({type(content).__name__}), expected {kind.__name__}"
        )
    return content
