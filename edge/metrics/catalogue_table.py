"""The catalogue as a table for docs/gait-metrics.md.

``python -m edge.metrics.catalogue_table docs/gait-metrics.md`` writes it; a test checks it.
"""

import sys
from math import isfinite
from pathlib import Path
from typing import Final

from edge.metrics.catalogue import METRICS
from edge.metrics.spec import Event, MetricSpec

_BEGIN: Final = "<!-- written by edge/metrics/catalogue_table.py -->\n"
_END: Final = "<!-- end -->\n"
_EVENTS: Final = {
    Event.CONTACT: "IC",
    Event.PEAK: "PK",
    Event.TOE_OFF: "TO",
    Event.OTHER_CONTACT: "other IC",
    Event.NEXT_CONTACT: "next IC",
}
_HEAD: Final = (
    "| column | unit | + means | instant | needs | far leg | detectable change, days / session |\n"
    "|---|---|---|---|---|---|---|\n"
)


def metric_table() -> str:
    """Return the table in Markdown."""
    return _HEAD + "".join(map(_row, METRICS.values()))


def with_table(page: str) -> str:
    """Return a page with its table replaced by the current one."""
    before, rest = page.split(_BEGIN)
    return before + _BEGIN + metric_table() + _END + rest.split(_END, 1)[1]


def _row(spec: MetricSpec) -> str:
    needs = "; ".join(
        filter(None, (" ".join(_EVENTS[e] for e in spec.events), ", ".join(spec.points)))
    )
    change = spec.detectable
    limits = " / ".join(_known(v) for v in (change.between_days, change.within_session))
    cells = (
        f"`{spec.name}`",
        spec.unit,
        spec.positive,
        spec.instant,
        needs,
        "yes" if spec.far_leg else "no",
        f"{limits} ({change.source})",
    )
    return f"| {' | '.join(cells)} |\n"


def _known(value: float) -> str:
    return f"{value:g}" if isfinite(value) else "-"


if __name__ == "__main__":
    _page = Path(sys.argv[1])
    _page.write_text(with_table(_page.read_text(encoding="utf-8")), encoding="utf-8")
