"""Settings of plug-in sinks."""

from dataclasses import dataclass

from edge.settings.setting import CHOICE, text


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkSettings:
    """Sinks other than the recording and the page; see docs/plugins.md."""

    plugins: str = text("all", "all, none or NAME,NAME", CHOICE, "Installed plug-ins to use.")
