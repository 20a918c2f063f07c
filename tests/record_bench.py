"""Benchmark an hour's session and a thousand sessions: report, list, cost per stride.

    PYTHONPATH=tests python tests/record_bench.py

Numbers are for this machine, in one run; the cost of a stride is given as a ratio of processor
time, last tenth of the hour to first.
"""

import argparse
import time
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from recordings import EXACT, record
from stored import HEAD, gait_rooms
from synthetic import Runner

from edge.cli.sessions_table import table_of
from edge.i18n.word_catalogue import load
from edge.messages.gait import GaitState
from edge.messages.message import Message
from edge.messages.outcome import Outcome
from edge.messages.stride import StrideMetrics
from edge.record.session_writer import SessionWriter
from edge.record.store import Store
from edge.report.page import as_pdf, render
from edge.report.visit_facts import visit_of
from edge.settings.settings import Settings

_RATE_HZ = 30.0
_PIECE_S = 60.0


def later(message: Message, by_s: float) -> Message:
    """Return a message shifted in time."""
    changes = {
        field.name: getattr(message, field.name) + by_s
        for field in fields(message)
        if field.name.endswith("_s") and field.name not in ("times_s", "belt_speed_px_s")
    }
    return replace(message, **changes)


def an_hour(store: Store, seconds: float) -> list[float]:
    """Record a session; return the cost of each frame with a stride, seconds of processor time.

    Waiting for the disk is excluded: it depends on other writers, not on the session's length.
    """
    rooms = gait_rooms(Settings(gait=EXACT))
    piece = [rooms.follow(pose) for pose in record(Runner(), _PIECE_S, fps=_RATE_HZ).poses]
    writer = SessionWriter(store, replace(HEAD, runner="r-1"), datetime.now(UTC))
    costs: list[float] = []
    for round_ in range(round(seconds / _PIECE_S)):
        for outcome in piece:
            moved = _moved(outcome, round_)
            began_s = time.process_time()
            state = moved.messages[-1]
            assert isinstance(state, GaitState)
            writer.frame(moved.seen, state, moved.messages, 9.0)
            if any(isinstance(message, StrideMetrics) for message in moved.messages):
                costs.append(time.process_time() - began_s)
    writer.close(datetime.now(UTC), "the end")
    return costs


def _moved(outcome: Outcome, round_: int) -> Outcome:
    by_s, by = round_ * _PIECE_S, round_ * round(_PIECE_S * _RATE_HZ)
    pose = replace(
        outcome.seen.pose,
        time_s=outcome.seen.pose.time_s + by_s,
        frame_index=outcome.seen.pose.frame_index + by,
    )
    messages = [later(message, by_s) for message in outcome.messages]
    return replace(outcome, messages=messages, seen=replace(outcome.seen, pose=pose))


def main() -> None:
    """Run the benchmark and print the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600.0)
    seconds = parser.parse_args().seconds
    with TemporaryDirectory() as folder, Store(Path(folder)) as store:
        costs = an_hour(store, seconds)
        tenth = len(costs) // 10
        ratio = median(costs[-tenth:]) / median(costs[:tenth])
        session = store.session("last")
        megabytes = store.read(session).stored_bytes() / 1e6
        print(f"{session.frames} poses, {session.strides} strides, {megabytes:.0f} MB of poses")  # noqa: T201
        print(f"processor time of a stride, last tenth / first: {ratio:.2f}")  # noqa: T201
        began_s = time.perf_counter()
        page = render([visit_of(store, session)], load("en"))
        html_s = time.perf_counter() - began_s
        as_pdf(page)
        pdf_s = time.perf_counter() - began_s
        print(f"report: HTML in {html_s:.1f} s, PDF in {pdf_s:.1f} s")  # noqa: T201
        day = datetime(2026, 1, 1, tzinfo=UTC)
        for number in range(999):
            store.begin(HEAD, day + timedelta(minutes=number))
        began_s = time.perf_counter()
        lines = list(table_of(store, store.sessions()))
        print(f"list of {len(lines) - 1} sessions: {time.perf_counter() - began_s:.2f} s")  # noqa: T201


if __name__ == "__main__":
    main()
