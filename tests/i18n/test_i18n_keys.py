"""Every code and every page has its words, in every language, and no words are dead."""

import ast
import json
import re
from collections.abc import Iterable
from itertools import product
from pathlib import Path

import pytest
from findings import LINES

from edge.exercises.calf_raise.calf_raise import CALF_RAISE
from edge.export.formats import Format
from edge.i18n import word_catalogue
from edge.i18n.conclusion_words import conclusion_words
from edge.i18n.notices import notice_words
from edge.i18n.reasons import reason_words
from edge.i18n.word_catalogue import DEFAULT, Words, languages, load
from edge.messages.conclusion import CONCLUSION_CODES, EFFECTS, Conclusion
from edge.messages.exercise import Result
from edge.messages.feedback import DoseSource, GateReason
from edge.messages.gait import Activity
from edge.messages.health import StationState
from edge.messages.legs import LegClarity, LegFlaw
from edge.messages.metric import Metric
from edge.messages.notice import NOTICE_CODES, Notice
from edge.messages.raises import RAISE_CODES, RaiseFault, RaiseKind
from edge.messages.reading import BeltNotice, BeltSource
from edge.messages.reason import CODES, Reason
from edge.messages.side import Side
from edge.messages.verdict import CueKind, Fault, VerdictState
from edge.messages.visit import (
    CHOICE_CODES,
    MISSING_CODES,
    SPLIT_CODES,
    PainChange,
    StepKind,
    StepState,
)
from edge.metrics.catalogue import METRIC_NAMES
from edge.metrics.reference_curves import JOINTS
from edge.report.advice import DRILLS, TEXTS, Drill
from edge.report.changes import Judged
from edge.report.experiment import ROWS
from edge.serve.control.points_control import CLEARED_MARK, SET_MARK
from edge.serve.wire.commands import Mode
from edge.station.load.shedding import Step
from edge.visit.template_shelf import BUILT_IN

REPOSITORY = Path(word_catalogue.__file__).parent.parent.parent
EDGE, WEB = REPOSITORY / "edge", REPOSITORY / "web_display"
SOURCES = [
    path
    for path in (
        *EDGE.rglob("*.py"),
        *EDGE.rglob("*.html"),
        *WEB.rglob("*.js"),
        *WEB.rglob("*.html"),
    )
    if "vendor" not in path.parts
]
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
KEY = r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+"


def told(pattern: str, *folders: str) -> set[str]:
    """Return what a pattern finds in the modules of some folders."""
    return {
        found
        for folder in folders
        for path in (EDGE / folder).rglob("*.py")
        for found in re.findall(pattern, path.read_text(encoding="utf-8"))
    }


def family(prefix: str, *codes: Iterable[str]) -> set[str]:
    return {".".join((prefix, *parts)) for parts in product(*codes)}


