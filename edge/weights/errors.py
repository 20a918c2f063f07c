"""How getting a model can fail; the text of each error is one sentence for the user."""


class WeightsError(RuntimeError):
    """A model could not be fetched, checked or stored; the text is one sentence that says why."""


class ConversionError(WeightsError):
    """A tflite file holds something that the converter does not know how to translate exactly."""


class MissingModelError(WeightsError):
    """A model has not been pulled yet."""
