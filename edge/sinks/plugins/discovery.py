"""Discovery of plug-ins by entry point, loading, and diagnosis of those that fail to load."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from threading import Thread
from typing import Final

from edge.messages.errors import PluginError

GROUP: Final = "toeline.sinks"
# Incremented on incompatible changes; see docs/plugins.md.
SINK_API: Final = 1
ALL: Final = "all"
NONE: Final = "none"

Factory = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """One installed plug-in: its name and its package."""

    name: str
    package: str
    version: str
    entry_point: EntryPoint


def installed() -> list[Plugin]:
    """Return all installed plug-ins, sorted by name, without loading them."""
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
    """Return a loader for each plug-in that the settings name.

    Parameters
    ----------
    setting
        Names of plug-ins separated by commas, ``all`` for every installed one, or ``none``.

    Returns
    -------
    Loaders by name; the loader of a plug-in that is not installed raises ``PluginError``.
    """
    loaders = {plugin.name: _loader(plugin) for plugin in installed()}
    if setting == ALL:
        return loaders
    names = () if setting == NONE else filter(None, map(str.strip, setting.split(",")))
    return {name: loaders.get(name, _absent) for name in names}


def load(plugin: Plugin) -> Factory:
    """Import a plug-in and return its sink factory.

    Raises
    ------
    PluginError
        If it is written for another version of the interface, or is not callable. Other errors of
        the import propagate.
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

    It is imported on a separate thread with a timeout of ``within_s``.
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
    """Return a plug-in's error as one line with file and line number."""
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
