"""Model cards: the file and kind of a built-in size or of a user's own model."""

import tomllib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from edge.messages.errors import ModelError
from edge.messages.skeleton import Skeleton
from edge.pose.skeletons.loader import BLAZEPOSE, skeleton
from edge.pose.store import model_store
from edge.settings.pose_settings import CARD_SUFFIX

BLAZEPOSE_KIND: Final = "blazepose"
_KEYS: Final = {"file", "kind", "skeleton", "licence"}
_OPTIONAL: Final = {"input"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """One pose model and its file.

    Attributes
    ----------
    name
        Name in recorded sessions.
    kind
        Kind of model, which defines its inputs and outputs; see ``registry``.
    file
        Its ONNX file.
    skeleton
        Definition of its points.
    licence
        Licence of its weights.
    input_rows, input_columns
        Size of its input; 0 means the default of the kind.
    built_in
        Whether the manifest holds the file's checksum.
    """

    name: str
    kind: str
    file: Path
    skeleton: Skeleton
    licence: str
    input_rows: int = 0
    input_columns: int = 0
    built_in: bool = False

    def sha256(self) -> str:
        """Return the file's checksum; for a built-in model, the one in the manifest.

        Raises
        ------
        ModelError
            If the file cannot be read.
        """
        if self.built_in:
            return model_store.bundled_manifest().models[self.name].onnx_sha256
        try:
            return sha256(self.file.read_bytes()).hexdigest()
        except OSError as error:
            raise ModelError(f"cannot read the model {self.file}: {error.strerror}") from error

    def checked(self) -> Path:
        """Return the file once checked; raises ``WeightsError`` or ``ModelError``."""
        if self.built_in:
            return model_store.verify(self.file.parent, self.name)
        if not self.file.is_file():
            raise ModelError(f"the model {self.file} is missing")
        return self.file


def model_card(model: str, models: Path) -> ModelCard:
    """Return the card of a model named in the settings.

    Parameters
    ----------
    model
        ``lite``, ``full``, ``heavy``, or the path of a card, ``.toml``, relative to ``models``.
    models
        The folder of models.

    Raises
    ------
    ModelError
        If there is no such model, or its card cannot be used.
    """
    if model.endswith(CARD_SUFFIX):
        return read_card(models / model)
    manifest = model_store.bundled_manifest()
    if model not in manifest.models or model == model_store.DETECTOR:
        raise ModelError(f"there is no pose model {model!r}")
    entry = manifest.models[model]
    return ModelCard(
        name=model,
        kind=BLAZEPOSE_KIND,
        file=models / entry.file,
        skeleton=skeleton(BLAZEPOSE),
        licence=entry.licence,
        built_in=True,
    )


def read_card(path: Path) -> ModelCard:
    """Read a card; raises as ``model_card``.

    Notes
    -----
    Keys: ``file``, relative to the card unless absolute; ``kind``; ``skeleton``; ``licence``; and
    ``input``, rows and columns, if they differ from the default of the kind.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"cannot read the model card {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"the model card {path} is not valid TOML: {error}") from error
    odd = sorted((_KEYS - table.keys()) | (table.keys() - _KEYS - _OPTIONAL))
    if odd:
        raise ModelError(f"the model card {path} has missing or unknown keys: {', '.join(odd)}")
    texts = {key: table[key] for key in _KEYS}
    rows, columns = _input_of(table, path)
    if not all(isinstance(text, str) for text in texts.values()):
        raise ModelError(f"the model card {path} needs text values for {', '.join(sorted(_KEYS))}")
    return ModelCard(
        name=path.stem,
        kind=texts["kind"],
        file=path.parent / texts["file"],
        skeleton=skeleton(texts["skeleton"]),
        licence=texts["licence"],
        input_rows=rows,
        input_columns=columns,
    )


def _input_of(table: dict[str, Any], path: Path) -> tuple[int, int]:
    size = table.get("input", [0, 0])
    whole = isinstance(size, list) and len(size) == 2 and all(type(n) is int for n in size)
    if not whole or not 0 <= size[1] <= size[0] <= 4096:
        raise ModelError(
            f"the model card {path} must give rows and columns in input, not wider than high"
        )
    return size[0], size[1]