JUDGED_STATES = set(VerdictState) - {VerdictState.UNKNOWN}
# Codes that reach people: each has words, and there are words of no other.
FAMILIES: dict[str, set[str]] = {
    "state": family("state", VerdictState),
    "activity": family("activity", [*Activity, "looking"]),
    "station": family("station", StationState),
    "fault": family("fault", Fault),
    "cue": family("cue", [*CueKind, "cadence_to"]) | family("cue", CueKind, ["short"]),
    "found": {
        "found.no_runner" if line.code == "no_runner" else f"found.{line.name}_{line.code}"
        for line, _, _ in LINES
    },
    "check": family("check", {line.name for line, _, _ in LINES}),
    "outcome": family("outcome", Result),
    "stance": family("stance", told(r'(?:_code|WITHDRAWN: Final) = "(\w+)"', "exercises")),
    "raise": family("raise", RAISE_CODES),
    "raise_kind": family("raise_kind", RaiseKind),
    "raise_fault": family("raise_fault", filter(None, RaiseFault)),
    "answer": family("answer", told(r'(?:Done\(\s*|ok=False, code=)"(\w+)"', "serve")),
    "visit_missing": family("visit_missing", MISSING_CODES),
    "visit_split": family("visit_split", SPLIT_CODES),
    "visit_choice": family("visit_choice", CHOICE_CODES),
    "visit_step": family("visit_step", StepKind),
    "visit_template": family("visit_template", BUILT_IN),
    "visit_leg": family("visit_leg", Side),
    "visit_do": family("visit_do", StepKind),
    "visit_state": family("visit_state", [state for state in StepState if state.over]),
    "pain_change": family("pain_change", PainChange),
    "belt": family("belt", BeltSource),
    "feedback": family("feedback", GateReason),
    "dose": family("dose", DoseSource),
    "judged": family("judged", Judged),
    "mark": family("mark", ["pain_now", "moment", SET_MARK, CLEARED_MARK, CALF_RAISE]),
    "mode": family("mode", Mode),
    "format": family("format", Format),
    "metric": family("metric", METRIC_NAMES, ["label", "unit", "about"]),
    "reason": family("reason", CODES),
    "notice": family("notice", NOTICE_CODES),
    "conclusion": family("conclusion", CONCLUSION_CODES),
    "effect": family("effect", EFFECTS),
    # The knee-toe offset has effects of its own.
    "object": family("object", set(ROWS) - {Metric.KNEE_TOE}),
    "subject": family("subject", set(CueKind) - {CueKind.PRAISE}),
    "legs": family("legs", set(LegClarity) - {LegClarity.UNKNOWN}),
    "leg_flaw": family("leg_flaw", LegFlaw),
    "shed": family("shed", [step.name.lower() for step in Step if step]),
    "report.said": family("report.said", Fault, JUDGED_STATES),
    "report.leg": family("report.leg", Side),
    "report.title": family("report.title", Fault),
    "report.joint": family("report", JOINTS, ["title", "up", "down"]),
    # Put together where they are used.
    "aim": family("page", ["on_target", "quicker", "calmer"]),
    "kept": family("page", ["archive_recording", "archive_interrupted"]),
    "report.change": family("report.change", ["more", "less", "few"]),
    "report.fact": family(
        "report.fact",
        [
            "recorded",
            "belt",
            "belt_estimated",
            "incline",
            "length",
            "strides",
            "cadence",
            "contact",
        ],
    ),
    "report.mdc": family("report.mdc", ["session", "days"]),
    "report.curves": family("report.curves", ["one", "many"]),
    "report.trends": family("report.trends", ["single", "grouped", "limits", "marks"]),
    "speeds": family(
        "report.quality", [f"speed_{k}" for k in ("entered", "treadmill", "estimated", "unknown")]
    ),
    "advice": family("advice", TEXTS),
    "drill": family("drill", DRILLS, Drill._fields),
    "sheet.seen": family("sheet.seen", Fault, VerdictState),
    "sheet.changed": family(
        "sheet.changed", ["knees", "push_off"], ["less", "more", "same", "few", "speed"]
    ),
    "sheet.picture": family("sheet.picture", ["knees", "push_off"]),
    "sheet.value": family("sheet.value", ["knees", "push_off"]),
    "letter.belt": family("letter.belt", BeltSource),
    "letter.pain_change": family("letter.pain_change", PainChange),
    "letter.norm_note": family("letter.norm_note", ["known", "none"]),
    "stills": family("report.still", [*Fault, "picture", "skeleton"]),
}
# Families of which some keys are asked for by name as well.
OPEN = {"report.joint", "aim", "kept", "speeds", "stills"}
IN_FAMILIES = set().union(*FAMILIES.values())


def placeholders(words: Words) -> set[str]:
    texts = [words] if isinstance(words, str) else words.values()
    return {name for text in texts for name in re.findall(r"\{(\w+)[:}]", text)}


@pytest.mark.parametrize("name", languages())
def test_every_language_has_the_same_keys_and_values(name: str) -> None:
    english, other = load(DEFAULT).words, load(name).words
    assert set(other) == set(english)
    for key, words in english.items():
        assert placeholders(other[key]) == placeholders(words), key
        assert type(other[key]) is type(words), key


@pytest.mark.parametrize("name", languages())
def test_files_are_sorted_and_name_each_key_once(name: str) -> None:
    text = (word_catalogue.FOLDER / f"{name}.json").read_text(encoding="utf-8")
    keys = [key for key, _ in json.loads(text, object_pairs_hook=list)]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("prefix", FAMILIES)
def test_every_code_has_words_and_no_words_lack_a_code(prefix: str) -> None:
    words = set(load(DEFAULT).words)
    assert FAMILIES[prefix] - words == set()
    assert len(FAMILIES[prefix]) >= 2
    if prefix not in OPEN:
        assert {key for key in words if key.startswith(f"{prefix}.")} == FAMILIES[prefix]


def test_every_key_that_is_asked_for_has_words() -> None:
    asked = set(re.findall(rf'data-t(?:-label|-hint)?="({KEY})"', TEXT))
    asked |= set(re.findall(rf'\bt\("({KEY})"', TEXT))
    asked |= set(re.findall(rf'\.text\(\s*"({KEY})"', TEXT))
    assert len(asked) > 250
    assert asked - set(load(DEFAULT).words) == set()


