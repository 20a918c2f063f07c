"""Patient sheet and letter: what they say, to whom, and that every number is the store's."""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from math import nan
from pathlib import Path

import cv2
import numpy as np
import pytest
from command import sessions
from pypdf import PdfReader
from recordings import EXACT, record
from stored import film, put
from synthetic import GOOD, KNEES_FORWARD, Runner
from test_report_pages import Page, words

from edge.i18n.notices import notice_words
from edge.i18n.word_catalogue import Catalogue, load
from edge.messages.errors import ReportError
from edge.messages.notice import Notice
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.verdict import CueKind, Fault, Verdict, VerdictState
from edge.metrics.catalogue import METRICS
from edge.metrics.norms import norm_at
from edge.numerics.statistics import spread
from edge.record.store import Store
from edge.report.advice import PLANS, Need, advice_of
from edge.report.changes import changes
from edge.report.charts import STATE_INK
from edge.report.clinic import clinic_of
from edge.report.course import course_of, need_of
from edge.report.documents import Document, document, visits_of
from edge.report.experiment import ROWS
from edge.report.facts import DECIDING, Leg, Visit
from edge.report.page import as_pdf
from edge.settings.clinic_settings import ClinicSettings
from edge.settings.settings import Settings

SETTINGS = Settings(gait=EXACT)
WORDS = load("en")
CLINIC = ClinicSettings(name="Physio am Park", address="Parkstr. 1", time_zone="Europe/Berlin")
LANGUAGES = ("en", "de")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for form, start_s in ((KNEES_FORWARD, 0.0), (GOOD, 50.0)):
        poses = record(Runner(form=form), 10.0, start_s=start_s).poses
        put(folder, poses, runner="r-17", settings=SETTINGS)
    return folder


@pytest.fixture(scope="module")
def visits(data: Path) -> Iterator[list[Visit]]:
    with Store(data, create=False) as store:
        yield visits_of(store, store.sessions())


def judged(visit: Visit, *verdicts: tuple[VerdictState, str | None, str]) -> Visit:
    """Return a visit whose right leg has these states, cues and reasons."""
    leg = visit.legs[Side.RIGHT]
    told = {
        fault: replace(leg.verdicts[fault], state=state, cue=cue, reason=Reason(code))
        for fault, (state, cue, code) in zip(Fault, verdicts, strict=True)
    }
    return replace(visit, legs=visit.legs | {Side.RIGHT: replace(leg, verdicts=told)})


RED_HIPS = (VerdictState.RED, CueKind.SIT_BACK, "knee_far_ahead_hips")
RED_ONLY = (VerdictState.RED, CueKind.CADENCE, "knee_far_ahead_only")
TILTED = (VerdictState.AMBER, None, "shank_upright")
BEHIND = (VerdictState.GREEN, None, "knee_behind")
BENT = (VerdictState.AMBER, CueKind.CADENCE, "push_off_knee")
STRAIGHT = (VerdictState.GREEN, None, "push_off_straight")
ON_THE_LINE = (VerdictState.BORDERLINE, None, "near_limit")


@pytest.fixture(scope="module")
def faulty(visits: list[Visit]) -> list[Visit]:
    return [judged(visits[0], RED_HIPS, ON_THE_LINE), visits[1]]


def made(which: Document, visits: list[Visit], catalogue: Catalogue = WORDS) -> str:
    return document(which, visits, CLINIC, catalogue)


# Numbers.


def numbers_in(text: str) -> set[str]:
    return set(re.findall(r"[+\N{MINUS SIGN}]?\d+(?:[.,]\d+)?", text))


def constants(catalogue: Catalogue, which: Document) -> set[str]:
    """Return the numbers of the fixed sentences: doses, limits, definitions."""
    prefixes = ("advice.", "drill.", f"{which}.", "report.", "metric.", "cue.", "page.interval")
    texts = [str(text) for key, text in catalogue.words.items() if key.startswith(prefixes)]
    return numbers_in(" ".join(re.sub(r"\{[^}]*\}", "", text) for text in texts))


def written(catalogue: Catalogue, *values: float) -> set[str]:
    return {catalogue.number(v, 1, signed=signed) for v in values for signed in (False, True)}


