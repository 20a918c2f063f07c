"""Every setting says its unit, its range or choices, where its default is from, and its meaning."""

import re
from dataclasses import fields
from math import isfinite
from pathlib import Path
from typing import Any

import pytest

from edge.messages.errors import SettingsError
from edge.settings.setting import CHOICE, SettingSpec, mistake
from edge.settings.settings import Settings
from edge.settings.settings_file import read_settings
from edge.settings.settings_table import all_settings, value_of

ROOT = Path(__file__).parents[2]
ALL = list(all_settings())
NUMBERS = [(name, wanted, spec) for name, wanted, spec in ALL if wanted in (int, float)]
each_setting = pytest.mark.parametrize(("name", "wanted", "spec"), ALL, ids=[n for n, *_ in ALL])
each_number = pytest.mark.parametrize(
    ("name", "wanted", "spec"), NUMBERS, ids=[n for n, *_ in NUMBERS]
)


def test_no_setting_is_left_out() -> None:
    in_rooms = [
        f"{room.name}.{f.name}"
        for room in fields(Settings)
        for f in fields(getattr(Settings(), room.name))
    ]
    assert [name for name, *_ in ALL] == in_rooms


@each_setting
def test_its_range_and_unit_are_there(name: str, wanted: type, spec: SettingSpec) -> None:
    if wanted in (int, float):
        assert spec.unit
        assert spec.low is not None
        assert spec.high is not None
        assert isfinite(spec.low)
        assert isfinite(spec.high)
        assert spec.low < spec.high
        assert not spec.choices
        assert not spec.form
    else:
        assert bool(spec.choices) != bool(spec.form)


@each_setting
def test_its_meaning_is_one_sentence(name: str, wanted: type, spec: SettingSpec) -> None:
    assert re.fullmatch(r"[A-Z][^.]*\.", spec.meaning)


@each_setting
def test_its_source_can_be_opened(name: str, wanted: type, spec: SettingSpec) -> None:
    if spec.source == CHOICE:
        return
    page, _, heading = spec.source.partition(", ")
    text = (ROOT / page).read_text(encoding="utf-8")
    assert re.search(rf"^#+ {re.escape(heading.strip(chr(34)))}$", text, re.MULTILINE) or (
        not heading and name in text
    )


@each_setting
def test_its_default_is_allowed(name: str, wanted: type, spec: SettingSpec) -> None:
    assert mistake(name, value_of(Settings(), name), wanted, spec) == ""


@each_number
def test_both_sides_of_its_range_are_refused(name: str, wanted: Any, spec: SettingSpec) -> None:
    assert spec.low is not None
    assert spec.high is not None
    for value in (wanted(spec.low - 1), wanted(spec.high + 1)):
        with pytest.raises(SettingsError, match=re.escape(name)) as refused:
            read_settings(None, [f"{name}={value}"])
        assert spec.range_words in str(refused.value)
