"""The page and the counts of verdicts and numbers on spoiled films."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

_LIGHTS: Final = ("green", "amber", "red")
OUTCOMES: Final = ("right", "neighbour", "on the line", "unknown", "opposite")
_INTRO: Final = """# Spoiled films

Every rendered clip of the reference data, nine and a half seconds of it, spoiled in each of these
ways and analysed as any recording is. For the near leg's two faults it says how many verdicts were
right, the neighbouring light, on the line, unknown with a reason, or opposite (red for green, green
for red, or any light where nobody runs); and how many numbers were given, and lay outside the
interval stated for them: that of the strides' mean together with the model's error between runners.

Written by `make spoilings`. The films are made by ffmpeg filters, which stand in
`edge/offline/evaluate/spoilings.py`.
"""


def outcome(expected: str, state: str) -> str:
    """Return how a verdict compares with the truth; one of ``OUTCOMES``.

    Examples
    --------
    >>> outcome("green", "amber"), outcome("green", "red"), outcome("unknown", "green")
    ('neighbour', 'opposite', 'opposite')
    """
    if state == expected:
        return "right"
    if state == "unknown":
        return "unknown"
    if expected not in _LIGHTS:
        return "opposite"
    if state == "borderline":
        return "on the line"
    apart = abs(_LIGHTS.index(state) - _LIGHTS.index(expected))
    return "neighbour" if apart == 1 else "opposite"


def outside(number: Mapping[str, float]) -> bool:
    """Return whether the truth lies outside the interval stated for a number."""
    return abs(number["mean"] - number["true"]) > number["half"]


def counts(results: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Return the number of verdicts with each outcome, of numbers, and of those outside."""
    found: Counter[str] = Counter()
    for result in results:
        for verdict in result["verdicts"].values():
            found[outcome(verdict["expected"], verdict["state"])] += 1
        for number in result["numbers"].values():
            found["numbers"] += 1
            found["outside"] += outside(number)
    return found


def write_page(results: Sequence[Mapping[str, Any]], page: Path) -> None:
    """Write the page, and the results beside it as JSON."""
    names = list(dict.fromkeys(result["spoiling"] for result in results))
    columns = (*OUTCOMES, "numbers", "outside")
    lines = [
        f"| spoiling | {' | '.join(columns)} | told |",
        f"|---|{'---:|' * len(columns)}---|",
        *(_row(name, [r for r in results if r["spoiling"] == name], columns) for name in names),
        _row("**all**", results, columns, told=False),
    ]
    text = "\n".join([_INTRO, *lines, "", *_wrong(results), ""])
    page.write_text(text, encoding="utf-8")
    whole = json.dumps({"counts": counts(results), "cells": list(results)}, indent=1)
    page.with_suffix(".json").write_text(whole + "\n", encoding="utf-8")


def _row(
    name: str, results: Sequence[Mapping[str, Any]], columns: Sequence[str], *, told: bool = True
) -> str:
    found = counts(results)
    codes = Counter(code for result in results for code in result["notices"])
    said = ", ".join(f"`{code}` {n}" for code, n in codes.most_common(4)) if told else ""
    return f"| {name} | {' | '.join(str(found[column]) for column in columns)} | {said} |"


def _wrong(results: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return a line for each opposite verdict and each number outside its interval."""
    lines = []
    for result in results:
        where = f"{result['clip']}, {result['spoiling']}"
        for fault, verdict in result["verdicts"].items():
            if outcome(verdict["expected"], verdict["state"]) == "opposite":
                lines.append(f"- {where}: {fault} {verdict['state']} for {verdict['expected']}.")
        for metric, number in result["numbers"].items():
            if outside(number):
                lines.append(
                    f"- {where}: {metric} {number['mean']:.1f} ± {number['half']:.1f} "
                    f"for {number['true']:.1f}."
                )
    return ["## Opposite, or outside", "", *(lines or ["None."])]