def test_no_words_are_dead() -> None:
    literal = set(re.findall(rf"""["'`]({KEY})["'`]""", TEXT))
    living = literal | IN_FAMILIES
    assert set(load(DEFAULT).words) - living == set()


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", languages())
def test_the_words_of_a_reason_name_its_parameters_and_no_others(name: str, code: str) -> None:
    assert placeholders(load(name).words[f"reason.{code}"]) == set(CODES[code])


@pytest.mark.parametrize("code", NOTICE_CODES)
@pytest.mark.parametrize("name", languages())
def test_the_words_of_a_notice_name_its_parameters_and_no_others(name: str, code: str) -> None:
    words = load(name).words
    named = placeholders(words[f"notice.{code}"])
    if "shed" in named:
        named |= set().union(*(placeholders(words[key]) for key in FAMILIES["shed"]))
    assert named == set(NOTICE_CODES[code])


@pytest.mark.parametrize("code", MISSING_CODES)
@pytest.mark.parametrize("name", languages())
def test_the_words_of_what_a_visit_needs_name_its_parameters(name: str, code: str) -> None:
    assert placeholders(load(name).words[f"visit_missing.{code}"]) == set(MISSING_CODES[code])


@pytest.mark.parametrize("code", CONCLUSION_CODES)
@pytest.mark.parametrize("name", languages())
def test_the_words_of_a_conclusion_name_its_parameters_and_no_others(name: str, code: str) -> None:
    named = placeholders(load(name).words[f"conclusion.{code}"])
    if "effect" in named:
        named |= {"after", "before", "metric"}
    assert named == set(CONCLUSION_CODES[code])


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("name", languages())
def test_an_effect_is_told_in_words(name: str, effect: str) -> None:
    knee = effect.startswith("knee")
    metric = Metric.KNEE_TOE if knee else Metric.SHANK
    moved = {"metric": metric.value, "before": 30.0, "after": -4.0}
    told = Conclusion("cue_stayed", cue="sit_back", effect=effect, **moved)
    said = conclusion_words(told, load(name))
    assert load(name).text("subject.sit_back") in said
    assert "{" not in said
    if effect != "knee_over":
        assert ("4 %" if knee else "30°") in said


def test_every_contradiction_in_belt_speed_is_a_notice() -> None:
    assert set(BeltNotice) - {BeltNotice.NONE} <= set(NOTICE_CODES)


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("Reason", CODES),
        ("Notice", NOTICE_CODES),
        ("Missing", MISSING_CODES),
        ("Conclusion", CONCLUSION_CODES),
    ],
)
def test_what_is_given_has_its_code_and_parameters(
    kind: str, codes: dict[str, tuple[str, ...]]
) -> None:
    """What is put together at run time is looked for in the tests of its room."""
    calls = [
        call
        for path in EDGE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == kind
        and call.args
        and isinstance(call.args[0], ast.Constant)
    ]
    given = {
        (str(call.args[0].value), tuple(sorted(str(word.arg) for word in call.keywords)))
        for call in calls
        if isinstance(call.args[0], ast.Constant)
    }
    assert len(given) > 8
    expected = {code: tuple(sorted(params)) for code, params in codes.items()}
    assert {code: params for code, params in given if expected.get(code) != params} == {}


def test_a_reason_is_told_in_each_language() -> None:
    few = Reason("strides_too_few_last", seen=3, needed=8, last="tracking_gap")
    assert reason_words(few, load("en")) == "3 of 8 strides seen (last: tracking gap)"
    assert reason_words(few, load("de")).startswith("3 von 8 Schritten gesehen (zuletzt: ")
    old = Reason.recorded("", {}, "far leg")
    assert reason_words(old, load("de")) == "far leg"
    assert reason_words(Reason(), load("de")) == ""


def test_a_notice_is_told_in_each_language() -> None:
    slow = Notice("machine_slow", shed="model_size preview_size", model="lite")
    said = "machine too slow: model lite, no verdicts; few small pictures"
    assert notice_words(slow, load("en")) == said
    assert notice_words(slow, load("de")).startswith("Rechner zu langsam: Modell lite")
    unclear = notice_words(Notice("legs_not_clear", flaw="missing"), load("en"))
    assert unclear == "running, legs not clear: parts of the near leg are hidden. Clear the view"
    assert notice_words(Notice.free("Broken pipe"), load("de")) == "Broken pipe"
    assert notice_words(Notice(), load("de")) == ""
