"""Settings of the sinks that other packages bring."""

from dataclasses import dataclass

from edge.settings.setting import CHOICE, text


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkSettings:
    """Sinks beside the recording and the page; see docs/plugins.md."""

    plugins: str = text(
        "all", "all, none or NAME,NAME", CHOICE, "Which of the installed plug-ins are used."
    )
