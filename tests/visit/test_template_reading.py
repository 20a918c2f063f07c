"""Templates: every mistake with its line, and what a good one holds."""

from math import isnan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.messages.errors import SettingsError
from edge.messages.visit import StepKind
from edge.visit.step_plan import PlannedSide
from edge.visit.template_reading import read_template
from edge.visit.template_shelf import BUILT_IN, FOLDER, TemplateShelf, read_template_file


def whole(steps: str) -> str:
    return f'[[steps]]\nkind = "patient"\n{steps}[[steps]]\nkind = "result"\n'


@pytest.mark.parametrize(
    ("steps", "line", "said"),
    [
        ('[[steps]]\nkind = "walk"\n', 4, "kind must be one of patient, set_up"),
        ('[[steps]]\nkind = "basline"\n', 4, "got 'basline', perhaps baseline"),
        ("[[steps]]\nseconds = 5\n", 3, "kind must be one of"),
        ('[[steps]]\nkind = "pain"\nseconds = 5\n', 5, "a step pain has no seconds"),
        ('[[steps]]\nkind = "warm_up"\nsecond = 5\n', 5, "unknown key 'second', perhaps seconds"),
        ('[[steps]]\nkind = "warm_up"\nseconds = 0\n', 5, "seconds must be 1 to 3600, got 0"),
        ('[[steps]]\nkind = "warm_up"\nseconds = nan\n', 5, "seconds must be 1 to 3600, got nan"),
        ('[[steps]]\nkind = "warm_up"\nseconds = true\n', 5, "seconds must be 1 to 3600"),
        ('[[steps]]\nkind = "warm_up"\nseconds = "5"\n', 5, "seconds must be 1 to 3600"),
        ('[[steps]]\nkind = "warm_up"\nstrides = 2.5\n', 5, "strides must be a whole number"),
        ('[[steps]]\nkind = "cue"\n', 4, "a step cue needs a cue"),
        ('[[steps]]\nkind = "cue"\ncue = "praise"\n', 5, "cue must be one of auto, sit_back"),
        ('[[steps]]\nkind = "cue"\ncue = ["a"]\n', 5, "cue must be one of"),
        ('[[steps]]\nkind = "cue"\ncue = "auto"\n', 5, 'the cue "auto" needs a baseline'),
        (
            '[[steps]]\nkind = "cue"\ncue = "sit_back"\nmetronome = true\n',
            6,
            "the metronome needs the cue cadence",
        ),
        (
            '[[steps]]\nkind = "cue"\ncue = "cadence"\nmetronome = 1\n',
            6,
            "metronome must be true or false",
        ),
        (
            '[[steps]]\nkind = "cue"\ncue = "cadence"\nfeedback_pct = 101\n',
            6,
            "feedback_pct must be 0 to 100",
        ),
        ('[[steps]]\nkind = "baseline"\nside = "other"\n', 5, "needs a step other_side before it"),
        ('[[steps]]\nkind = "baseline"\nside = "near"\n', 5, "side must be one of first"),
        ('[[steps]]\nkind = "pain"\nid = "Pain!"\n', 5, "id must be small letters"),
        ('[[steps]]\nkind = "pain"\nid = "patient"\n', 5, "id 'patient' is there already"),
        ('[[steps]]\nkind = "patient"\n', 1, "the first step must be patient"),
    ],
)
def test_each_mistake_is_told_with_its_line(steps: str, line: int, said: str) -> None:
    read = read_template("mine", whole(steps))
    assert read.template is None
    assert [m.line for m in read.mistakes] == [line]
    assert said in read.mistakes[0].sentence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a template needs steps"),
        ("steps = []\n", "a template needs steps"),
        ("steps = 3\n", "a template needs steps"),
        ("steps = [3]\n", "step 1 must be a table"),
        ('title = "a"\nstep = 1\n', "unknown key 'step', perhaps steps"),
        ('title = 3\n[[steps]]\nkind = "patient"\n', "title must be one line"),
        ('[[steps]]\nkind = "patient"\n' * 41, "at most 40 steps"),
        ('[[steps]]\nkind = "patient"\n', "the last step must be result"),
    ],
)
def test_a_file_that_is_no_template_says_why(text: str, said: str) -> None:
    assert any(said in m.sentence for m in read_template("mine", text).mistakes)


def test_every_mistake_is_told_at_once_by_line() -> None:
    text = whole('[[steps]]\nkind = "walk"\n[[steps]]\nkind = "cue"\ncue = "hop"\nhue = 3\n')
    assert [m.line for m in read_template("mine", text).mistakes] == [4, 7, 8]


def test_text_that_is_not_toml_is_an_error_with_its_line() -> None:
    with pytest.raises(SettingsError, match=r"mine\.toml is not valid TOML: .*line 2"):
        read_template("mine", '[[steps]]\nkind = "\n', "mine.toml")


@given(st.text(max_size=80))
def test_no_text_fails_in_any_other_way(text: str) -> None:
    try:
        read = read_template("mine", text)
    except SettingsError:
        return
    assert (read.template is None) is bool(read.mistakes)


def test_ids_are_given_where_they_are_lacking() -> None:
    steps = '[[steps]]\nkind = "baseline"\n[[steps]]\nkind = "baseline"\n[[steps]]\nkind = "cue"\n'
    template = read_template("mine", whole(f'{steps}id = "a"\ncue = "auto"\n')).template
    assert template is not None
    assert [plan.id for plan in template.steps] == [
        "patient",
        "baseline",
        "baseline.2",
        "a",
        "result",
    ]
    assert isnan(template.steps[1].seconds)


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_templates_that_come_with_it_are_valid(name: str) -> None:
    template = TemplateShelf().template(name)
    assert template.steps[0].kind is StepKind.PATIENT
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(BUILT_IN)


def test_screening_has_no_cue_and_one_side_never_turns() -> None:
    kinds = {name: [p.kind for p in TemplateShelf().template(name).steps] for name in BUILT_IN}
    assert StepKind.CUE not in kinds["screening"]
    assert StepKind.OTHER_SIDE not in kinds["one_side"]
    sides = {plan.side for plan in TemplateShelf().template("one_side").steps}
    assert sides == {PlannedSide.FIRST}


def test_a_clinics_own_template_replaces_one_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "default.toml").write_text(whole(""))
    (tmp_path / "ours.toml").write_text(whole(""), encoding="utf-16")
    (tmp_path / "Not a name.toml").write_text(whole(""))
    shelf = TemplateShelf(tmp_path)
    assert shelf.names() == [*BUILT_IN, "ours"]
    assert (shelf.is_own("default"), shelf.is_own("screening")) == (True, False)
    assert len(shelf.template("default").steps) == 2
    with pytest.raises(SettingsError, match="UTF-16"):
        shelf.template("ours")
    with pytest.raises(SettingsError, match="there is no template theirs"):
        shelf.template("theirs")
    with pytest.raises(SettingsError, match="there is no folder"):
        TemplateShelf(tmp_path / "gone").names()
    with pytest.raises(SettingsError, match="cannot read template"):
        read_template_file(tmp_path / "gone.toml")
