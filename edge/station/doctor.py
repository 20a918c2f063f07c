"""Checks of whether this machine is ready to be a station: one finding per subject."""

import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from importlib.metadata import PackageNotFoundError, requires, version
from math import isfinite, nan
from pathlib import Path
from re import match
from statistics import median
from threading import Timer

import numpy as np

from edge.capture.source import open_source
from edge.i18n.notices import english_notice
from edge.messages.board import Board
from edge.messages.errors import CaptureError, SensorError, ServeError, WeightsError
from edge.messages.frame import LEAST_RATE_HZ
from edge.sensors.sensor_set import SensorSet, new_sensors
from edge.serve.binding import bind
from edge.settings import paths
from edge.settings.settings import Settings
from edge.station.read_board import read_board

LEAST_PYTHON = (3, 11)
WATCHED_S = 3.0
ANSWER_S = 5.0
SILENT_S = 2.0
# A day of running is about 4 GB of poses.
FREE_BYTES_FEW = 5_000_000_000
FREE_BYTES_NONE = 500_000_000
# At 3 m/s a foot moves 12 mm in 1/250 s; docs/gait-metrics.md, "Camera", asks for 1/500.
LONG_EXPOSURE_S = 1 / 250
DARK_LEVEL = 40


class Grade(Enum):
    """The severity of a finding."""

    OK = "ok"
    NOTE = "note"
    FAULT = "FAULT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one check; a fault keeps the station from working."""

    subject: str
    grade: Grade
    sentence: str


def examine(settings: Settings, src: str | None) -> Iterator[Finding]:
    """Yield the findings one by one, each as soon as it is known.

    Parameters
    ----------
    settings
        The station's settings.
    src
        The camera to watch for a few seconds; None to skip that check.
    """
    checks: list[tuple[str, Callable[[], tuple[Grade, str]]]] = [
        ("Python", python),
        ("packages", packages),
        ("model", lambda: model(settings)),
        ("disk", lambda: disk(paths.data_dir())),
        ("port", lambda: port(settings)),
        ("board", lambda: board(read_board())),
        ("sensors", lambda: sensors(settings)),
    ]
    if src is not None:
        checks.append(("camera", lambda: camera(src, settings)))
    for subject, check in checks:
        grade, sentence = check()
        yield Finding(subject=subject, grade=grade, sentence=sentence)


def python(running: tuple[int, ...] = sys.version_info[:3]) -> tuple[Grade, str]:
    """Check the interpreter."""
    words = ".".join(map(str, running))
    if running < LEAST_PYTHON:
        return Grade.FAULT, f"{words} is too old: 3.11 is needed"
    if sys.maxsize < 2**32:
        return Grade.FAULT, f"{words} is a 32-bit one, for which there are no wheels"
    return Grade.OK, words


def packages() -> tuple[Grade, str]:
    """Check that the required packages are installed."""
    try:
        needed = [x for x in requires("toeline") or [] if "extra ==" not in x]
    except PackageNotFoundError:
        return Grade.NOTE, "toeline runs from a folder and is not installed"
    missing, found = [], 0
    for requirement in needed:
        name = match(r"[A-Za-z0-9._-]+", requirement)
        assert name is not None
        with suppress(PackageNotFoundError):
            version(name[0])
            found += 1
            continue
        missing.append(name[0])
    if missing:
        return Grade.FAULT, f"missing: {', '.join(missing)}; install the release again"
    return Grade.OK, f"all {found} are there"


def model(settings: Settings, models: Path | None = None) -> tuple[Grade, str]:
    """Check that the networks exist, match the manifest and run."""
    from edge.messages.errors import ModelError
    from edge.pose.opening import open_pose

    folder = models or paths.models_dir()
    try:
        open_pose(settings.pose, folder)
    except (WeightsError, ModelError) as error:
        return Grade.FAULT, str(error)
    return Grade.OK, f"{settings.pose.model} in {folder}"


