"""Kill a station in each step of a visit, start it anew, and check that the visit goes on.

    PYTHONPATH=tests:tests/serve python tests/serve/visit_cut_off.py

Each trial is a process of its own: the station's rooms, recorder and controller on synthetic poses,
killed by SIGKILL at a random moment. It prints one JSON line for each step.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from math import isnan
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bridge import SETTINGS, Bridge, at, standing
from recordings import record
from synthetic import Runner

from edge.messages.pose import Pose
from edge.record.store import Store
from edge.record.visits import VisitRecord, blocks_of, sessions_of, visit_named
from edge.serve.wire import visit_commands
from edge.serve.wire.visit_messages import Visit, VisitStep
from edge.settings.settings import Settings
from edge.settings.visit_settings import VisitSettings

STEPS = (
    "set_up",
    "neutral",
    "warm_up",
    "baseline",
    "cue",
    "retention",
    "pain",
    "other_side",
    "calf_raises",
    "result",
)
RUNNING = ("warm_up", "baseline", "cue", "retention")
TEMPLATE = "".join(
    f'[[steps]]\nkind = "{kind}"\n'
    + ("seconds = 60\n" if kind in RUNNING else "")
    + ('cue = "auto"\n' if kind == "cue" else "")
    for kind in ("patient", *STEPS)
)
# The newest frame may not be in the record yet.
_FRAME_S = 1 / 60


def station(data: Path, folder: Path) -> Bridge:
    """Return a station with the clinic's template."""
    visit = VisitSettings(templates=str(folder))
    settings = Settings(gait=SETTINGS.gait, visit=visit)
    return Bridge(data, settings=settings)


def visit_of(bridge: Bridge) -> Visit:
    found: Visit = bridge.hub.last(Visit)
    return found


def step_of(bridge: Bridge) -> VisitStep:
    visit = visit_of(bridge)
    return next(step for step in visit.steps if step.id == visit.current)


def go_to(bridge: Bridge, step: str) -> None:
    """Press Next until a step is the current one."""
    for _ in range(2 * len(STEPS)):
        current = visit_of(bridge).current
        if current == step:
            return
        assert bridge.order(visit_commands.VisitNext, step=current).code == "ok"
    raise AssertionError(step)


def lead(bridge: Bridge, step: str, poses: list[Pose], told: int) -> None:
    """Lead a visit to a step and process frames there; say after each what there is."""
    bridge.order(visit_commands.StartVisit, runner="R-07", template="ours", belt_speed_mps=2.8)
    go_to(bridge, step)
    strides = 0
    for pose in poses:
        began_s = step_of(bridge).started_s
        for stride in bridge.give([pose]):
            own = began_s is not None and stride.start_s >= began_s
            strides += own and stride.near and stride.valid
        # Commands before have been carried out, the record of this frame among them.
        bridge.order(visit_commands.VisitNext, step="no such step")
        os.write(told, json.dumps([strides, pose.time_s]).encode() + b"\n")
    time.sleep(60)


def killed(
    data: Path, folder: Path, step: str, poses: list[Pose], frames: int
) -> tuple[int, float]:
    """Return what a station had said when it was killed."""
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        try:
            lead(station(data, folder), step, poses, told)
        finally:
            os._exit(1)
    os.close(told)
    with os.fdopen(heard, "rb") as stream:
        lines = [stream.readline() for _ in range(frames)]
        os.kill(child, signal.SIGKILL)
        lines += [line for line in stream if line.endswith(b"\n")]
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, "the station ended by itself"
    strides, time_s = json.loads(lines[-1])
    return int(strides), float(time_s)


def check(data: Path, folder: Path, step: str, poses: list[Pose], frames: int) -> dict[str, Any]:
    """Kill a station in a step, start another one, and return what it goes on with."""
    strides, time_s = killed(data, folder, step, poses, frames)
    bridge = station(data, folder)
    try:
        resumed = step_of(bridge)
        assert resumed.id == step, f"it goes on in {resumed.id}"
        with Store(data, create=False) as store:
            before = visit_named(store, visit_of(bridge).id)
            names = [session.name for session in sessions_of(store, before.status.id)]
        assert len(names) == 2, "a visit goes on in a session of its own"
        if step in RUNNING:
            assert resumed.strides >= strides, f"{resumed.strides} of {strides} strides"
            _check_blocks(before, time_s)
        bridge.give(at(poses[:240], 100.0))
        goes_on = step_of(bridge)
        assert goes_on.id == step
        if step in RUNNING:
            assert goes_on.strides > resumed.strides
            assert goes_on.elapsed_s > resumed.elapsed_s + 1.0
        go_to(bridge, "result")
        bridge.order(visit_commands.VisitNext, step="result")
        assert visit_of(bridge).over
    finally:
        bridge.close()
    with Store(data, create=False) as store:
        after = visit_named(store, before.status.id)
        assert after.status.over
        assert after.blocks[: len(before.blocks)] == tuple(_settled(before, after))
        kept = [blocks_of(store, session) for session in sessions_of(store, after.status.id)]
        assert all(not isnan(block.end_s) for blocks in kept for block in blocks)
    return {"step": step, "said": strides, "resumed": resumed.strides, "blocks": len(after.blocks)}


def _check_blocks(record: VisitRecord, time_s: float) -> None:
    """Fail if the block that was cut off does not reach as far as the station had said."""
    block = record.blocks[-1]
    assert block.split == "power_cut"
    # Rows are written with each stride and once a second.
    assert block.end_s >= time_s - 1.0 - 2 * _FRAME_S, (block.end_s, time_s)


def _settled(before: VisitRecord, after: VisitRecord) -> Iterator[Any]:
    """Yield earlier blocks with the state that their step was left in since."""
    for block, later in zip(before.blocks, after.blocks, strict=False):
        yield replace(block, state=later.state)


def main() -> None:
    """Kill a station in each step."""
    runs = record(Runner(), 8.0).poses
    stands = standing(1.0)
    seed = random.randrange(10**6)
    sys.stderr.write(f"seed {seed}\n")
    chance = random.Random(seed)
    for step in sys.argv[1:] or STEPS:
        running = step in RUNNING
        poses = runs if running else stands
        frames = chance.randint(150, len(runs) - 30) if running else chance.randint(1, 30)
        with TemporaryDirectory() as folder:
            data, own = Path(folder) / "data", Path(folder) / "templates"
            own.mkdir()
            (own / "ours.toml").write_text(TEMPLATE)
            sys.stdout.write(json.dumps(check(data, own, step, poses, frames)) + "\n")


if __name__ == "__main__":
    main()
