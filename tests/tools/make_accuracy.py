"""Write docs/accuracy.md and its plots from the results of tests/tools/accuracy_runs.py."""

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from accuracy_plots import bland_altman, event_errors, latencies, scatter
from accuracy_real import real_part, score_part
from accuracy_runs import (
    BASE,
    CLIPS,
    CLIPS_FULL,
    CLIPS_RAW,
    CLIPS_SPOILT,
    KEYPOINTS,
    REAL,
    REAL_SPOILT,
    Run,
)
from accuracy_tables import (
    clip_table,
    command_table,
    event_table,
    gaitkit_table,
    identity_table,
    latency_table,
    metric_table,
    metrics_by_setting,
    point_table,
    verdict_table,
)

# The command's default without the option.
_SECONDS = 30


class Reports:
    """The JSON files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, run: Run) -> list[dict[str, Any]]:
        """Return the existing reports of a run, one per seed."""
        return [_read(file) for file in run.files(self._folder) if file.exists()]

    def rows(self, runs: Sequence[Run]) -> list[tuple[str, list[dict[str, Any]]]]:
        """Return each run's label and its reports, without runs that have none."""
        return [(run.says, found) for run in runs if (found := self.of(run))]

    def gaitkit(self) -> dict[str, Any] | None:
        """Return the comparison with gaitkit; None if there is none."""
        file = self._folder / "gaitkit.json"
        return _read(file) if file.exists() else None


def _read(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text(encoding="utf-8")))


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", type=Path, help="folder of the JSON files")
    parser.add_argument("docs", type=Path, help="folder of the page")
    parser.add_argument(
        "--real-only", action="store_true", help="replace the part on real runners, keep the rest"
    )
    given = parser.parse_args()
    reports, plots = Reports(given.figures), given.docs / "accuracy"
    if given.real_only:
        _replace_real(given.docs / "accuracy.md", _joined(_real_part(reports, plots)))
        return
    intro = Path(__file__).with_name("accuracy_intro.md").read_text(encoding="utf-8")
    parts = [
        intro,
        *_real_part(reports, plots),
        *_keypoint_part(reports, plots),
        *_clip_part(reports, plots),
        *_latency_part(reports, plots),
        *_how(reports),
    ]
    (given.docs / "accuracy.md").write_text(_joined(parts), encoding="utf-8")


def _joined(parts: Sequence[str]) -> str:
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _real_part(reports: Reports, plots: Path) -> list[str]:
    models, spoilt = reports.rows(REAL), reports.rows(REAL_SPOILT)
    real = [(f"real, {says}", found) for says, found in (*models, *spoilt)]
    rendered = [("rendered", found) for _, found in reports.rows((CLIPS_FULL,))]
    groups = [*real, *rendered, *reports.rows(CLIPS_SPOILT)]
    return [*real_part(models, spoilt), *score_part(groups, plots / "score.svg")]


def _replace_real(page: Path, part: str) -> None:
    """Replace the section on real runners in an existing page, or put it before the others."""
    text = page.read_text(encoding="utf-8")
    old = re.compile(r"^## Real runners$.*?(?=^## )", re.MULTILINE | re.DOTALL)
    if old.search(text):
        text = old.sub(lambda _: part + "\n", text, count=1)
    else:
        text = re.sub(r"^## ", lambda _: part + "\n## ", text, count=1, flags=re.MULTILINE)
    page.write_text(text, encoding="utf-8")


def _keypoint_part(reports: Reports, plots: Path) -> list[str]:
    base = reports.of(BASE)
    if not base:
        return []
    trials = base[0]["by_trial"]
    event_errors(trials, "strike", "strike of the near foot", plots / "events-keypoints.svg")
    scatter(trials, "speed_mps", "belt speed, m/s", plots / "metrics-keypoints.svg")
    bland_altman(trials, "speed_mps", "belt speed, m/s", plots / "errors-keypoints.svg")
    runners = len({key.partition("_")[0] for key in trials})
    rows = reports.rows(KEYPOINTS)
    comparison = reports.gaitkit()
    return [
        f"## Keypoints\n\n{len(trials)} trials of {runners} runners, "
        f"{base[0]['settings']['seconds']:g} s each; medians over the seeds where there are "
        "several.\n\n### Events",
        event_table(rows),
        _picture(
            "events-keypoints",
            "Each trial's event bias with 1.96 SD of its events, 60 fps, first seed",
        ),
        "By belt speed and by strike of the near foot, and the far leg, 60 fps:",
        event_table(
            [(f"{v} m/s", _each(base, "by_speed", v)) for v in base[0]["by_speed"]]
            + [(name.lower(), _each(base, "by_strike", name)) for name in base[0]["by_strike"]]
            + [("far leg", [r["far"] for r in base])]
        ),
        *([gaitkit_table(comparison)] if comparison else []),
        "### Metrics\n\nTruth: the noise-free markers at the true instants, in their own plane; "
        "60 fps.",
        metric_table(base),
        _picture("metrics-keypoints", "Trial means measured against true, with the fitted line"),
        _picture("errors-keypoints", "Error of trial means: bias and limits of agreement"),
        "Under every setting, bias (SD of ten-stride means):",
        metrics_by_setting(rows),
    ]


