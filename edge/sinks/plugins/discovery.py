"""Find the installed plug-ins by their entry points, load one, and say why one does not load."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from threading import Thread
from typing import Final

from edge.messages.errors import PluginError

GROUP: Final = "toeline.sinks"
# Rises when a plug-in written for the one before would no longer run; see docs/plugins.md.
SINK_API: Final = 1
ALL: Final = "all"
NONE: Final = "none"

Factory = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """One installed plug-in: its name, and the package that brings it."""

    name: str
    package: str
    version: str
    entry_point: EntryPoint


def installed() -> list[Plugin]:
    """Return every plug-in that is installed, sorted by name; loads none."""
    found = [
        Plugin(
            name=entry.name,
            package=entry.dist.name if entry.dist else "",
            version=entry.dist.version if entry.dist else "",
            entry_point=entry,
        )
        for entry in entry_points(group=GROUP)
    ]
    return sorted(found, key=lambda plugin: (plugin.name, plugin.package))


def enabled(setting: str) -> dict[str, Callable[[], Factory]]:
    """Return what loads each plug-in that the settings name.

    Parameters
    ----------
    setting
        Names of plug-ins between commas, ``all`` for every one that is installed, or ``none``.

    Returns
    -------
    By name; of one that is not installed, what raises ``PluginError``.
    """
    loaders = {plugin.name: _loader(plugin) for plugin in installed()}
    if setting == ALL:
        return loaders
    names = () if setting == NONE else filter(None, map(str.strip, setting.split(",")))
    return {name: loaders.get(name, _absent) for name in names}


def load(plugin: Plugin) -> Factory:
    """Import a plug-in and return what makes its sink.

    Raises
    ------
    PluginError
        If it is written for another version of the interface, or makes no sink. Whatever else
        its import raises comes through.
    """
    factory = plugin.entry_point.load()
    version = getattr(factory, "SINK_API", None)
    if version is None:
        raise PluginError(f"it does not say its SINK_API; this Toeline speaks {SINK_API}")
    if version != SINK_API:
        raise PluginError(f"it speaks version {version} of SINK_API; this Toeline {SINK_API}")
    if not callable(factory):
        raise PluginError(f"{plugin.entry_point.value} is no class or function that makes a sink")
    made: Factory = factory
    return made


def flaw(plugin: Plugin, within_s: float) -> str:
    """Return in one sentence why a plug-in does not load; empty if it does.

    It is imported in a thread of its own, and given up after ``within_s``.
    """
    said = [f"it does not load within {within_s:g} s"]

    def try_it() -> None:
        try:
            load(plugin)
        except BaseException as error:
            said[0] = reason(error)
        else:
            said[0] = ""

    trial = Thread(target=try_it, name="plug-in", daemon=True)
    trial.start()
    trial.join(within_s)
    return said[0]


def reason(error: BaseException) -> str:
    """Return what a plug-in raised in one line, with its place."""
    if isinstance(error, PluginError):
        return str(error)
    said = " ".join(str(error).split())
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" ({trace.tb_frame.f_code.co_filename}:{trace.tb_lineno})"
    return f"{type(error).__name__}: {said}{place}" if said else f"{type(error).__name__}{place}"


def _loader(plugin: Plugin) -> Callable[[], Factory]:
    return lambda: load(plugin)


def _absent() -> Factory:
    raise PluginError("it is not installed")
