"""The part of docs/accuracy.md on real runners, from the JSON of `toeline evaluate real`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from accuracy_tables import number, row

from edge.offline.evaluate.score_agreement import low_score_ranks, plot_scores

Rows = Sequence[tuple[str, list[dict[str, Any]]]]

_ERRORS = {
    "initial_contact_ms": "contact, ms",
    "toe_off_ms": "toe-off, ms",
    "knee_toe_pct": "knee-toe, % shank",
    "knee_toe_own_instant_pct": "same, own instant",
    "knee_flexion_peak_deg": "peak knee, deg",
    "knee_flexion_push_off_deg": "push-off knee, deg",
}
_JOINTS = ("hip", "knee", "ankle", "heel", "toe")
_INTRO = Path(__file__).with_name("accuracy_real_intro.md")


def real_part(models: Rows, spoilt: Rows) -> list[str]:
    """Return the section; ``models`` are the films as they are, the default model first."""
    if not models:
        return []
    first = models[0][1][0]
    return [
        _intro(first),
        f"### Clip by clip, {models[0][0]}\n",
        _clip_table(first),
        "### Models and sources, all clips\n",
        _model_table(models),
        "### The model's error from runner to runner\n\nMean error of each clip, its SD between "
        "clips, and in brackets what is left of a clip's error once the mean of the others is "
        "taken off, as an offset fitted without that runner would do.\n",
        _runner_table(models),
        f"### Points, {models[0][0]}\n\nFrames around peak knee flexion, station minus labels, "
        "forward and up, % of leg, mean (SD over frames).\n",
        _point_table(first),
        *_spoilt_part(spoilt),
    ]


def score_part(groups: Rows, plot: Path) -> list[str]:
    """Return the section on the quality score, and draw its plot."""
    tables = {says: reports[0]["score"] for says, reports in groups}
    films = [film for table in tables.values() for film in table["films"].values()]
    pairs = [(f["score"], f["error_pct"]) for f in films if None not in f.values()]
    if not pairs:
        return []
    plot.parent.mkdir(parents=True, exist_ok=True)
    plot_scores(tables, plot)
    return [
        "### What the quality score tells\n\nThe score of the legs is made without knowing the "
        f"truth. Over {len(pairs)} runs of real and rendered clips, by source and model, as they "
        "are and made harder, its rank correlation with the true error of the near leg's points "
        f"is {low_score_ranks(pairs):.2f} (a low score with a large error; 1 is perfect). Each "
        "point is a run's mean.",
        f"![Mean error against mean score of each run](accuracy/{plot.name})",
    ]


def _intro(report: Mapping[str, Any]) -> str:
    clips = report["clips"].values()
    return _INTRO.read_text(encoding="utf-8").format(
        films=report["n_clips"],
        strides=sum(clip["labelled_strides"] for clip in clips),
        frames=report["pooled"]["sources"]["station"]["near_leg"]["frames"],
    )


def _clip_table(report: Mapping[str, Any]) -> str:
    lines = [_head("clip")]
    for name, clip in report["clips"].items():
        lines += [_line(f"`{name}`", clip["sources"]["station"])]
        lines += [_line("tracked", clip["sources"]["tracked"])] * ("tracked" in clip["sources"])
    lines += _pooled_lines(report)
    return "\n".join(lines) + "\n"


def _pooled_lines(report: Mapping[str, Any]) -> list[str]:
    pooled = report["pooled"]
    lines = [_line(f"**all**, {name}", pooled["sources"][name]) for name in _whole(pooled)]
    labellings = [_figures(pooled["labellings"][error]) for error in _ERRORS]
    return [*lines, row("A minus B", "", "", *labellings, "")]


def _whole(pooled: Mapping[str, Any]) -> list[str]:
    return [name for name, table in pooled["sources"].items() if "strides" in table]


def _model_table(models: Rows) -> str:
    lines = [_head("model, source")]
    for says, (report, *_) in models:
        pooled = report["pooled"]
        lines += [_line(f"{says}, {name}", pooled["sources"][name]) for name in _whole(pooled)]
    return "\n".join(lines) + "\n"


def _head(first: str) -> str:
    titles = (first, "near strides", "valid", *_ERRORS.values(), "near leg right")
    return "\n".join([row(*titles), row(*["---"] * len(titles))])


def _line(name: str, table: Mapping[str, Any]) -> str:
    strides, near = table["strides"], table["near_leg"]
    return row(
        name,
        _found(strides),
        str(strides["valid"]),
        *(_figures(table["errors"][error]) for error in _ERRORS),
        f"{near['right']} of {near['frames']}",
    )


def _found(strides: Mapping[str, Any]) -> str:
    expected = "?" if strides["expected"] is None else strides["expected"]
    return f"{strides['found']} of {expected}"


def _runner_table(models: Rows) -> str:
    titles = ("model, source", *_ERRORS.values())
    lines = [row(*titles), row(*["---"] * len(titles))]
    for says, (report, *_) in models:
        for source, errors in report["model_errors"].items():
            cells = [_runner_cell(errors[error]) for error in _ERRORS]
            lines.append(row(f"{says}, {source}", *cells))
    return "\n".join(lines) + "\n"


def _runner_cell(error: Mapping[str, Any]) -> str:
    left = ", ".join(number(rest, 1, "+") for rest in error["left_out"].values())
    return f"{number(error['bias'], 1, '+')}, SD {number(error['sd_between'], 1)} ({left or '-'})"


def _point_table(report: Mapping[str, Any]) -> str:
    lines = [row("clip", *_JOINTS), row(*["---"] * (1 + len(_JOINTS)))]
    for name, clip in report["clips"].items():
        points = clip["sources"]["station"]["points_pct_leg"]
        lines.append(row(f"`{name}`", *(_point(points[joint]) for joint in _JOINTS)))
    return "\n".join(lines) + "\n"


def _point(point: Mapping[str, Any]) -> str:
    both = (point["forward"], point["up"])
    means = ", ".join(number(axis["bias"], 1, "+") for axis in both)
    return f"{means} ({', '.join(number(axis['sd'], 1) for axis in both)})"


def _spoilt_part(spoilt: Rows) -> list[str]:
    if not spoilt:
        return []
    lines = [row("shown", "clip", "near strides", "told"), row(*["---"] * 4)]
    for says, (report, *_) in spoilt:
        for name, clip in report["clips"].items():
            found = _found(clip["sources"]["station"]["strides"])
            lines.append(row(says, f"`{name}`", found, "; ".join(clip["said"])))
    return ["### Made harder\n", "\n".join(lines) + "\n"]


def _figures(figures: Mapping[str, Any]) -> str:
    if not figures["n"]:
        return "-"
    return f"{number(figures['bias'], 1, '+')} ({number(figures['sd'], 1)}), n {figures['n']}"