def _clip_part(reports: Reports, plots: Path) -> list[str]:
    if not reports.of(CLIPS_FULL):
        return []
    full = reports.of(CLIPS_FULL)[0]
    running = {k: c for k, c in full["clips"].items() if c["mode"] in ("run", "mocap")}
    event_errors(running, "mode", "clips", plots / "events-clips.svg")
    scatter(running, "mode", "clips", plots / "metrics-clips.svg")
    bland_altman(running, "mode", "clips", plots / "errors-clips.svg")
    rates = [(f"{fps} fps", [part]) for fps, part in full["by_frame_rate"].items()]
    kinds = [(f"`{kind}`", [part]) for kind, part in full["by_kind"].items()]
    rows, raw = reports.rows(CLIPS), reports.of(CLIPS_RAW)
    return [
        f"## Clips\n\n{len(full['clips'])} clips, of which the {len(running)} of running are "
        "pooled. *Its own left and right*: the pose model's points and labels through the same "
        "gait code, uncorrected; offsets and constants are those for corrected points.\n\n"
        "### Events",
        event_table(rows),
        _picture("events-clips", "Each clip's event bias with 1.96 SD of its events, `full`"),
        "`full`, by frame rate and by kind of clip, and the far leg:",
        event_table([*rates, *kinds, ("far leg", [full["far"]])]),
        "### Leg identity and keypoints",
        identity_table(rows),
        "Near leg's points against the true ones, % of leg length, median / 95th percentile:",
        point_table(rows),
        "### Metrics",
        metric_table([full]),
        _picture("metrics-clips", "Clip means measured against true, with the fitted line"),
        _picture("errors-clips", "Error of clip means: bias and limits of agreement"),
        *(["With the model's own left and right:", metric_table(raw)] if raw else []),
        "### Clip by clip\n",
        clip_table(full),
        "### Verdicts\n",
        verdict_table(full),
    ]


def _latency_part(reports: Reports, plots: Path) -> list[str]:
    rows = [(name, found[0]) for name, found in reports.rows(KEYPOINTS)]
    rows += [(f"clips, {name}", found[0]) for name, found in reports.rows((CLIPS_FULL,))]
    if not rows:
        return []
    latencies([(_folded(name), report["events"]) for name, report in rows], plots / "latency.svg")
    return [
        "## Latency\n\nFrom the true time to the frame that decided the event, p50 / p95 in ms, "
        "without the time for the pose itself (`make bench`). A provisional event may drive a "
        "display; only confirmed ones are stored.",
        latency_table(rows),
        _picture("latency", "Median to 95th percentile"),
    ]


def _folded(name: str) -> str:
    return name.replace("`", "").replace(", ", ",\n")


def _how(reports: Reports) -> list[str]:
    rows = []
    kinds = (
        ("real", "REAL", (*REAL, *REAL_SPOILT)),
        ("keypoints", "RBDS", KEYPOINTS),
        ("clips", "CLIPS", CLIPS),
    )
    for kind, data, runs in kinds:
        for run in runs:
            all_settings = [r["settings"] for r in reports.of(run)]
            if all_settings:
                words = ["toeline evaluate", kind, data, *run.options, *_chosen(run, all_settings)]
                rows.append((run.says, " ".join(words)))
    return [
        "## How each figure was made\n\n`make accuracy` runs these commands and writes this page; "
        "REAL is `data/real`, RBDS is `data/rbds/rbds.npz` and CLIPS is `data/clips` in the "
        "reference data.",
        command_table(rows),
    ]


def _chosen(run: Run, all_settings: Sequence[dict[str, Any]]) -> list[str]:
    """Return the options specific to these runs: their seeds, and a shorter duration."""
    if not run.seeds:
        return []
    seeds = ["--seed", "/".join(str(settings["seed"]) for settings in all_settings)]
    seconds = all_settings[0]["seconds"]
    return seeds if seconds == _SECONDS else [*seeds, "--seconds", f"{seconds:g}"]


def _picture(name: str, says: str) -> str:
    return f"![{says}](accuracy/{name}.svg)\n\n*{says}.*"


def _each(reports: Sequence[dict[str, Any]], stratum: str, name: str) -> list[dict[str, Any]]:
    return [r[stratum][name] for r in reports]


if __name__ == "__main__":
    main()
