"""Verdicts and numbers on spoiled films of runners whose truth is known; resumable.

Usage: python -m edge.offline.evaluate.spoiled_clips SHARED OUT [--processes N] [--page PAGE.md]
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from edge.messages.errors import CaptureError
from edge.messages.metric import Metric
from edge.messages.verdict import Fault
from edge.metrics.catalogue import METRICS
from edge.offline.evaluate.pool import Progress, run_all
from edge.offline.evaluate.spoilings import SPOILINGS, Spoiling, spoil
from edge.offline.evaluate.spoilings_page import write_page
from edge.settings import paths
from edge.settings.pose_settings import PoseSettings
from edge.settings.settings import Settings
from edge.station.assembly import Rig, build_rig

_SECONDS: Final = 9.6
"""Eight strides at 146 steps a minute, after the time that it takes to know a runner."""

_FIRST_S: Final = 0.3
# In the one clip in which the runner comes and goes, running begins here.
_STARTS_S: Final = {"session_right": 13.0}
_JUDGED: Final = {
    Fault.KNEES_FORWARD: Metric.KNEE_TOE,
    Fault.BENT_PUSH_OFF: Metric.PUSH_OFF,
}
_RUNNING: Final = {"session_right": "green"}
BYSTANDER: Final = "clinician_beside.mp4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The first ``seconds`` of one clip, spoiled in one way; the result lies in ``out``."""

    truth: Path
    spoiling: Spoiling
    bystander: Path
    out: Path
    seconds: float = _SECONDS


def cells_of(
    shared: Path, out: Path, clips: Sequence[str] = (), spoilings: Sequence[str] = ()
) -> list[Cell]:
    """Return the cells; ``clips`` and ``spoilings`` are names, empty for all."""
    truths = sorted((shared / "data" / "clips").glob("*.truth.json"))
    return [
        Cell(
            truth=truth,
            spoiling=spoiling,
            bystander=shared / "data" / "faults" / BYSTANDER,
            out=out / f"{_name(truth)}--{spoiling.name}.json",
        )
        for spoiling in SPOILINGS
        for truth in truths
        if (not clips or _name(truth) in clips) and (not spoilings or spoiling.name in spoilings)
    ]


def run_cell(cell: Cell) -> dict[str, Any]:
    """Return the result of one cell, from its file if it is there.

    Returns
    -------
    ``clip``, ``spoiling``; ``verdicts``: expected and given state and reason of each fault;
    ``numbers``: true value, mean, and half of the stated interval of each metric that was given;
    ``notices``: codes; ``refused``: the sentence of a film that is not analysed; ``took_s``.
    """
    if cell.out.is_file():
        found: dict[str, Any] = json.loads(cell.out.read_text(encoding="utf-8"))
        return found
    began_s = time.monotonic()
    truth = json.loads(cell.truth.read_text(encoding="utf-8"))
    try:
        session = _session(cell)
    except CaptureError as error:
        found = {**refused(truth), "notices": [], "refused": str(error)}
    else:
        codes = [notice["code"] for notice in session["notices"]]
        found = {**compared(truth, session), "notices": codes}
    result = {
        "clip": _name(cell.truth),
        "spoiling": cell.spoiling.name,
        **found,
        "took_s": round(time.monotonic() - began_s, 1),
    }
    part = cell.out.with_suffix(".part")
    part.write_text(json.dumps(result, indent=1), encoding="utf-8")
    part.replace(cell.out)
    return result


def compared(truth: dict[str, Any], session: dict[str, Any]) -> dict[str, Any]:
    """Return ``verdicts`` and ``numbers`` of a session, compared with a clip's truth."""
    near = session["near_side"]
    expected = _expected(truth)
    return {
        "verdicts": {
            fault.value: {
                "expected": expected[fault],
                "state": session["verdicts"][fault][near]["state"] if near else "unknown",
                "reason": session["verdicts"][fault][near]["reason_code"] if near else "no_strides",
            }
            for fault in _JUDGED
        },
        "numbers": {
            metric.value: entry
            for metric in _JUDGED.values()
            if near and (entry := _number(truth, session["sides"][near], metric))
        },
    }


