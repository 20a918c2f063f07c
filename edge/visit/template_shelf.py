"""The templates that come with Toeline, and the clinic's own."""

from collections.abc import Iterator
from pathlib import Path
from re import fullmatch
from typing import Final

from edge.messages.errors import SettingsError
from edge.settings.toml_text import toml_text
from edge.visit.step_plan import Template
from edge.visit.template_reading import TemplateRead, read_template

FOLDER: Final = Path(__file__).parent / "templates"
BUILT_IN: Final = ("default", "first_short", "follow_up", "screening", "one_side")
"""The templates that come with Toeline, in the order in which they are offered."""

_NAME: Final = r"[a-z][a-z0-9_]{0,31}"


class TemplateShelf:
    """All templates by name; files are read anew each time, as a clinic may edit its own.

    Parameters
    ----------
    own
        Folder of the clinic's own, one file ``NAME.toml`` each; None without one. One with the name
        of a built-in template replaces it.
    """

    def __init__(self, own: Path | None = None) -> None:
        self._own = own

    def names(self) -> list[str]:
        """Return the names, those that come with Toeline first; raises SettingsError."""
        return [*BUILT_IN, *(name for name in self._own_names() if name not in BUILT_IN)]

    def is_own(self, name: str) -> bool:
        """Return whether a template is the clinic's own."""
        return self.path(name).parent != FOLDER

    def path(self, name: str) -> Path:
        """Return the file of a template."""
        own = None if self._own is None else self._own / f"{name}.toml"
        return own if own is not None and own.exists() else FOLDER / f"{name}.toml"

    def read(self, name: str) -> TemplateRead:
        """Read a template with its mistakes; raises SettingsError if there is no such file."""
        if name not in self.names():
            raise SettingsError(f"there is no template {name}; there are {', '.join(self.names())}")
        return read_template_file(self.path(name))

    def template(self, name: str) -> Template:
        """Return a template; raises SettingsError, also for the first mistake in it."""
        read = self.read(name)
        if read.template is None:
            mistake = read.mistakes[0]
            raise SettingsError(f"{self.path(name)}, line {mistake.line}: {mistake.sentence}")
        return read.template

    def _own_names(self) -> Iterator[str]:
        if self._own is None:
            return
        try:
            found = sorted(self._own.glob("*.toml"))
            there = self._own.is_dir()
        except OSError as error:
            raise SettingsError(f"cannot read {self._own}: {error.strerror}") from error
        if not there:
            raise SettingsError(f"setting visit.templates: there is no folder {self._own}")
        yield from (path.stem for path in found if fullmatch(_NAME, path.stem))


def read_template_file(path: Path) -> TemplateRead:
    """Read a template's file; raises SettingsError if it cannot be read or is not TOML."""
    return read_template(path.stem, toml_text(path, "template"), str(path))
