"""Templates from TOML text, with every mistake and its line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from math import nan
from re import fullmatch
from typing import Any, Final, NamedTuple

from edge.messages.verdict import CueKind
from edge.messages.visit import AUTO, RUN_KINDS, StepKind
from edge.settings.toml_lines import key_lines
from edge.settings.toml_text import toml_table
from edge.visit.step_plan import PlannedSide, StepPlan, Template

CUES: Final = (AUTO, *(kind for kind in CueKind if kind is not CueKind.PRAISE))
"""The cues that a step may have."""

_SIDED: Final = (*RUN_KINDS, StepKind.NEUTRAL, StepKind.CALF_RAISES)
_KEYS: Final[dict[str, tuple[StepKind, ...]]] = {
    "kind": tuple(StepKind),
    "id": tuple(StepKind),
    "side": _SIDED,
    "seconds": RUN_KINDS,
    "strides": RUN_KINDS,
    "cue": (StepKind.CUE,),
    "metronome": (StepKind.CUE,),
    "feedback_pct": (StepKind.CUE,),
}
# Both ends included. An hour on the belt is longer than any visit.
_RANGES: Final = {"seconds": (1, 3600), "strides": (0, 500), "feedback_pct": (0, 100)}
_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "kind": tuple(StepKind),
    "side": tuple(PlannedSide),
    "cue": CUES,
}
_ID: Final = r"[a-z][a-z0-9_.]{0,31}"
_MOST_STEPS: Final = 40
_MOST_TITLE: Final = 60


class TemplateMistake(NamedTuple):
    """A mistake: its line, 0 if it is about the whole file, and one sentence."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRead:
    """A template as read: None if there are mistakes."""

    template: Template | None
    mistakes: list[TemplateMistake]


@dataclass(slots=True)
class _Found:
    """What the reader has seen so far."""

    lines: Mapping[tuple[str, ...], int]
    mistakes: list[TemplateMistake] = field(default_factory=list)
    steps: list[StepPlan] = field(default_factory=list)

    def wrong(self, where: tuple[str, ...], sentence: str) -> None:
        """Note a mistake at a key, or at the nearest table above it."""
        above = (where[:n] for n in range(len(where), 0, -1))
        line = next((self.lines[path] for path in above if path in self.lines), 0)
        self.mistakes.append(TemplateMistake(line, sentence))


def read_template(name: str, text: str, source: str = "") -> TemplateRead:
    r"""Read a template.

    Parameters
    ----------
    name
        The template's name.
    text
        A TOML document.
    source
        Path of the file, for errors.

    Raises
    ------
    SettingsError
        If the text is not TOML.

    Examples
    --------
    >>> read_template("mine", '[[steps]]\nkind = "pain"\nraises = 25').mistakes[0]
    TemplateMistake(line=3, sentence="step 1: unknown key 'raises'")
    """
    table = toml_table(source or name, text)
    found = _Found(key_lines(text))
    title = _title(table, found)
    _read_steps(table.get("steps"), found)
    if not found.mistakes:
        _check_order(found)
    found.mistakes.sort(key=lambda mistake: mistake.line)
    if found.mistakes:
        return TemplateRead(template=None, mistakes=found.mistakes)
    template = Template(name=name, title=title, steps=tuple(found.steps), text=text)
    return TemplateRead(template=template, mistakes=[])


def _title(table: Mapping[str, Any], found: _Found) -> str:
    for key in table:
        if key not in ("title", "steps"):
            found.wrong((key,), f"unknown key {key!r}{_meant(key, ('title', 'steps'))}")
    title = table.get("title", "")
    if not isinstance(title, str) or len(title) > _MOST_TITLE or "\n" in title:
        found.wrong(("title",), f"title must be one line of at most {_MOST_TITLE} characters")
        return ""
    return title


def _read_steps(steps: object, found: _Found) -> None:
    if not isinstance(steps, list) or not steps:
        found.wrong((), "a template needs steps, each a table [[steps]]")
        return
    if len(steps) > _MOST_STEPS:
        found.wrong(("steps",), f"a template has at most {_MOST_STEPS} steps, got {len(steps)}")
        return
    for number, step in enumerate(steps):
        if not isinstance(step, dict):
            found.wrong(("steps",), f"step {number + 1} must be a table [[steps]]")
            continue
        before = len(found.mistakes)
        for key, sentence in _step_mistakes(step):
            found.wrong(("steps", str(number), key), f"step {number + 1}: {sentence}")
        if len(found.mistakes) == before:
            _add(step, number, found)