def stored_numbers(store: Store, visit: Visit, catalogue: Catalogue) -> set[str]:
    """Return what the store's own strides and verdicts give, written as the language does."""
    strides = store.read(visit.session).strides()
    own = [s for s in strides if s.valid and s.near and s.side is Side.RIGHT]
    found = {"0", catalogue.number(60.0, 0), catalogue.number(3.6 * visit.speed_mps, 1)}
    for metric in ROWS:
        of_all = spread([stride.value(metric) for stride in own])
        norm = norm_at(metric, visit.speed_mps) or ()
        found |= written(catalogue, of_all.mean, of_all.low, of_all.high, *norm)
        found.add(str(of_all.count))
    for verdict in store.read(visit.session).verdicts():
        found |= written(catalogue, verdict.mean, *verdict.ci95, verdict.error95)
        found.add(str(verdict.strides))
    head = visit.session.head
    names = (visit.session.name, visit.runner, head.toeline)
    return found | numbers_in(" ".join((*names, head.model_sha256[:8], head.config_sha256[:8])))


def changed_numbers(visits: list[Visit], catalogue: Catalogue) -> set[str]:
    found = changes(visits[0], visits[-1], Side.RIGHT) if len(visits) > 1 else []
    return {text for c in found for text in written(catalogue, c.change, c.low, c.high, c.mdc)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", Document)
@pytest.mark.parametrize("count", [1, 2])
def test_every_number_equals_the_store(
    data: Path, visits: list[Visit], which: Document, language: str, count: int
) -> None:
    catalogue = load(language)
    html = made(which, visits[:count], catalogue)
    text = re.sub(r"<(style|header).*?</\1>", "", html, flags=re.DOTALL)
    text = re.sub(r"<dd>\d{1,2}\.? \w+\.? \d{4}, .*?</dd>", "", text)
    # Runners, year and volume of the norm's source.
    norms = {"26", "2017", "5", "3298"}
    speeds = {catalogue.number(v, 1) for v in (9.0, 16.2)}
    with Store(data, create=False) as store:
        known = set().union(*(stored_numbers(store, v, catalogue) for v in visits[:count]))
    known |= changed_numbers(visits[:count], catalogue)
    shown = numbers_in(words(text))
    strange = shown - known - constants(catalogue, which) - norms - speeds
    assert not strange, strange
    metric = DECIDING[Fault.KNEES_FORWARD]
    mean = visits[0].legs[Side.RIGHT].metrics[metric].mean
    assert catalogue.number(mean, 1, signed=METRICS[metric].signed) in shown


def test_the_norm_is_that_of_the_belt_speed(visits: list[Visit]) -> None:
    html = words(made(Document.LETTER, visits[:1]))
    norm = norm_at("cadence_spm", 2.8)
    assert norm is not None
    assert (round(norm.mean, 1), round(norm.sd, 1)) == (164.7, 10.3)
    assert "164.7 ± 10.3" in html
    for speed_mps in (nan, 2.4, 4.6):
        unknown = words(made(Document.LETTER, [replace(visits[0], speed_mps=speed_mps)]))
        assert "±" not in unknown.replace("mean ± SD", "").replace("error of ±", "")
        assert "Norms are given for known belt speeds from 9.0 km/h to 16.2 km/h" in unknown
    assert norm_at("trunk_lean_deg", 3.0) is None


# What is said.


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reader_of_the_sheet_knows_what_to_do_next_week(
    faulty: list[Visit], language: str
) -> None:
    catalogue = load(language)
    said = words(made(Document.SHEET, faulty, catalogue))
    advice = advice_of(catalogue)
    for drill in advice.plan(Need.HIPS_FORWARD):
        for part in drill:
            assert part in said
    for text in (*advice.texts.values(), catalogue.text("cue.sit_back")):
        assert text in said
    assert catalogue.text("sheet.before") in said
    assert catalogue.text("sheet.after") in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_grades_nobody(faulty: list[Visit], language: str) -> None:
    html = made(Document.SHEET, faulty, load(language))
    said = words(html).lower()
    for harsh in ("fault", "fehler", "wrong", "falsch", "bad", "schlecht", "too much", "zu viel"):
        assert not re.search(rf"\b{harsh}", said)
    for state in (VerdictState.RED, VerdictState.AMBER):
        assert STATE_INK[state] not in html
    assert 'class="icon"' not in html
    assert html.count("<figure>") == 4


CASES: list[tuple[list[tuple[VerdictState, str | None, str]], Need, str]] = [
    ([RED_HIPS, BENT], Need.HIPS_FORWARD, "Sit back a touch"),
    ([RED_ONLY, STRAIGHT], Need.KNEES_ONLY, "Quicker, lighter steps: 17"),
    ([BEHIND, BENT], Need.PUSH_OFF, "Quicker, lighter steps: 17"),
    ([BEHIND, STRAIGHT], Need.NO_FAULT, "keep running like this"),
    ([ON_THE_LINE, STRAIGHT], Need.NOT_JUDGED, "Run as you are used to"),
    ([TILTED, STRAIGHT], Need.NOT_JUDGED, "could not be judged this time"),
]


@pytest.mark.parametrize(("verdicts", "need", "said"), CASES)
def test_cue_and_exercises_follow_from_the_verdicts(
    visits: list[Visit],
    verdicts: list[tuple[VerdictState, str | None, str]],
    need: Need,
    said: str,
) -> None:
    course = course_of(judged(visits[0], *verdicts))
    assert course.need is need
    sheet = words(made(Document.SHEET, [course.before]))
    assert said in sheet
    for drill in advice_of(WORDS).plan(need):
        assert drill.name in sheet
    assert ("for one minute in every five" in sheet) is (
        need not in (Need.NO_FAULT, Need.NOT_JUDGED)
    )


@pytest.mark.parametrize("fault", Fault)
def test_what_is_on_the_line_is_not_placed_on_either_side(fault: Fault) -> None:
    """The error of the model may put a knee 6 % behind the toes on the line: not "level"."""
    said = WORDS.text(f"sheet.seen.{fault}.borderline")
    assert "too close to call" in said
    assert "level" not in said


def test_a_cue_recorded_as_a_sentence_is_understood(visits: list[Visit]) -> None:
    old = (VerdictState.RED, "Sit back a touch, as onto a high barstool", "knee_far_ahead_hips")
    assert need_of(judged(visits[0], old, STRAIGHT).legs[Side.RIGHT]) is Need.HIPS_FORWARD


def test_no_cadence_is_named_without_strides_to_take_it_from(visits: list[Visit]) -> None:
    leg = visits[0].legs[Side.RIGHT]
    few = replace(leg, metrics=leg.metrics | {"cadence_spm": spread([160.0] * 7)})
    visit = judged(replace(visits[0], legs=visits[0].legs | {Side.RIGHT: few}), RED_ONLY, STRAIGHT)
    assert "Quicker, lighter steps Think" in words(made(Document.SHEET, [visit]))


def test_a_change_is_said_as_it_is_judged(faulty: list[Visit]) -> None:
    said = words(made(Document.SHEET, faulty))
    assert "Afterwards your knee stayed clearly further back." in said
    back = words(made(Document.SHEET, [faulty[1], visit_like(faulty[0], faulty[1])]))
    assert "Afterwards your knee came clearly further forward" in back
    same = words(made(Document.SHEET, [faulty[0], faulty[0]]))
    assert "Your knee has not moved clearly yet" in same
    leg = faulty[1].legs[Side.RIGHT]
    few = replace(
        faulty[1], legs=faulty[1].legs | {Side.RIGHT: replace(leg, strides=leg.strides[:4])}
    )
    assert "Too few steps to say" in words(made(Document.SHEET, [faulty[0], few]))
    letter = words(made(Document.LETTER, faulty))
    assert "This letter is on one recording" not in letter
    assert "This letter is on one recording" in words(made(Document.LETTER, faulty[:1]))


def visit_like(visit: Visit, later: Visit) -> Visit:
    """Return a visit as if it were a later one."""
    return replace(visit, session=replace(visit.session, id=later.session.id + 1))


def test_the_letter_names_model_version_and_limits(faulty: list[Visit]) -> None:
    said = words(made(Document.LETTER, faulty))
    head = faulty[0].session.head
    for text in (
        f"Toeline {head.toeline}, model {head.model} {head.model_sha256[:8]}",
        "Screening, not a diagnosis.",
        "No complaint was recorded.",
        "too much",
        "not published injury cut-offs",
    ):
        assert text in said


def test_pain_that_was_marked_is_the_complaint(data: Path, tmp_path: Path) -> None:
    put(tmp_path, record(Runner(), 6.0).poses, runner="<b>x", settings=SETTINGS)
    with Store(tmp_path) as store, store.file.transaction() as database:
        database.execute(
            "INSERT INTO marks (session, number, time_s, marked_at, kind, note) "
            "VALUES (1, 0, 3.0, '', 'pain_now', '<script>left calf')"
        )
    with Store(tmp_path) as store:
        html = made(Document.LETTER, visits_of(store, store.sessions()))
    assert "<script" not in html
    assert "Pain at 0.1 min: <script>left calf" in words(html)


def test_a_session_without_a_judged_stride_is_refused(visits: list[Visit]) -> None:
    nobody = replace(
        visits[0], legs={side: replace(leg, judged=False) for side, leg in visits[0].legs.items()}
    )
    for which in Document:
        with pytest.raises(ReportError, match="nothing to write to a patient"):
            made(which, [nobody])


def test_two_runners_are_not_one(visits: list[Visit]) -> None:
    head = replace(visits[1].session.head, runner="r-18")
    other = replace(visits[1], session=replace(visits[1].session, head=head))
    with pytest.raises(ReportError, match="belong to different runners"):
        made(Document.SHEET, [visits[0], other])


def test_the_leg_with_most_to_say_is_the_sheets(visits: list[Visit]) -> None:
    visit = judged(visits[0], ON_THE_LINE, STRAIGHT)
    right = visit.legs[Side.RIGHT]
    worse: dict[Fault, Verdict] = {
        fault: replace(v, side=Side.LEFT, state=VerdictState.AMBER, cue=CueKind.CADENCE)
        for fault, v in right.verdicts.items()
    }
    left: Leg = replace(right, side=Side.LEFT, verdicts=worse)
    both = replace(visit, legs={Side.LEFT: left, Side.RIGHT: right})
    assert course_of(both).side is Side.LEFT
    assert words(made(Document.LETTER, [both])).count("leg: findings") == 2


# Paper and privacy.


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_is_one_page_and_the_letter_two(faulty: list[Visit], language: str) -> None:
    for which, most in ((Document.SHEET, 1), (Document.LETTER, 2)):
        pages = PdfReader(BytesIO(as_pdf(made(which, faulty, load(language))))).pages
        assert len(pages) <= most


def test_a_document_fetches_nothing(faulty: list[Visit]) -> None:
    for which in Document:
        html = made(which, faulty)
        assert Page(html).fetched == []
        assert "script" not in Page(html).open


def test_pictures_are_there_only_where_they_may_be(tmp_path: Path) -> None:
    put(tmp_path, record(Runner(), 8.0).poses, runner="r-17", settings=SETTINGS)
    with Store(tmp_path, create=False) as store:
        (session,) = store.sessions()
        (visit,) = visits_of(store, [session])
        still = visit.legs[Side.RIGHT].stills[Fault.KNEES_FORWARD]
        film(session, [still.frame_index], (1280, 720))
        shown = made(Document.SHEET, visits_of(store, [session]))
        hidden = made(Document.SHEET, visits_of(store, [session], skeleton_only=True))
    assert "data:image/jpeg" in shown
    assert "data:image" not in hidden


# The clinic.


@pytest.mark.parametrize(
    ("unit", "language", "written"),
    [
        ("km/h", "en", "10.1 km/h"),
        ("km/h", "de", "10,1 km/h"),
        ("mph", "en", "6.3 mph"),
        ("min/km", "en", "5:57 min/km"),
    ],
)
def test_speed_is_in_the_clinics_unit(unit: str, language: str, written: str) -> None:
    clinic = clinic_of(ClinicSettings(speed_unit=unit), load(language))
    words = load(language).in_unit(clinic.speed_unit)
    assert words.speed(2.8) == written
    assert words.speed(nan) == "\N{EN DASH}"
    notice = Notice("speed_entered_not_seen", entered=2.8, seen=2.0)
    assert written in notice_words(notice, words)


@pytest.mark.parametrize(
    ("zone", "date"), [("Pacific/Kiritimati", "1 Dec 2026"), ("America/New_York", "30 Nov 2026")]
)
def test_the_date_is_the_clinics(visits: list[Visit], zone: str, date: str) -> None:
    session = replace(visits[0].session, begun_at="2026-11-30T15:35:02Z")
    html = document(
        Document.SHEET,
        [replace(visits[0], session=session)],
        ClinicSettings(time_zone=zone),
        WORDS,
    )
    assert date in words(html)


def test_the_clinics_head_is_on_both(visits: list[Visit], tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(cv2.imencode(".png", np.zeros((4, 4, 3), np.uint8))[1].tobytes())
    for which in Document:
        html = document(which, visits, replace(CLINIC, logo=str(logo)), WORDS)
        assert "Physio am Park" in words(html)
        (address,) = Page(html).fetched
        assert address.startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot read the logo"), (b"<svg/>", "neither PNG nor JPEG")],
)
def test_a_logo_that_is_none_is_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    logo = tmp_path / "logo.svg"
    if content is not None:
        logo.write_bytes(content)
    with pytest.raises(ReportError, match=said):
        clinic_of(ClinicSettings(logo=str(logo)), WORDS)


OWN = """
[drills.stairs.en]
name = "Stairs"
trains = "thigh"
how = "Two at a time."
dose = "2 floors"

[plans]
no_fault = ["stairs", "calf_slow"]

[advice.en]
next_visit = "In two weeks."

[advice.de]
next_visit = "In zwei Wochen."
"""


def test_a_clinic_has_its_own_exercises_and_advice(visits: list[Visit], tmp_path: Path) -> None:
    file = tmp_path / "exercises.toml"
    file.write_text(OWN, encoding="utf-8")
    visit = judged(visits[0], BEHIND, STRAIGHT)
    clinic = replace(CLINIC, exercises=str(file))
    said = words(document(Document.SHEET, [visit], clinic, WORDS))
    for text in ("Stairs thigh Two at a time. 2 floors", "Slow calf raise", "In two weeks."):
        assert text in said
    assert "Single-leg bridge" not in said
    assert advice_of(WORDS, file).plans[Need.PUSH_OFF] == PLANS[Need.PUSH_OFF]
    with pytest.raises(ReportError, match=r"plans\.no_fault names 'stairs'.*'de'"):
        advice_of(load("de"), file)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[drill.x]", r"unknown drill; known: drills, plans, advice"),
        ("drills = 3", r"drills must be a table"),
        ("[drills.x.en]\nname = 'X'", r"drills\.x\.en\.trains must be a text"),
        ("[drills.x.en]\nnames = 'X'", r"unknown drills\.x\.en\.names"),
        ("[plans]\nhips = ['bridge']", r"unknown plans\.hips"),
        ("[plans]\npush_off = 'bridge'", r"plans\.push_off must be a list"),
        ("[plans]\npush_off = ['hop']", r"plans\.push_off names 'hop'"),
        ("[advice.en]\nstop = ''", r"advice\.en\.stop must be a text"),
        ("[advice.en]\nwhen = 'x'", r"unknown advice\.en\.when"),
        ("[plans", r"is not valid TOML"),
    ],
)
def test_a_mistake_in_the_clinics_file_is_said(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "exercises.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ReportError, match=said):
        advice_of(WORDS, file)


def test_a_clinics_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="cannot read exercises"):
        advice_of(WORDS, tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes("[plans] # für".encode("latin-1"))
    with pytest.raises(ReportError, match="not UTF-8"):
        advice_of(WORDS, tmp_path / "latin.toml")


# As people type it.


def test_documents_are_written_as_asked(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOELINE_DATA", str(data))
    config = tmp_path / "clinic.toml"
    config.write_text("[clinic]\nname = 'Physio am Park'\n", encoding="utf-8")
    for which in Document:
        out = tmp_path / f"{which}.html"
        asked = (which, "last", "--out", out, "--lang", "de", "--config", config)
        assert sessions(*asked).exit_code == 0
        page = out.read_text(encoding="utf-8")
        assert '<html lang="de">' in page
        assert "Physio am Park" in page
    with Store(data, create=False) as store:
        names = [session.name for session in store.sessions()]
        assert {e.what for e in store.audit.entries(10)} >= {"sheet", "letter"}
    pdf = tmp_path / "sheet.pdf"
    assert sessions("sheet", *names, "--out", pdf).exit_code == 0
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert sessions("sheet", *names, "--marks", "1", "2").exit_code == 2
    missing = sessions("sheet", "last", "--marks", "1", "2", "--out", tmp_path / "x.html")
    assert (missing.exit_code, "there is no mark 1" in missing.stderr) == (2, True)
    assert sessions("letter", "last", "--out", tmp_path / "letter.doc").exit_code == 2
    wrong = sessions("letter", "last", "--config", tmp_path / "none.toml")
    assert (wrong.exit_code, "cannot read settings" in wrong.stderr) == (2, True)
