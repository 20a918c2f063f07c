"""Toeline: a running-form station for the treadmill.

The public interface is five functions; docs/api.md shows how to use them:

- ``analyze`` for a video, ``analyze_keypoints`` for another pose model or a marker system;
- ``open_store`` for recorded sessions, ``report`` for the physiotherapist;
- ``live`` for a camera.

They and the types they return follow semantic versioning. Everything else may change.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edge.offline.column_table import Table
    from edge.offline.live_messages import live
    from edge.offline.opened_store import Session, Sessions, open_store
    from edge.offline.run_keypoints import analyze_keypoints
    from edge.offline.run_result import Run
    from edge.offline.run_video import analyze
    from edge.offline.session_report import Report, report

__all__ = [
    "Report",
    "Run",
    "Session",
    "Sessions",
    "Table",
    "analyze",
    "analyze_keypoints",
    "live",
    "open_store",
    "report",
]

# Loaded on first use: the video library alone takes longer to load than everything else.
_MODULES = {
    "Report": "session_report",
    "Run": "run_result",
    "Session": "opened_store",
    "Sessions": "opened_store",
    "Table": "column_table",
    "analyze": "run_video",
    "analyze_keypoints": "run_keypoints",
    "live": "live_messages",
    "open_store": "opened_store",
}


class _ReportPackage(ModuleType):
    """The package ``edge.report``, which is also the public function of that name."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return import_module("edge.offline.session_report").report(*args, **kwargs)

    @property
    def __wrapped__(self) -> Any:
        # `help` and `inspect.signature` read this.
        return import_module("edge.offline.session_report").report


import_module("edge.report").__class__ = _ReportPackage


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"edge.offline.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
