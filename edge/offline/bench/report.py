"""Benchmark results as text: a table for the terminal, and the table in docs/speed.md."""

import json
import re
import sys
from pathlib import Path
from typing import Any, Final

from edge.offline.bench.stages import SIZE_WORKS, STAGES
from edge.offline.bench.startup import MARKS

BEGIN: Final = "<!-- made by `make bench-table` from docs/bench -->"
END: Final = "<!-- end of the table -->"


def table(report: dict[str, Any]) -> str:
    """Return the report as lines of text."""
    machine, clip = report["machine"], report["clip"]
    lines = [
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, "
        f"Python {machine['python']}, onnxruntime {machine['onnxruntime']}",
        f"{clip['name']}: {clip['frames']} frames of {clip['width']}x{clip['height']} at "
        f"{clip['fps']:g} fps, {report['rounds']} rounds",
    ]
    for size, model in report["models"].items():
        lines += ["", *_of_model(size, model, 1000 / clip["fps"])]
    if report["mediapipe"]["missing"]:
        lines += ["", f"mediapipe: {report['mediapipe']['missing']}"]
    lines += ["", *_of_networks(report["networks"]), "", *_of_sizes(report["sizes"])]
    show = report["show"]
    lines += [
        "",
        f"to a page: {show['median_ms']:.2f} ms (p95 {show['p95_ms']:.2f}), from worker "
        "to client over loopback, including encoding",
    ]
    for mark, figures in report["startup"].items():
        lines.append(f"{mark:14}{figures['median_ms'] / 1000:10.2f} s  {MARKS[mark]}")
    return "\n".join(lines)


def _of_model(size: str, model: dict[str, Any], frame_ms: float) -> list[str]:
    lines = [f"{'model ' + size:14}{'median ms':>10}{'p95 ms':>9}{'of whole':>10}"]
    lines += [
        f"{stage:14}{f['median_ms']:10.2f}{f['p95_ms']:9.2f}{f['of_whole']:10.2f}  {STAGES[stage]}"
        for stage, f in model["stages"].items()
    ]
    analyze_ms = model["stages"]["analyze"]["mean_ms"]
    lines.append(
        f"{frame_ms / analyze_ms:.2f} times real time; overhead beyond inference: "
        f"{100 * model['overhead']:.0f} % of the whole, "
        f"{100 * model['overhead_analyze']:.0f} % of `analyze`"
    )
    if "mediapipe" in model:
        theirs, ratio = model["mediapipe"], model["ratio"]
        lines.append(
            f"mediapipe {theirs['mean_ms']:.2f} ms per frame, pose only; ours relative to it: "
            f"{ratio['analyze']:.2f} from decode to record, {ratio['pose']:.2f} pose only"
        )
    return lines


def _of_networks(networks: dict[str, Any]) -> list[str]:
    lines = [
        f"{'network':12}{'threads':>8}{'median ms':>11}{'p95 ms':>9}{'MMAC':>8}{'GFLOP/s':>9}"
        f"{'of peak':>9}"
    ]
    lines += [
        f"{run['network']:12}{run['threads']:8}{run['median_ms']:11.2f}{run['p95_ms']:9.2f}"
        f"{run['mega_macs']:8.0f}{run['gflops']:9.0f}{run['of_peak']:9.2f}"
        for run in networks["runs"]
    ]
    peaks = ", ".join(f"{v:.0f} on {k}" for k, v in networks["peak_gflops"].items())
    return [*lines, f"peak: float32 product of 1024x1024 matrices, GFLOP/s by threads: {peaks}"]


def _of_sizes(sizes: dict[str, Any]) -> list[str]:
    lines = [f"{'picture':18}" + "".join(f"{size:>12}" for size in sizes)]
    for work, words in SIZE_WORKS.items():
        cells = "".join(f"{figures[work]['median_ms']:12.2f}" for figures in sizes.values())
        lines.append(f"{work:18}{cells}  {words}, ms")
    return lines


def slug(machine: dict[str, Any]) -> str:
    """Return a file name for a machine.

    Examples
    --------
    >>> slug({"processor": "AMD EPYC (TM) 7", "cores": 2})
    'amd-epyc-tm-7-2-cores'
    """
    words = re.findall(r"[a-z0-9]+", f"{machine['processor']} {machine['cores']} cores".lower())
    return "-".join(words)


def markdown(reports: list[dict[str, Any]]) -> str:
    """Return the table for docs/speed.md: one row per machine and model size."""
    rows = [
        "| machine | model | decode to record, ms per frame | times real time "
        "| overhead beyond inference (in sequence) | relative to MediaPipe, pose only "
        "| network, GFLOP/s (of peak) |",
        "|---|---|---|---|---|---|---|",
    ]
    for report in reports:
        frame_ms = 1000 / report["clip"]["fps"]
        for size, model in report["models"].items():
            analyze_ms = model["stages"]["analyze"]["mean_ms"]
            ratio = f"{model['ratio']['analyze']:.2f}" if "ratio" in model else "not compared"
            rows.append(
                f"| {report['machine']['processor']}, {report['machine']['cores']} cores | {size} "
                f"| {analyze_ms:.1f} | {frame_ms / analyze_ms:.1f} "
                f"| {100 * model['overhead_analyze']:.0f} % "
                f"({100 * model['overhead']:.0f} %) | {ratio} "
                f"| {_speed(report['networks']['runs'], size)} |"
            )
    return "\n".join(rows)


def _speed(runs: list[dict[str, Any]], size: str) -> str:
    fastest = max((run for run in runs if run["network"] == size), key=lambda run: run["gflops"])
    threads = "1 thread" if fastest["threads"] == 1 else f"{fastest['threads']} threads"
    return f"{fastest['gflops']:.0f} ({100 * fastest['of_peak']:.0f} %) on {threads}"


def with_table(page: str, reports: list[dict[str, Any]]) -> str:
    """Return a page with the table between its two markers replaced.

    Raises
    ------
    ValueError
        If a marker is missing.
    """
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks {BEGIN!r} or {END!r}")
    # Without a report, write no table rather than an empty one.
    table = f"{markdown(reports)}\n\n" if reports else ""
    return f"{head}{BEGIN}\n\n{table}{END}{tail}"


def saved(folder: Path) -> list[dict[str, Any]]:
    """Return the reports saved in a folder, in order of file name."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


if __name__ == "__main__":
    path, folder = map(Path, sys.argv[1:3])
    path.write_text(with_table(path.read_text(encoding="utf-8"), saved(folder)), encoding="utf-8")
