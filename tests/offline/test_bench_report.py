"""Figures become lines and a table; docs/speed.md shows what was saved."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from edge.offline.bench.report import BEGIN, END, markdown, saved, slug, table, with_table
from edge.offline.bench.stages import SIZE_WORKS, STAGES

REPOSITORY = Path(__file__).parents[2]
FIGURES = {"median_ms": 2.0, "p95_ms": 3.0, "mean_ms": 2.5}


def a_report(**changes: Any) -> dict[str, Any]:
    report = {
        "schema": 1,
        "machine": {
            "processor": "Some CPU",
            "cores": 4,
            "system": "Linux aarch64",
            "python": "3.11.2",
            "onnxruntime": "1.27.0",
        },
        "clip": {"name": "demo.mp4", "width": 960, "height": 540, "fps": 60.0, "frames": 240},
        "rounds": 3,
        "models": {
            "full": {
                "stages": {stage: FIGURES | {"of_whole": 0.5} for stage in STAGES},
                "overhead": 0.25,
                "overhead_analyze": 0.2,
                "mediapipe": FIGURES | {"found": 1.0},
                "ratio": {"analyze": 0.5, "whole": 0.6, "pose": 0.4},
            }
        },
        "mediapipe": {"version": "0.10.18", "missing": ""},
        "networks": {
            "runs": [
                {
                    "network": "full",
                    "threads": threads,
                    "median_ms": 4.0,
                    "p95_ms": 5.0,
                    "mega_macs": 356.0,
                    "depthwise_share": 0.1,
                    "gflops": 100.0 * threads,
                    "of_peak": 0.5,
                }
                for threads in (1, 2)
            ],
            "peak_gflops": {"1": 200.0, "2": 400.0},
        },
        "sizes": {"960x540": {work: FIGURES for work in SIZE_WORKS}},
        "show": FIGURES,
        "startup": {"first_frame": FIGURES},
    }
    return deepcopy(report | changes)


def test_every_figure_has_its_line() -> None:
    lines = table(a_report()).splitlines()
    for stage in STAGES:
        assert any(line.startswith(f"{stage} ") for line in lines), stage
    text = "\n".join(lines)
    assert "Some CPU, 4 cores" in text
    assert (
        "6.67 times real time; overhead beyond inference: 25 % of the whole, 20 % of `analyze`"
        in text
    )
    assert "ours relative to it: 0.50 from decode to record, 0.40 pose only" in text
    assert "peak: float32 product" in text


def test_what_was_not_compared_is_said() -> None:
    report = a_report(mediapipe={"version": None, "missing": "mediapipe is not installed"})
    for key in ("mediapipe", "ratio"):
        del report["models"]["full"][key]
    assert "mediapipe: mediapipe is not installed" in table(report)
    assert "| not compared |" in markdown([report])


def test_the_table_has_a_row_for_each_machine_and_model() -> None:
    other = a_report()
    other["machine"]["processor"] = "Other CPU"
    other["models"]["lite"] = other["models"]["full"]
    other["networks"]["runs"] += [r | {"network": "lite"} for r in other["networks"]["runs"]]
    rows = markdown([a_report(), other]).splitlines()
    assert len(rows) == 2 + 3
    assert rows[2] == (
        "| Some CPU, 4 cores | full | 2.5 | 6.7 | 20 % (25 %) | 0.50 | 200 (50 %) on 2 threads |"
    )


def test_one_thread_is_no_threads() -> None:
    report = a_report()
    del report["networks"]["runs"][1]
    assert "100 (50 %) on 1 thread |" in markdown([report])


def test_a_machine_has_a_file_name() -> None:
    assert slug(a_report()["machine"]) == "some-cpu-4-cores"


def test_the_table_is_put_between_its_marks_and_nowhere_else() -> None:
    readme = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    made = with_table(readme, [a_report()])
    assert made.startswith(f"before\n{BEGIN}\n\n| machine |")
    assert made.endswith(f"|\n\n{END}\nafter\n")
    assert with_table(made, [a_report()]) == made
    with pytest.raises(ValueError, match="lacks"):
        with_table("no marks", [])


def test_saved_reports_come_in_order(tmp_path: Path) -> None:
    for name in "ba":
        (tmp_path / f"{name}.json").write_text(json.dumps({"name": name}))
    assert [report["name"] for report in saved(tmp_path)] == ["a", "b"]
    assert saved(tmp_path / "none") == []


def test_the_speed_page_shows_what_was_saved() -> None:
    page = (REPOSITORY / "docs" / "speed.md").read_text(encoding="utf-8")
    made = with_table(page, saved(REPOSITORY / "docs" / "bench"))
    assert made == page, "make bench-table renews it"
