"""Kill a recording at random moments, truncate its files at random bytes, and check the rest.

    PYTHONPATH=tests python tests/power_cut.py --kills 200 --cuts 200

Each trial is a separate process that records running in earnest and reports every stride when it is
stored; the kill is SIGKILL. Killing a program is not pulling the plug: data that a disk loses after
acknowledging it is outside this test.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from fakes import end, hand
from recordings import EXACT, record
from stored import HEAD, gait_rooms
from synthetic import Runner

from edge.messages.frame import Frame
from edge.messages.outcome import Outcome
from edge.offline.replay import replay
from edge.pipeline import Pipeline
from edge.record.folder_export import export_folder, summary_of
from edge.record.pose_log import segment_files
from edge.record.store import DATABASE, Store
from edge.record.stored_session import StoredSession
from edge.settings.record_settings import RecordSettings
from edge.settings.settings import Settings
from edge.sinks.recorder import Recorder

SETTINGS = Settings(gait=EXACT)
SECONDS = 60.0
NO_PICTURE = np.zeros((1, 1, 3), np.uint8)
# The last second of poses, plus what one write may hold back.
_MOST_LOST_S = 1.0 + 1 / 60


def outcomes(seconds: float) -> list[Outcome]:
    """Return the outcomes of some running; computed once for all trials."""
    rooms = gait_rooms(SETTINGS)
    return [rooms.follow(pose) for pose in record(Runner(), seconds).poses]


def new_recorder(data: Path, rooms: Pipeline | None = None) -> Recorder:
    """Return a new recorder; without a running pipeline, what it sends to the rooms is ignored."""
    head = replace(HEAD, config={"gait": {"contact_offset_s": EXACT.contact_offset_s,
                                          "peak_offset_s": EXACT.peak_offset_s,
                                          "toe_off_offset_s": EXACT.toe_off_offset_s}})  # fmt: skip
    return Recorder(data, head, rooms or gait_rooms(SETTINGS), RecordSettings(keep_free_mb=0))


def run(data: Path, brought: list[Outcome], told: int) -> None:
    """Record until killed; print after each frame how many strides are stored."""
    recorder = new_recorder(data)
    strides = 0
    for outcome in brought:
        frame = Frame(
            index=outcome.seen.pose.frame_index,
            time_s=outcome.seen.pose.time_s,
            image=NO_PICTURE,
        )
        hand(recorder, frame, outcome, 9.0)
        assert not recorder.notice, recorder.notice
        strides += sum(type(message).__name__ == "StrideMetrics" for message in outcome.messages)
        os.write(told, json.dumps([strides, frame.time_s]).encode() + b"\n")
    end(recorder)


def killed(data: Path, brought: list[Outcome], delay_s: float) -> tuple[int, float]:
    """Return the strides and capture time that a recording had reported when it was killed."""
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        try:
            run(data, brought, told)
        finally:
            os._exit(0)
    os.close(told)
    with os.fdopen(heard, "rb") as stream:
        lines = [stream.readline()]
        # Counted from the first frame, not from the start of the process.
        time.sleep(delay_s)
        os.kill(child, signal.SIGKILL)
        lines += stream.readlines()
    os.waitpid(child, 0)
    whole = [line for line in lines if line.endswith(b"\n")]
    strides, time_s = json.loads(whole[-1]) if whole else (0, 0.0)
    return int(strides), float(time_s)


def check(
    store: Store, session: StoredSession, strides: int, time_s: float, *, again: bool
) -> float:
    """Fail if anything is missing that was reported as stored; return the seconds of poses lost."""
    kept = store.read(session).strides()
    assert len(kept) >= strides, f"{strides} strides were stored, {len(kept)} are there"
    assert session.strides == len(kept), "the list and the session disagree"
    poses = [seen.pose.time_s for seen, _ in store.read(session).poses().seen()]
    last_s = poses[-1] if poses else 0.0
    assert last_s >= time_s - _MOST_LOST_S, f"{time_s - last_s:.2f} s of poses are lost"
    summary_of(store, session)
    if again:
        # Replaying the remaining poses must give the stored strides.
        now = replay(store, session, SETTINGS).now
        covered = [stride for stride in kept if stride.decided_at_s <= last_s]
        assert [repr(stride) for stride in now[: len(covered)]] == [repr(s) for s in covered]
        # The kill may come between a frame's pose and the strides that it completed.
        assert len(now) <= len(covered) + 2
    return max(0.0, time_s - last_s)


def kills(count: int, chance: random.Random, brought: list[Outcome]) -> None:
    """Kill recordings of one store repeatedly."""
    with TemporaryDirectory() as folder:
        data = Path(folder)
        strides = unfinished = 0
        longest_lost = 0.0
        for number in range(count):
            stored, time_s = killed(data, brought, chance.uniform(0.0, 0.4))
            with Store(data) as store:
                store.settle(datetime.now(UTC))
                sessions = store.sessions()
                assert len(sessions) == number + 1, "a session is missing"
                unfinished += sessions[0].end_reason == "interrupted"
                # Replaying the poses takes most of the time, so check only some.
                lost_s = check(store, sessions[0], stored, time_s, again=number % 10 == 0)
            strides += stored
            longest_lost = max(longest_lost, lost_s)
        assert strides, "no stride was reported before a kill"
        assert unfinished, "no kill came in mid-session"
        print(  # noqa: T201
            f"{count} kills, {unfinished} of them in mid-session: {strides} strides told of, all "
            f"there; "
            f"at most {longest_lost:.2f} s of poses lost; every next session recorded"
        )


def cuts(count: int, chance: random.Random, brought: list[Outcome]) -> None:
    """Truncate the files of a killed recording at random bytes."""
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "whole"
        killed(whole, brought, 0.15)
        for number in range(count):
            data = Path(folder) / "cut"
            shutil.rmtree(data, ignore_errors=True)
            shutil.copytree(whole, data)
            session = next((data / "sessions").iterdir())
            wal = data / f"{DATABASE}-wal"
            path = chance.choice([*segment_files(session), wal])
            size = path.stat().st_size
            at = chance.randrange(size + 1)
            with path.open("r+b") as file:
                file.truncate(at)
                if number % 2:
                    # Some disks leave garbage at the end.
                    file.seek(at)
                    file.write(chance.randbytes(min(size - at, 4096)))
            with Store(data) as store:
                store.settle(datetime.now(UTC))
                for kept in store.sessions():
                    strides = store.read(kept).strides()
                    assert kept.strides == len(strides)
                    summary_of(store, kept)
                    export_folder(store, kept, data / "out" / kept.name)
            # The next session must record.
            recorder = new_recorder(data)
            assert not recorder.notice
            assert recorder.begin("r-1").recording
            end(recorder)
        print(f"{count} cuts: every store opens, every next session records")  # noqa: T201


def main() -> None:
    """Run both, with a printed seed so that a failure can be reproduced."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help="of running in each recording"
    )
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")  # noqa: T201
    sys.stdout.flush()
    chance = random.Random(arguments.seed)
    brought = outcomes(arguments.seconds)
    kills(arguments.kills, chance, brought)
    cuts(arguments.cuts, chance, brought)


if __name__ == "__main__":
    main()
