"""What can go wrong with reference data, in one sentence."""


class EvaluationError(Exception):
    """Reference data that cannot be used; the message is one sentence that names the file."""
