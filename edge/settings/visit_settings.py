"""Settings of the guided visit."""

from dataclasses import dataclass

from edge.settings.setting import CHOICE, number, text


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSettings:
    """The guided visit; see docs/visit.md."""

    templates: str = text(
        "", "folder", CHOICE, "The clinic's own templates, one TOML file each; empty: none."
    )
    resume_h: float = number(
        4.0, "h", (0, 168), CHOICE, "How long after a power cut an unfinished visit goes on."
    )