def disk(data: Path) -> tuple[Grade, str]:
    """Check that the data folder is writable and has free space."""
    there = next(path for path in (data, *data.parents) if path.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        return Grade.FAULT, f"{data} cannot be written to by this user"
    free = shutil.disk_usage(there).free
    words = f"{free / 1e9:.1f} GB free for {data}"
    if free < FREE_BYTES_NONE:
        return Grade.FAULT, f"only {words}: nothing will be recorded"
    if free < FREE_BYTES_FEW:
        return Grade.NOTE, f"only {words}: about {free / FREE_BYTES_FEW * 24:.0f} hours of running"
    return Grade.OK, words


def port(settings: Settings) -> tuple[Grade, str]:
    """Check that the page's address is available."""
    where = f"{settings.serve.listen} port {settings.serve.port}"
    try:
        bind(settings.serve).close()
    except ServeError as error:
        if _toeline_answers(settings):
            return Grade.NOTE, f"{where} is served by a station that runs already"
        return Grade.FAULT, str(error)
    return Grade.OK, f"{where} is free"


def board(now: Board) -> tuple[Grade, str]:
    """Check temperature, throttling and supply voltage."""
    warm = f"{now.temperature_c:.0f} degrees" if isfinite(now.temperature_c) else ""
    if now.notice:
        return Grade.NOTE, english_notice(now.notice)
    if now.before:
        since = ", ".join(now.before).replace("_", "-")
        return Grade.NOTE, "; ".join(filter(None, [f"since its start: {since}", warm]))
    return Grade.OK, warm or "this machine tells no temperature"


def sensors(
    settings: Settings,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[Grade, str]:
    """Check which sensors there are, and whether they answer within a few seconds."""
    try:
        found = new_sensors(settings.sensors)
        if not found.names:
            return Grade.OK, "none: belt speed is entered, or seen in the picture"
        with closing(found):
            found.start()
            return _answers(found, clock, sleep)
    except SensorError as error:
        return Grade.FAULT, str(error)


def _answers(
    found: SensorSet, clock: Callable[[], float], sleep: Callable[[float], None]
) -> tuple[Grade, str]:
    name, began_s = ", ".join(found.names), clock()
    while (now_s := clock() - began_s) < ANSWER_S:
        if readings := found.poll(now_s):
            said = ", ".join(f"{reading.value:g} {reading.unit}" for reading in readings)
            return Grade.OK, f"{name} says {said}"
        if found.trouble:
            return Grade.FAULT, english_notice(found.trouble)
        sleep(0.1)
    return Grade.NOTE, f"{name} says nothing within {ANSWER_S:g} s: is the treadmill on?"


def camera(
    src: str, settings: Settings, clock: Callable[[], float] = time.monotonic
) -> tuple[Grade, str]:
    """Check a camera for a few seconds: size, actual frame rate, exposure, light."""
    try:
        source = open_source(src, settings.capture, own_pace=True)
    except CaptureError as error:
        return Grade.FAULT, str(error)
    times_s, levels = [], []
    # If the camera stops sending frames, only this timer ends the loop.
    timer = Timer(WATCHED_S + SILENT_S, source.close)
    with source, closing_timer(timer):
        end_s = clock() + WATCHED_S
        for frame in source:
            times_s.append(frame.time_s)
            levels.append(float(np.mean(frame.image[::16, ::16])))
            if clock() > end_s or source.camera_lost:
                break
        info = source.info
        trouble = english_notice(source.trouble)
    span_s = times_s[-1] - times_s[0] if times_s else 0.0
    rate_hz = (len(times_s) - 1) / span_s if span_s > 0 else nan
    width, height = info.size_px
    exposure = f", exposed for {1000 * info.exposure_s:.1f} ms" if isfinite(info.exposure_s) else ""
    words = f"{info.name}: {width}x{height}, {rate_hz:.1f} frames per second{exposure}"
    if trouble:
        return Grade.FAULT, trouble
    wrong = []
    if not rate_hz >= LEAST_RATE_HZ:
        wrong.append("too slow to be judged from: 30 are needed, 60 wanted")
    if info.exposure_s > LONG_EXPOSURE_S:
        wrong.append("blurred: 2 ms are wanted, with more light")
    if levels and median(levels) < DARK_LEVEL:
        wrong.append("dark")
    if rate_hz >= LEAST_RATE_HZ:
        wrong += [english_notice(notice) for notice in info.notices]
    return (Grade.NOTE if wrong else Grade.OK), "; ".join([words, *wrong])


@contextmanager
def closing_timer(timer: Timer) -> Iterator[None]:
    """Run a timer within the context, and cancel it at the end."""
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _toeline_answers(settings: Settings) -> bool:
    """Return whether a station serves the address."""
    host = f"Host: localhost:{settings.serve.port}"
    request = f"GET /healthz HTTP/1.1\r\n{host}\r\nConnection: close\r\n\r\n"
    address = (settings.serve.listen, settings.serve.port)
    with suppress(OSError), socket.create_connection(address, timeout=2) as connection:
        connection.sendall(request.encode())
        return b'"capture_to_pose_p50_ms"' in connection.makefile("rb").read(65_536)
    return False
