"""How a report can fail; the text of each error is one sentence for the user."""


class ReportError(RuntimeError):
    """The report cannot be made or written."""
