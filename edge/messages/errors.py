"""The errors; the text of each is one sentence for the user."""

from pathlib import Path


class ToelineError(RuntimeError):
    """A failure that a user can understand; commands print its text and exit with 1."""


class SettingsError(ToelineError, ValueError):
    """An invalid setting; the message names it and what was expected."""


class CaptureError(ToelineError):
    """A camera or file that cannot be read; the message says what and, where known, why."""


class SensorError(ToelineError):
    """A sensor that cannot be used; the message says which and why."""


class ModelError(ToelineError):
    """A file that cannot be opened as the expected network."""


class WeightsError(ToelineError):
    """A model could not be fetched, checked or stored; the text is one sentence that says why."""


class ConversionError(WeightsError):
    """A tflite file contains something that the converter cannot translate exactly."""


class MissingModelError(WeightsError):
    """A model has not been pulled yet."""


class RecordError(ToelineError):
    """A result could not be written; what was written before stays valid."""


class ExportError(ToelineError):
    """The session cannot be written in this format."""


class ReportError(ToelineError):
    """The report cannot be made or written."""


class EvaluationError(ToelineError):
    """Reference data that cannot be used; the message is one sentence that names the file."""


class PluginError(ToelineError):
    """A plug-in that cannot be used; the text says why."""


class KeypointsError(ToelineError):
    """Keypoints that cannot be analysed; the message says what does not fit."""


class AccessError(ToelineError):
    """The pairing store cannot be used."""


class CertificateError(ToelineError):
    """Certificates cannot be made."""


class ServeError(ToelineError):
    """The page cannot be served at this address."""


def record_error(path: Path, error: OSError) -> RecordError:
    """Return the error for an operating-system error while recording.

    Examples
    --------
    >>> str(record_error(Path("out"), OSError(28, "No space left on device")))
    'cannot record to out: No space left on device'
    """
    return RecordError(f"cannot record to {path}: {error.strerror or error}")
