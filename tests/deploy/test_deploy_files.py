"""What lies in deploy/ agrees with the program that it deploys."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from command import REPOSITORY
from feed import healthy
from program import TOELINE

from edge.messages.health import StageTime, StationState
from edge.serve.prometheus import metrics_text
from edge.settings import paths

DEPLOY = REPOSITORY / "deploy"
MOST_EXPOSED = 2.0


def run(*command: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*map(str, command)], capture_output=True, text=True, timeout=280, check=False, **more
    )


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """Return the units, with programs that are on this machine in place of what they start."""
    for path in (*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")):
        text = re.sub(r"^(Exec\w+)=/\S+", r"\1=/bin/true", path.read_text(), flags=re.MULTILINE)
        (tmp_path / path.name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("name", sorted(path.name for path in DEPLOY.glob("toeline*.*")))
def test_systemd_has_nothing_to_say_about_the_units(units: Path, name: str) -> None:
    told = run("systemd-analyze", "verify", "--recursive-errors=no", units / name)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


@pytest.mark.parametrize("board", ["", "pi.conf"])
def test_the_service_is_hardly_exposed(units: Path, board: str) -> None:
    if board:
        folder = units / "toeline.service.d"
        folder.mkdir()
        (folder / board).write_text((DEPLOY / board).read_text())
    told = run("systemd-analyze", "security", "--offline=true", units / "toeline.service")
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", told.stdout)
    assert found is not None, told.stderr
    assert float(found[1]) <= MOST_EXPOSED


def test_the_purge_is_hardly_exposed_and_comes_once_a_day(units: Path) -> None:
    told = run("systemd-analyze", "security", "--offline=true", units / "toeline-purge.service")
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", told.stdout)
    assert found is not None, told.stderr
    assert float(found[1]) <= MOST_EXPOSED
    timer = (DEPLOY / "toeline-purge.timer").read_text()
    (calendar,) = re.findall(r"^OnCalendar=(.+)$", timer, re.M)
    told = run("systemd-analyze", "calendar", "--iterations=2", calendar)
    assert told.returncode == 0, told.stderr
    days = re.findall(r"(?:Next elapse|Iter\. #2): \w+ (\d+-\d+-\d+)", told.stdout)
    assert len(set(days)) == 2
    assert "Persistent=yes" in timer


def test_the_purge_is_a_command_that_does_nothing_where_nothing_is_set(tmp_path: Path) -> None:
    unit = (DEPLOY / "toeline-purge.service").read_text().replace("\\\n", "")
    (line,) = re.findall(r"^ExecStart=\S+ (.+)$", unit, re.M)
    settings = tmp_path / "toeline.toml"
    settings.write_text("")
    command = line.replace("/etc/toeline/toeline.toml", str(settings)).split()
    empty = {"PATH": "/usr/bin:/bin", "TOELINE_DATA": str(tmp_path / "data")}
    for text in ("", "[record]\nretention_days = 30\n"):
        settings.write_text(text)
        told = run(TOELINE, *command, env=empty)
        assert (told.returncode, told.stdout, told.stderr) == (0, "", "")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("systemd", [True, False])
def test_the_installer_brings_the_purge_and_takes_it_back(tmp_path: Path, systemd: bool) -> None:
    """With the functions of the script itself, in folders of the test's own."""
    home, units, bin_ = (tmp_path / name for name in ("home", "units", "bin"))
    for release in ("new", "old"):
        (home / "releases" / release / "deploy").mkdir(parents=True)
    shutil.copytree(DEPLOY, home / "releases/new/deploy", dirs_exist_ok=True)
    shutil.copy(DEPLOY / "toeline.service", home / "releases/old/deploy")
    units.mkdir()
    bin_.mkdir()
    said = tmp_path / "said"
    (bin_ / "systemctl").write_text(f'#!/bin/sh\necho "$*" >>{said}\n')
    (bin_ / "ln").write_text("#!/bin/sh\n")
    for program in bin_.iterdir():
        program.chmod(0o755)
    functions = (DEPLOY / "install.sh").read_text().partition('[ "$(id -u)" = 0 ]')[0]
    script = (
        f"{functions}\nhome={home} units={units} kiosk=no\n"
        f"systemd_runs() {{ {'true' if systemd else 'false'}; }}\n"
        "write_units new; write_units new; ls $units; write_units old; echo; ls $units\n"
    )
    told = run("sh", "-c", script, env={"PATH": f"{bin_}:/usr/bin:/bin"})
    assert told.returncode == 0, told.stderr
    new, old = told.stdout.split("\n\n")
    assert new.split() == ["toeline-purge.service", "toeline-purge.timer", "toeline.service"]
    assert old.split() == ["toeline.service"]
    stopped = said.read_text() if systemd else ""
    assert ("disable --quiet --now toeline-purge.timer" in stopped) is systemd


