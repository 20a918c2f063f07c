"""Trees as boards show them: Raspberry Pi 4 and 5, a Jetson, a virtual machine."""

from math import isnan
from pathlib import Path

import pytest

from edge.i18n.notices import english_notice
from edge.messages.board import Board
from edge.station.read_board import read_board

FIRMWARE = "sys/devices/platform/soc/soc:firmware/get_throttled"
ZONE = "sys/class/thermal/thermal_zone{}/temp"


def tree(root: Path, files: dict[str, str]) -> Path:
    """Make files as the kernel has them, each with its line end."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{content}\n")
    return root


def pi(root: Path, throttled: str, millidegrees: int = 51_608) -> Board:
    return read_board(tree(root, {FIRMWARE: throttled, ZONE.format(0): str(millidegrees)}))


def test_a_cool_and_well_fed_pi_is_well(tmp_path: Path) -> None:
    board = pi(tmp_path, "0")
    assert board == Board(temperature_c=51.608)
    assert not board.hot
    assert not board.notice


@pytest.mark.parametrize(
    ("throttled", "now", "before"),
    [
        ("1", ("under_voltage",), ()),
        ("2", ("capped",), ()),
        ("6", ("capped", "throttled"), ()),
        ("8", ("soft_limit",), ()),
        ("50000", (), ("under_voltage", "throttled")),
        ("50005", ("under_voltage", "throttled"), ()),
        ("e0008", ("soft_limit",), ("capped", "throttled")),
    ],
)
def test_each_bit_of_the_firmware_has_its_meaning(
    tmp_path: Path, throttled: str, now: tuple[str, ...], before: tuple[str, ...]
) -> None:
    board = pi(tmp_path, throttled)
    assert (board.conditions, board.before) == (now, before)


def test_under_voltage_is_no_heat_and_is_said(tmp_path: Path) -> None:
    board = pi(tmp_path, "1")
    assert not board.hot
    assert "stronger power supply" in english_notice(board.notice)


@pytest.mark.parametrize(("millidegrees", "hot"), [(79_900, False), (80_000, True)])
def test_a_board_is_hot_where_it_begins_to_throttle(
    tmp_path: Path, millidegrees: int, hot: bool
) -> None:
    board = pi(tmp_path, "0", millidegrees)
    assert board.hot == hot
    assert bool(board.notice) == hot


def test_a_pi_without_the_firmwares_word_has_a_voltage_alarm(tmp_path: Path) -> None:
    files = {
        "sys/class/hwmon/hwmon0/name": "cpu_thermal",
        "sys/class/hwmon/hwmon1/name": "rpi_volt",
        "sys/class/hwmon/hwmon1/in0_lcrit_alarm": "1",
    }
    assert read_board(tree(tmp_path, files)).conditions == ("under_voltage",)


def test_a_jetson_is_as_hot_as_its_hottest_zone_and_slowed_by_its_cooling(tmp_path: Path) -> None:
    files = {
        ZONE.format(0): "48500",
        ZONE.format(1): "91250",
        ZONE.format(2): "-256000",
        "sys/class/thermal/cooling_device0/type": "pwm-fan",
        "sys/class/thermal/cooling_device0/cur_state": "3",
        "sys/class/thermal/cooling_device1/type": "cpufreq-cpu0",
        "sys/class/thermal/cooling_device1/cur_state": "0",
    }
    board = read_board(tree(tmp_path, files))
    assert board == Board(temperature_c=91.25)
    (tmp_path / "sys/class/thermal/cooling_device1/cur_state").write_text("4\n")
    assert read_board(tmp_path).conditions == ("throttled",)


def test_a_machine_that_tells_nothing_is_well(tmp_path: Path) -> None:
    board = read_board(tmp_path)
    assert isnan(board.temperature_c)
    assert not board.hot
    assert not board.notice


def test_what_cannot_be_read_is_not_there(tmp_path: Path) -> None:
    files = {ZONE.format(0): "", ZONE.format(1): "nonsense", FIRMWARE: "zz"}
    tree(tmp_path, files)
    # Reading it fails as a sleeping sensor's does.
    (tmp_path / ZONE.format(3)).mkdir(parents=True)
    board = read_board(tmp_path)
    assert isnan(board.temperature_c)
    assert board.conditions == ()


def test_this_machine_can_be_asked() -> None:
    assert -40 < (read_board().temperature_c or 0) < 150 or isnan(read_board().temperature_c)
