"""Registry of all kinds of source, and the opening of one by its name."""

import os
import time
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from edge.capture import sources
from edge.capture.kind import Opening, SourceKind, shown
from edge.messages.errors import CaptureError

if TYPE_CHECKING:
    from edge.capture.port import Clock, FrameSource, Sleep
    from edge.settings.capture_settings import CaptureSettings


def source_kinds() -> list[SourceKind]:
    """Return every kind of source, live ones first because a file may have any name.

    To add a kind, add a module to ``edge/capture/sources``.
    """
    names = sorted(module.name for module in iter_modules(sources.__path__))
    kinds = [import_module(f"{sources.__name__}.{name}").KIND for name in names]
    return sorted(kinds, key=lambda kind: not kind.live)


def known_forms() -> str:
    """Return all accepted forms as a phrase: ``gst:PIPELINE, ... or file:PATH``."""
    *most, last = (form for kind in source_kinds() for form in kind.forms)
    return f"{', '.join(most)} or {last}"


def kind_of(src: str) -> SourceKind | None:
    """Return the kind of a source as written; None if unknown."""
    kinds = source_kinds()
    scheme = src.partition(":")[0] if ":" in src else ""
    by_scheme = (kind for kind in kinds if scheme in kind.schemes)
    return next(by_scheme, None) or next((kind for kind in kinds if kind.short(src)), None)


def open_source(
    src: str,
    settings: "CaptureSettings",
    *,
    own_pace: bool,
    loop: bool = False,
    wait: bool = False,
    clock: "Clock" = time.monotonic,
    sleep: "Sleep" = time.sleep,
) -> "FrameSource":
    """Open what ``src`` names, such as ``usb:0`` or ``run.mp4``; see ``known_forms``.

    Parameters
    ----------
    src
        As on the command line.
    own_pace, loop, wait, clock, sleep
        See ``Opening``.

    Raises
    ------
    CaptureError
        If the source is unknown, missing or unusable. With ``wait`` a missing camera is not an
        error, but a source that cannot be a camera still is.
    """
    src = src if os.path.lexists(src) else src.strip()
    kind = kind_of(src)
    if kind is None:
        raise CaptureError(f"source {shown(src)!r} is not known; give {known_forms()}")
    if loop and kind.live:
        raise CaptureError(f"{shown(src)} is live and cannot be looped")
    return kind.open(
        src,
        Opening(
            settings=settings, own_pace=own_pace, loop=loop, wait=wait, clock=clock, sleep=sleep
        ),
    )


def is_live(src: str) -> bool:
    """Return whether ``src`` names a live source rather than a file."""
    kind = kind_of(src.strip())
    return kind is not None and kind.live