def test_the_service_is_started_with_arguments_that_the_program_has() -> None:
    unit = (DEPLOY / "toeline.service").read_text().replace("\\\n", "")
    (line,) = [x for x in unit.splitlines() if x.startswith("ExecStart=")]
    options = set(re.findall(r"--[a-z-]+", line))
    assert options == {"--wait-for-camera", "--config"}
    assert options <= set(re.findall(r"--[a-z-]+", run(TOELINE, "run", "--help").stdout))


def test_what_prometheus_asks_for_is_what_the_station_tells() -> None:
    stage = StageTime(stage="capture_to_pose", p50_ms=1, p95_ms=1, p99_ms=1, count=1, total_ms=1)
    health = replace(healthy(), times=(stage,), temperature_c=50.0)
    told = metrics_text(health, 1).decode()
    names = {line.partition(" ")[0].partition("{")[0] for line in told.splitlines()}
    for file in ("alerts.yml", "grafana.json"):
        asked = set(re.findall(r"\btoeline_\w+", (DEPLOY / file).read_text()))
        assert asked, file
        assert asked <= names, file


def test_alerts_name_states_and_conditions_that_there_are() -> None:
    text = (DEPLOY / "alerts.yml").read_text()
    assert set(re.findall(r'state="(\w+)"', text)) <= {s.value for s in StationState}
    told = metrics_text(healthy(), 1).decode()
    for condition in re.findall(r'condition="(\w+)"', text):
        assert f'toeline_board{{condition="{condition}"}}' in told


def test_the_dashboard_is_json_with_panels_that_do_not_overlap() -> None:
    panels = json.loads((DEPLOY / "grafana.json").read_text())["panels"]
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_the_container_takes_all_that_the_package_is_built_from() -> None:
    copied = set(
        re.findall(r"^COPY (?!--from)(.*) \S+$", (DEPLOY / "Dockerfile").read_text(), re.M)
    )
    let_in = {
        x[1:] for x in (DEPLOY / "Dockerfile.dockerignore").read_text().split() if x[0] == "!"
    }
    assert {name for line in copied for name in line.split()} == let_in
    assert all((REPOSITORY / name).exists() for name in let_in)


def test_a_release_is_proved_by_running_it(models_dir: Path) -> None:
    assert models_dir == paths.models_dir()
    told = run(sys.executable, DEPLOY / "prove.py", "release", "120")
    assert told.returncode == 0, told.stderr


def test_a_release_that_does_not_run_is_not_proved(tmp_path: Path) -> None:
    told = run(
        sys.executable,
        DEPLOY / "prove.py",
        "release",
        "120",
        env={"PATH": "/usr/bin:/bin", "TOELINE_MODELS": str(tmp_path)},
    )
    assert told.returncode == 1
    assert "the station ended by itself with exit code 1" in told.stderr


def test_the_installer_is_a_script_that_the_shell_can_read() -> None:
    for script in (DEPLOY / "install.sh", REPOSITORY / "tests/deploy/clean_root.sh"):
        assert run("sh", "-n", script).returncode == 0
    told = run(DEPLOY / "install.sh", "status")
    assert told.returncode == 1
    assert told.stderr in ("toeline: nothing is installed\n", "toeline: run this as root\n")
