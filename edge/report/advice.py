"""Exercises and advice of a patient sheet: the built-in ones, or those of the clinic's own file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple

from edge.i18n.word_catalogue import Catalogue
from edge.messages.errors import ReportError


class Need(StrEnum):
    """The likely cause that exercises address, as the verdicts give it."""

    HIPS_FORWARD = "hips_forward"
    KNEES_ONLY = "knees_only"
    PUSH_OFF = "push_off"
    NO_FAULT = "no_fault"
    NOT_JUDGED = "not_judged"


DRILLS: Final = ("bridge", "chair", "calf_slow", "calf_fast", "step_down", "step_up")
# Hips forward: the gluteals are not used. A knee that bends too much: quadriceps and a quick calf.
# A bent push-off: whatever straightens hip, knee and ankle. Otherwise one of each muscle group.
# Source: docs/gait-metrics.md, "Cues", and the article named there; the choice is ours.
PLANS: Final[Mapping[Need, tuple[str, ...]]] = {
    Need.HIPS_FORWARD: ("bridge", "chair", "calf_slow"),
    Need.KNEES_ONLY: ("step_down", "calf_slow", "calf_fast"),
    Need.PUSH_OFF: ("bridge", "step_up", "calf_fast"),
    Need.NO_FAULT: ("bridge", "step_down", "calf_slow"),
    Need.NOT_JUDGED: ("bridge", "step_down", "calf_slow"),
}
TEXTS: Final = ("exercise_often", "cue_often", "stop", "next_visit")
_MOST_BYTES: Final = 200_000
_Table = dict[str, Any]


class Drill(NamedTuple):
    """One exercise, in the sheet's language."""

    name: str
    trains: str
    how: str
    dose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The words of a patient sheet that a clinic may change.

    ``drills`` are by name, ``plans`` name those for each need, ``texts`` has every name of
    ``TEXTS``.
    """

    drills: Mapping[str, Drill]
    plans: Mapping[Need, tuple[str, ...]]
    texts: Mapping[str, str]

    def plan(self, need: Need) -> list[Drill]:
        """Return the exercises for a need, the most important first."""
        return [self.drills[name] for name in self.plans[need]]


def advice_of(words: Catalogue, file: Path | None = None) -> Advice:
    """Return the advice in a language, with a clinic's changes.

    Parameters
    ----------
    words
        Catalogue of the sheet's language.
    file
        The clinic's TOML file; None for the built-in advice.

    Raises
    ------
    ReportError
        If the file cannot be read or has a mistake, in one sentence.
    """
    drills = {name: Drill(*_drill_words(words, name)) for name in DRILLS}
    plans, texts = dict(PLANS), {name: words.text(f"advice.{name}") for name in TEXTS}
    if file is None:
        return Advice(drills=drills, plans=plans, texts=texts)
    table = _read(file)
    _only(table, ("drills", "plans", "advice"), file, "")
    drills |= _drills(_part(table, "drills", file), words.language, file)
    plans |= _plans(_part(table, "plans", file), drills, words.language, file)
    texts |= _texts(_part(table, "advice", file), words.language, file)
    return Advice(drills=drills, plans=plans, texts=texts)


def _drill_words(words: Catalogue, name: str) -> list[str]:
    return [words.text(f"drill.{name}.{part}") for part in Drill._fields]


def _read(file: Path) -> _Table:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ReportError(f"cannot read exercises {file}: {error.strerror}") from error
    if len(content) > _MOST_BYTES:
        raise ReportError(f"{file} is too large for a file of exercises")
    try:
        return tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        raise ReportError(f"{file} is not UTF-8 text; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ReportError(f"{file} is not valid TOML: {error}") from error


def _drills(table: _Table, language: str, file: Path) -> dict[str, Drill]:
    """Return the drills that have words in a language."""
    found = {}
    for name in table:
        of_name = _part(table, name, file, "drills.")
        for other in of_name:
            where = f"drills.{name}.{other}"
            entry = _part(of_name, other, file, f"drills.{name}.")
            _only(entry, Drill._fields, file, f"{where}.")
            drill = Drill(*(_text(entry, part, file, f"{where}.") for part in Drill._fields))
            if other == language:
                found[name] = drill
    return found


def _plans(
    table: _Table, drills: Mapping[str, Drill], language: str, file: Path
) -> dict[Need, tuple[str, ...]]:
    _only(table, tuple(Need), file, "plans.")
    plans = {}
    for need, names in table.items():
        where = f"plans.{need}"
        if not (isinstance(names, list) and names and all(isinstance(n, str) for n in names)):
            raise ReportError(f"{file}: {where} must be a list of exercises")
        for name in names:
            if name not in drills:
                raise ReportError(
                    f"{file}: {where} names {name!r}, which has no words in language {language!r}"
                )
        plans[Need(need)] = tuple(names)
    return plans


def _texts(table: _Table, language: str, file: Path) -> dict[str, str]:
    texts = {}
    for other in table:
        own = _part(table, other, file, "advice.")
        _only(own, TEXTS, file, f"advice.{other}.")
        read = {name: _text(own, name, file, f"advice.{other}.") for name in own}
        if other == language:
            texts = read
    return texts


def _part(table: _Table, key: str, file: Path, where: str = "") -> _Table:
    part = table.get(key, {})
    if not isinstance(part, dict):
        raise ReportError(f"{file}: {where}{key} must be a table")
    return part


def _text(table: _Table, key: str, file: Path, where: str) -> str:
    text = table.get(key)
    if not isinstance(text, str) or not text.strip():
        raise ReportError(f"{file}: {where}{key} must be a text")
    return text.strip()


def _only(table: _Table, known: tuple[str, ...], file: Path, where: str) -> None:
    for key in table:
        if key not in known:
            raise ReportError(f"{file}: unknown {where}{key}; known: {', '.join(known)}")
