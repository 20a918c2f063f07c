"""The service unit, read as systemd reads it as far as that goes without systemd."""

import re
from configparser import ConfigParser
from pathlib import Path, PurePosixPath

import pytest
from typer.testing import CliRunner

from edge.cli.main import app

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
Unit = dict[str, dict[str, list[str]]]


@pytest.fixture(scope="module")
def unit() -> Unit:
    """Return section, key and all values of the key in order; an empty one clears those before."""
    sections: Unit = {}
    section: dict[str, list[str]] = {}
    # A line that ends in a backslash goes on in the next.
    text = re.sub(r" \\\n +", " ", (DEPLOY / "toeline.service").read_text(encoding="ascii"))
    for line in text.splitlines():
        assert line == line.strip(), f"{line!r} would be misread"
        if line.startswith("["):
            assert line.endswith("]")
            section = sections.setdefault(line[1:-1], {})
        elif line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            assert equals, f"{line!r} is no setting"
            assert key.isalnum(), f"{key!r} is no name"
            section.setdefault(key, []).append(value)
    return sections


def test_the_unit_is_a_file_of_settings_in_three_sections(unit: Unit) -> None:
    parser = ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / "toeline.service", encoding="ascii")
    assert parser.sections() == list(unit) == ["Unit", "Service", "Install"]
    for name, section in unit.items():
        assert set(parser[name]) == set(section)
    several = {k for s in unit.values() for k, v in s.items() if len(v) > 1}
    assert several == {"Environment", "EnvironmentFile", "DeviceAllow", "SystemCallFilter"}


def test_what_it_starts_is_a_command_that_there_is(unit: Unit) -> None:
    (start,) = unit["Service"]["ExecStart"]
    program, *arguments = start.split()
    assert PurePosixPath(program).is_absolute()
    assert PurePosixPath(program).name == "toeline"
    # The source may hold a password, which must not be in the list of processes.
    assert arguments[0] == "run"
    assert "--source" not in arguments
    assert "TOELINE_SOURCE}" not in start
    assert "TOELINE_SOURCE=0" in unit["Service"]["Environment"]
    assert CliRunner().invoke(app, [arguments[0], "--help"]).exit_code == 0
    assert unit["Service"]["Type"] == ["notify"]
    assert float(unit["Service"]["WatchdogSec"][0]) <= 30
    assert unit["Install"]["WantedBy"] == ["multi-user.target"]


def test_it_is_started_again_whatever_ends_it_and_given_time_to_end(unit: Unit) -> None:
    service = unit["Service"]
    assert service["Restart"] == ["always"]
    assert service["RestartSec"] == ["500ms"]
    # Without this, systemd gives up after five starts in ten seconds.
    assert unit["Unit"]["StartLimitIntervalSec"] == ["0"]
    assert float(service["TimeoutStopSec"][0]) >= 10
    assert service["KillSignal"] == ["SIGTERM"]


def test_it_writes_only_where_it_may(unit: Unit) -> None:
    service = unit["Service"]
    assert (service["UMask"], service["StateDirectoryMode"]) == (["0077"], ["0700"])
    assert service["User"] == ["toeline"]
    assert service["StateDirectory"] == service["CacheDirectory"] == ["toeline"]
    places = dict(value.split("=", 1) for value in service["Environment"])
    # %S is /var/lib, whose folder the setting above makes; where a release's models are, it says.
    assert places == {"TOELINE_DATA": "%S/toeline", "TOELINE_SOURCE": "0"}
    assert "TOELINE_MODELS" in (DEPLOY / "install.sh").read_text(encoding="ascii")
    assert service["ProtectSystem"] == ["strict"]
    assert service["ProtectHome"] == service["PrivateTmp"] == ["yes"]


def test_it_reaches_the_camera_and_nothing_else(unit: Unit) -> None:
    service = unit["Service"]
    assert service["SupplementaryGroups"] == ["video"]
    assert service["DevicePolicy"] == ["closed"]
    assert "char-video4linux rw" in service["DeviceAllow"]
    assert service["NoNewPrivileges"] == ["yes"]
    assert service["CapabilityBoundingSet"] == [""]
    assert service["IPAddressDeny"] == ["any"]
    assert service["IPAddressAllow"] == ["localhost"]
    # PrivateDevices would hide the camera too.
    assert "PrivateDevices" not in service


def test_the_guide_names_the_places_of_the_unit(unit: Unit) -> None:
    guide = (DEPLOY / "README.md").read_text(encoding="utf-8")
    program = PurePosixPath(unit["Service"]["ExecStart"][0].split()[0])
    assert str(program.parents[3]) in guide
    for name in ("toeline.service", "/var/cache/toeline", "/var/lib/toeline"):
        assert name in guide
