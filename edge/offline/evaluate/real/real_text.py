"""The report of ``toeline evaluate real`` as lines of text."""

from collections.abc import Mapping
from typing import Any, Final

from edge.messages.skeleton import LEG_POINTS
from edge.offline.evaluate.real.compare import (
    CONTACT,
    KNEE_TOE,
    KNEE_TOE_OWN,
    PEAK,
    PUSH_OFF,
    TOE_OFF,
)

_TITLES: Final = {
    CONTACT: "initial contact, ms",
    TOE_OFF: "toe-off, ms",
    KNEE_TOE: "knee-toe, % shank",
    KNEE_TOE_OWN: "same, own instant",
    PEAK: "peak knee, deg",
    PUSH_OFF: "push-off knee, deg",
}


def real_text(report: Mapping[str, Any]) -> str:
    """Return the pooled table, one per film, and the model's error."""
    pooled = report["pooled"]
    lines = _block(f"{report['n_clips']} clips", pooled["sources"], pooled["labellings"])
    for name, clip in report["clips"].items():
        lines += ["", *_block(name, clip["sources"], clip["labellings"])]
        lines += [f"  {sentence}" for sentence in clip["said"]]
    for source, errors in report["model_errors"].items():
        lines += ["", *_model_error(source, errors)]
    return "\n".join(lines)


def _block(name: str, sources: Mapping[str, Any], labellings: Mapping[str, Any]) -> list[str]:
    whole = {key: table for key, table in sources.items() if "strides" in table}
    head = "".join(f"{source:>18}" for source in whole)
    lines = [f"{name:22}{head}{'A minus B':>18}"]
    counts = [table["strides"] for table in whole.values()]
    lines.append(f"{'near strides':22}" + "".join(f"{_found(count):>18}" for count in counts))
    for error, title in _TITLES.items():
        cells = [table["errors"][error] for table in whole.values()]
        row = "".join(f"{_cell(cell):>18}" for cell in (*cells, labellings[error]))
        lines.append(f"{title:22}{row}")
    right = [f"{n['right']} of {n['frames']}" for n in (t["near_leg"] for t in whole.values())]
    lines.append(f"{'near leg right':22}" + "".join(f"{cell:>18}" for cell in right))
    for source, table in sources.items():
        lines.append(f"  points, {source}: {_points(table['points_pct_leg'])}")
    return lines


def _found(count: Mapping[str, Any]) -> str:
    expected = "?" if count["expected"] is None else count["expected"]
    return f"{count['found']} of {expected}, {count['valid']} ok"


def _cell(figures: Mapping[str, Any]) -> str:
    if not figures["n"]:
        return "-"
    return f"{figures['bias']:+z.1f} ({_number(figures['sd'])}) n {figures['n']}"


def _points(points: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{joint} {_number(points[joint]['forward']['bias'], '+')} "
        f"{_number(points[joint]['up']['bias'], '+')}"
        for joint in LEG_POINTS
    )


def _model_error(source: str, errors: Mapping[str, Any]) -> list[str]:
    lines = [f"{f'error by clip, {source}':24}{'mean':>8}{'SD':>8}  left without that clip"]
    for name, error in errors.items():
        left = ", ".join(f"{clip} {_number(rest, '+')}" for clip, rest in error["left_out"].items())
        mean, sd = _number(error["bias"], "+"), _number(error["sd_between"])
        lines.append(f"{_TITLES[name]:24}{mean:>8}{sd:>8}  {left}")
    return lines


def _number(value: float | None, sign: str = "") -> str:
    return "-" if value is None else f"{value:{sign}z.1f}"
