"""The rooms put together for a command."""

import threading
import time
from typing import TYPE_CHECKING

import typer

from edge.settings import paths
from edge.settings.settings import Settings
from edge.station.signals import stopped_by_signals

if TYPE_CHECKING:
    from edge.station.assembly import Rig


def new_rig(settings: Settings, *, live: bool) -> "Rig":
    """Open the models; Ctrl-C takes effect once they are open."""
    # Ctrl-C while a compiled library is being imported surfaces as an ImportError.
    stop = threading.Event()
    with stopped_by_signals(stop.set):
        from edge.station.assembly import build_rig

        smaller = live and settings.load.shed
        rig = build_rig(settings, paths.models_dir(), smaller=smaller, live=live)
    if stop.is_set():
        raise KeyboardInterrupt
    return rig


def prewarm_model(settings: Settings) -> None:
    """Prepare one size of the pose model, and print the provider that runs it."""
    from edge.pose.opening import prewarm

    began_s = time.monotonic()
    provider = prewarm(settings.pose, paths.models_dir())
    took_s = time.monotonic() - began_s
    typer.echo(f"{settings.pose.model} runs on {provider}, prepared in {took_s:.1f} s")
