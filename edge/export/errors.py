"""How an export can fail; the text of each error is one sentence for the user."""


class ExportError(RuntimeError):
    """The session cannot be written in this format."""
