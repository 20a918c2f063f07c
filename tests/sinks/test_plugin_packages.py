"""A separate plug-in package, installed by pip next to Toeline, with the real command."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from command import toeline, toeline_process

from edge.sinks.plugins.discovery import enabled

PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "toeline-spoilt-sinks"
version = "1.2"

[project.entry-points."toeline.sinks"]
diary = "spoilt_sinks:Diary"
raises = "spoilt_sinks:Raises"
hangs = "spoilt_sinks:Hangs"
old = "spoilt_sinks:Old"
broken = "spoilt_sinks_broken:Sink"

[tool.hatch.build.targets.wheel]
include = ["*.py"]
"""
CODE = """
import json, os, threading

class Diary:
    SINK_API = 1

    def open(self, session):
        self.file = open(os.environ["DIARY"], "w", encoding="utf-8")
        self.write({"type": "open", **session})

    def write(self, message):
        print(json.dumps(message), file=self.file, flush=True)

    def close(self):
        self.write({"type": "close"})
        self.file.close()

class Raises:
    SINK_API = 1

    def write(self, message):
        raise OSError("the broker is away")

class Hangs:
    SINK_API = 1

    def open(self, session):
        threading.Event().wait()

class Old:
    SINK_API = 0
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str | Path]:
    """Return the environment in which the package is installed."""
    project, target = tmp_path_factory.mktemp("project"), tmp_path_factory.mktemp("site")
    (project / "pyproject.toml").write_text(PROJECT)
    (project / "spoilt_sinks.py").write_text(CODE)
    (project / "spoilt_sinks_broken.py").write_text("import no_such_module\n")
    offline = ("--no-index", "--no-build-isolation", "--no-deps", "--no-cache-dir")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", *offline)
    subprocess.run([*pip, "--target", target, project], check=True, capture_output=True)
    inherited = os.environ.get("PYTHONPATH")
    search = os.pathsep.join(filter(None, (str(target), inherited)))
    return {"PYTHONPATH": search, "DIARY": target / "diary.jsonl"}


def test_the_list_says_of_each_whether_it_loads(installed: Mapping[str, str | Path]) -> None:
    shown = toeline_process("plugins", "list", environment=installed)
    assert (shown.returncode, shown.stderr) == (0, "")
    said = {
        line.split()[0]: line.split("toeline-spoilt-sinks 1.2  ")[1]
        for line in shown.stdout.splitlines()
    }
    broken = said.pop("broken")
    assert broken.startswith("ModuleNotFoundError: No module named 'no_such_module' (")
    assert said == {
        "diary": "loads",
        "hangs": "loads",
        "old": "it speaks version 0 of SINK_API; this Toeline 1",
        "raises": "loads",
    }


def test_without_any_the_list_says_so() -> None:
    shown = toeline("plugins", "list")
    assert (shown.returncode, shown.stdout) == (0, "")
    assert shown.stderr == "no plug-in is installed; see docs/plugins.md\n"


def headless(film: Path, environment: Mapping[str, str | Path], *more: str) -> Any:
    return toeline_process("run", "--headless", "--source", film, *more, environment=environment)


@pytest.mark.usefixtures("models_dir")
def test_a_real_run_feeds_a_plug_in_and_outlives_the_others(
    installed: Mapping[str, str | Path], short_run: Path, tmp_path: Path
) -> None:
    ran = headless(short_run, {**installed, "TOELINE_DATA": tmp_path})
    assert ran.returncode == 0, ran.stderr
    diary = [json.loads(line) for line in Path(installed["DIARY"]).read_text().splitlines()]
    assert diary[0]["source"] == short_run.name
    assert diary[-1] == {"type": "close"}
    types = {record["type"] for record in diary}
    assert types >= {"session", "state", "event", "stride", "health"}
    # It received exactly the measured strides, in order.
    strides = [record for record in diary if record["type"] == "stride"]
    rows = list(csv.DictReader(ran.stdout.splitlines()))
    assert [f"{stride['start_s']:.3f}" for stride in strides] == [
        f"{float(row['start_s']):.3f}" for row in rows
    ]
    assert len(strides) > 3
    said = ran.stderr
    assert said.count("ERROR the sink raises has stopped: OSError: the broker is away (") == 1
    assert said.count("ERROR the sink old has stopped: it speaks version 0 of SINK_API") == 1
    assert said.count("ERROR the sink broken has stopped: ModuleNotFoundError") == 1
    assert said.count("the sink hangs did not end within 2 s") == 1
    assert "recorded session" in said


@pytest.mark.usefixtures("models_dir")
def test_the_settings_name_those_that_are_used(
    installed: Mapping[str, str | Path], short_run: Path, tmp_path: Path
) -> None:
    diary = tmp_path / "diary.jsonl"
    environment = {**installed, "TOELINE_DATA": tmp_path, "DIARY": diary}
    ran = headless(short_run, environment, "--set", "sinks.plugins=old, lamp")
    assert ran.returncode == 0, ran.stderr
    assert not diary.exists()
    stopped = [line for line in ran.stderr.splitlines() if "ERROR the sink" in line]
    assert len(stopped) == 2
    assert any("the sink lamp has stopped: it is not installed" in line for line in stopped)


@pytest.mark.parametrize(
    ("setting", "names"), [("all", []), ("none", []), ("lamp", ["lamp"]), ("b, a,", ["a", "b"])]
)
def test_the_setting_names_plug_ins_between_commas(setting: str, names: list[str]) -> None:
    assert sorted(enabled(setting)) == names
