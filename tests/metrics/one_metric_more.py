"""A program with one metric more, and where it turns up; ``test_one_metric_more.py`` runs it.

Its catalogue entry and its words are all that is added; no other line of the program knows of it.
"""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge.i18n import word_catalogue as i18n
from edge.metrics import temporal
from edge.metrics.measured_leg import MeasuredLeg
from edge.metrics.spec import Detectable, Event, MetricSpec

NAME = "swing_ms"
# A session of the old store that has strides.
OLD = "2026-11-30T15-35-02Z"


def swing_ms(leg: MeasuredLeg) -> float:
    return 1000 * (leg.stride.end_s - leg.stride.toe_off_s)


SPEC = MetricSpec(
    name=NAME,
    unit="ms",
    decimals=0,
    positive="always",
    instant="toe-off to contact",
    points=(),
    events=(Event.TOE_OFF, Event.NEXT_CONTACT),
    detectable=Detectable(between_days=20.0, source="made up"),
    far_leg=False,
    function=swing_ms,
)


def add() -> None:
    """Write the entry and its words; before anything else of the program is there."""
    vars(temporal)["METRICS"] = (*temporal.METRICS, SPEC)
    for language in i18n.languages():
        words: Any = i18n.load(language).words
        for key, text in (("label", "Swing"), ("unit", "ms"), ("about", "From toe-off to contact")):
            words[f"{SPEC.words}.{key}"] = text


def main(data: Path) -> dict[str, Any]:
    """Return what each part of the program makes of it; ``data`` is a copy of an old store."""
    from strides_by_hand import cut
    from synthetic import GOOD, Runner

    from edge.export.table_files import tables_of
    from edge.metrics.catalogue_table import metric_table
    from edge.metrics.measure import measure
    from edge.metrics.model_offsets import NO_OFFSETS
    from edge.offline.evaluate.metric_agreement import TrueStride, read_strides, trial_table
    from edge.pose.skeletons.loader import BLAZEPOSE, skeleton
    from edge.record.rows import insertion, row_of
    from edge.record.store import Store
    from edge.record.stored_session import SessionHead
    from edge.record.summary import SessionFacts, SessionSummary
    from edge.record.tables import STRIDE_COLUMNS, stride_row
    from edge.report.page import render
    from edge.report.visit_facts import visit_of
    from edge.serve.wire import protocol, wire_schema
    from edge.serve.wire.encode import hello_for, text_for
    from edge.settings.settings import Settings

    stride = measure(cut(Runner(GOOD)), NO_OFFSETS)[0]
    far = measure(replace(cut(Runner(GOOD)), near=False), NO_OFFSETS)[0]
    row = row_of(stride)
    assert row is not None

    def through(store: Store, session: Any, number: int) -> float:
        sql = insertion("strides", tuple(row[1]))
        with store.file.transaction() as database:
            database.execute(sql, (session.id, number, *row[1].values()))
        return store.read(session).strides()[-1].value(NAME)

    with Store(data) as old:
        session = old.session(OLD)
        before = [kept.value(NAME) for kept in old.read(session).strides()]
        stored_old = through(old, session, 10_000)
        head: SessionHead = session.head
        exported = tables_of(old, session)["strides"][-1]
        report = render([visit_of(old, session)], i18n.load("en"))
    with Store(data / "fresh") as fresh:
        stored_fresh = through(fresh, fresh.begin(head, datetime.now(UTC)), 0)
    summary = SessionSummary(
        SessionFacts(toeline="0", source="", model="", config_sha256="", nominal_rate_hz=60.0)
    )
    summary.update(stride)
    side = stride.side.value
    true = TrueStride(start_s=stride.start_s, end_s=stride.end_s, metrics={NAME: 400.0})
    readings = read_strides("one", [true], [stride], (0.0, 100.0))
    hello = hello_for(Settings(), "0", skeleton=skeleton(BLAZEPOSE))
    return {
        "value": stride.value(NAME),
        "far": repr(far.value(NAME)),
        "columns": list(STRIDE_COLUMNS),
        "csv": float(dict(zip(STRIDE_COLUMNS, stride_row(stride), strict=True))[NAME]),
        "known_before": sum(value == value for value in before),
        "stored_old": stored_old,
        "stored_fresh": stored_fresh,
        "exported": exported[NAME],
        "wire": json.loads(protocol.encode_text(text_for(stride)))[NAME],
        "schema": NAME in json.loads(wire_schema.schema_text())["$defs"]["Stride"]["properties"],
        "types": f"  {NAME}: " in wire_schema.types_text(),
        "hello": [m.words for m in hello.metrics if m.name == NAME],
        "summary": summary.result()["sides"][side]["metrics"][NAME]["mean"],
        "evaluate": trial_table(readings)[NAME]["true"],
        "report": "Swing, ms" in report,
        "docs": f"| `{NAME}` | ms |" in metric_table(),
    }


if __name__ == "__main__":
    add()
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))))