def refused(truth: dict[str, Any]) -> dict[str, Any]:
    """Return ``verdicts`` and ``numbers`` of a film that is refused with a sentence."""
    return {
        "verdicts": {
            fault.value: {"expected": expected, "state": "unknown", "reason": "refused"}
            for fault, expected in _expected(truth).items()
        },
        "numbers": {},
    }


def _expected(truth: dict[str, Any]) -> dict[Fault, str]:
    if truth["clip"] in _RUNNING:
        return dict.fromkeys(_JUDGED, _RUNNING[truth["clip"]])
    return {fault: truth["expected"][fault][truth["near_side"]] for fault in _JUDGED}


def _number(truth: dict[str, Any], side: dict[str, Any], metric: Metric) -> dict[str, Any]:
    """Return a metric's truth, mean and stated half interval; empty if it was not given.

    The interval holds the scatter of strides and, as ``error95`` or else the minimal detectable
    change between days, what the model does to a runner.
    """
    found = side["metrics"][metric]
    true = truth.get("near_leg_means", {}).get(metric)
    if true is None or found["mean"] is None or found["ci95"] is None:
        return {}
    low, high = found["ci95"]
    model = found.get("error95") or METRICS[metric].detectable.between_days
    half = (((high - low) / 2) ** 2 + model**2) ** 0.5
    return {"true": true, "mean": found["mean"], "half": round(half, 3), "n": found["n"]}


def _session(cell: Cell) -> dict[str, Any]:
    from edge.capture.source import open_source
    from edge.offline.analyze import analyze_into
    from edge.offline.run_result import Gathered

    settings, rig = _rig()
    start_s = _STARTS_S.get(_name(cell.truth), _FIRST_S)
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "spoiled.mp4"
        clip = cell.truth.with_name(f"{_name(cell.truth)}.mp4")
        spoil(
            clip,
            cell.spoiling,
            film,
            start_s=start_s,
            seconds=cell.seconds,
            bystander=cell.bystander,
        )
        with open_source(str(film), settings.capture, own_pace=False) as source:
            return analyze_into(
                Gathered(), source, rig.pipeline, settings, version="", progress=_silent
            ).session


@cache
def _rig() -> tuple[Settings, Rig]:
    """Open the networks once for each process."""
    settings = Settings(pose=PoseSettings(threads=1))
    return settings, build_rig(settings, paths.models_dir(), smaller=False)


def _name(truth: Path) -> str:
    return truth.name.removesuffix(".truth.json")


def _silent(_done: int, _total: int | None) -> None:
    return


def _told(done: int, total: int | None) -> None:
    sys.stdout.write(f"{done} of {total}\n")
    sys.stdout.flush()


def run_cells(cells: Sequence[Cell], processes: int, progress: Progress) -> list[dict[str, Any]]:
    """Return the results of cells in their order, and keep each in its file."""
    for cell in cells:
        cell.out.parent.mkdir(parents=True, exist_ok=True)
    return run_all(run_cell, cells, progress, processes)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the cells that have no result yet, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path, help="folder of reference data")
    parser.add_argument("out", type=Path, help="folder of results, one file a cell")
    parser.add_argument("--processes", type=int, default=0, help="0: one a core")
    parser.add_argument("--clips", nargs="*", default=(), help="names; all by default")
    parser.add_argument("--spoilings", nargs="*", default=(), help="names; all by default")
    parser.add_argument("--page", type=Path, help="the page to write")
    given = parser.parse_args(arguments)
    cells = cells_of(given.shared, given.out, given.clips, given.spoilings)
    results = run_cells(cells, given.processes, _told)
    if given.page:
        write_page(results, given.page)


if __name__ == "__main__":
    main()
