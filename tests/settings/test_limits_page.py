"""The limits in docs/gait-metrics.md are the default settings."""

import re
from pathlib import Path

import pytest

from edge.settings.coaching_settings import CoachingSettings

PAGE = Path(__file__).parents[2] / "docs" / "gait-metrics.md"


def rows() -> list[tuple[str, str]]:
    section = PAGE.read_text(encoding="utf-8").split("\n## Limits\n")[1].split("\n### ")[0]
    cells = [line.split("|") for line in section.splitlines() if line.startswith("|")]
    return [(row[2], row[3]) for row in cells if "`" in row[2]]


def test_the_page_has_every_limit_of_a_metric() -> None:
    named = {name for names, _ in rows() for name in re.findall(r"`(\w+)`", names)}
    limits = {n for n in CoachingSettings.__dataclass_fields__ if re.search(r"_(amber|red)_", n)}
    assert limits <= named


@pytest.mark.parametrize(("names", "values"), rows())
def test_the_page_shows_the_limits_in_force(names: str, values: str) -> None:
    shown = [float(n) for n in re.findall(r"[\d.]+", values.replace("(v - 2.5)", ""))]
    settings = CoachingSettings()
    assert shown == [abs(getattr(settings, name)) for name in re.findall(r"`(\w+)`", names)]