def _step_mistakes(step: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the key and the sentence of each mistake of one step."""
    kind = step.get("kind")
    if kind not in tuple(StepKind):
        yield "kind", _not_of("kind", kind)
        return
    for key, value in step.items():
        if key not in _KEYS:
            yield key, f"unknown key {key!r}{_meant(key, tuple(_KEYS))}"
        elif kind not in _KEYS[key]:
            yield key, f"a step {kind} has no {key}"
        elif sentence := _value_mistake(key, value):
            yield key, sentence
    if kind == StepKind.CUE and "cue" not in step:
        yield "kind", f"a step cue needs a cue: {_list(CUES)}"
    if step.get("metronome") is True and step.get("cue") != CueKind.CADENCE:
        yield "metronome", "the metronome needs the cue cadence"


def _value_mistake(key: str, value: object) -> str:
    if key in _CHOICES:
        return "" if value in _CHOICES[key] else _not_of(key, value)
    if key == "metronome":
        return "" if isinstance(value, bool) else f"metronome must be true or false, got {value!r}"
    if key == "id":
        named = isinstance(value, str) and fullmatch(_ID, value)
        return "" if named else f"id must be small letters, digits, _ and ., got {value!r}"
    low, high = _RANGES[key]
    whole = key == "strides"
    fits = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if fits and isinstance(value, int | float) and low <= value <= high:
        return ""
    return f"{key} must be {'a whole number ' if whole else ''}{low} to {high}, got {value!r}"


def _add(step: Mapping[str, Any], number: int, found: _Found) -> None:
    kind = StepKind(step["kind"])
    taken = {plan.id for plan in found.steps}
    own = step.get("id")
    if own in taken:
        found.wrong(("steps", str(number), "id"), f"step {number + 1}: id {own!r} is there already")
        return
    found.steps.append(
        StepPlan(
            kind=kind,
            id=own or free_id(kind.value, taken),
            side=PlannedSide(step.get("side", PlannedSide.FIRST)),
            seconds=float(step.get("seconds", nan)),
            strides=step.get("strides", 0),
            cue=step.get("cue", ""),
            metronome=step.get("metronome", False),
            feedback_pct=float(step.get("feedback_pct", nan)),
        )
    )


def free_id(kind: str, taken: set[str]) -> str:
    """Return the first of ``kind``, ``kind.2``, ``kind.3`` that is not taken.

    Examples
    --------
    >>> free_id("baseline", {"baseline", "baseline.2"})
    'baseline.3'
    """
    names = (kind if n == 1 else f"{kind}.{n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _check_order(found: _Found) -> None:
    """Note what is wrong with the steps together; each is valid alone."""
    kinds = [plan.kind for plan in found.steps]
    for kind, place, number in (
        (StepKind.PATIENT, "first", 0),
        (StepKind.RESULT, "last", len(kinds) - 1),
    ):
        if kinds.count(kind) != 1 or kinds[number] is not kind:
            sentence = f"the {place} step must be {kind}, and no other step may be"
            found.wrong(("steps", str(number)), sentence)
    for number, plan in enumerate(found.steps):
        where = ("steps", str(number))
        if plan.cue == AUTO and StepKind.BASELINE not in kinds[:number]:
            sentence = f'step {number + 1}: the cue "auto" needs a baseline before it'
            found.wrong((*where, "cue"), sentence)
        other = plan.side is PlannedSide.OTHER and plan.kind is not StepKind.CALF_RAISES
        if other and StepKind.OTHER_SIDE not in kinds[:number]:
            sentence = f"step {number + 1}: the other side needs a step other_side before it"
            found.wrong((*where, "side"), sentence)


def _not_of(key: str, value: object) -> str:
    choices = _CHOICES[key]
    meant = _meant(value, choices) if isinstance(value, str) else ""
    return f"{key} must be one of {_list(choices)}, got {value!r}{meant}"


def _list(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _meant(word: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(word, known, n=1)
    return f", perhaps {close[0]}" if close else ""
