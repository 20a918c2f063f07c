"""Visits led by commands, on synthetic poses: what pages are told, and what is on the disk."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bridge import SETTINGS, Bridge, at, standing
from feed import healthy
from recordings import record
from synthetic import Runner
from visit_cut_off import STEPS, go_to, station, step_of, visit_of

from edge.messages.feedback import GateReason
from edge.messages.health import StationState
from edge.messages.side import Side
from edge.messages.visit import PainChange, Screen, StepState
from edge.record.store import Store
from edge.record.stored_session import StoredSession
from edge.record.visits import VisitRecord, blocks_of, pain_told, visit_record
from edge.serve.wire import commands, session_messages, visit_commands
from edge.serve.wire.commands import Done
from edge.serve.wire.status_messages import Neutral, Progress
from edge.serve.wire.visit_messages import Visit, VisitTemplates

TESTS = Path(__file__).parents[1]
RUN = record(Runner(), 9.0).poses
OURS = """
title = "Ours"
[[steps]]
kind = "patient"
[[steps]]
kind = "baseline"
seconds = 3
strides = 3
[[steps]]
kind = "cue"
cue = "cadence"
feedback_pct = 50
[[steps]]
kind = "neutral"
[[steps]]
kind = "pain"
[[steps]]
kind = "result"
"""


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[Bridge]:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "ours.toml").write_text(OURS)
    (folder / "broken.toml").write_text('[[steps]]\nkind = "walk"\n')
    made = station(tmp_path / "data", folder)
    yield made
    made.close()


def start(bridge: Bridge, **fields: Any) -> Done:
    return bridge.order(
        visit_commands.StartVisit, **{"runner": "R-07", "template": "ours"} | fields
    )


def kept(tmp_path: Path) -> tuple[Store, StoredSession, VisitRecord]:
    with Store(tmp_path / "data", create=False) as store:
        session = store.session("last")
        found = visit_record(store, session)
        assert found is not None
        return store, session, found


def test_a_visit_is_led_recorded_and_ended(bridge: Bridge, tmp_path: Path) -> None:
    assert start(bridge, complaint="calf", pain_side=Side.LEFT, pain_level=4) == Done()
    assert (step_of(bridge).id, visit_of(bridge).screen) == ("baseline", Screen.TIME_ONLY)
    bridge.give(RUN)
    assert step_of(bridge).id == "cue"
    assert bridge.order(visit_commands.VisitNext, step="baseline").code == "step_over"
    assert bridge.order(visit_commands.VisitNext, step="cue") == Done()
    assert bridge.hub.last(Neutral).state is Progress.MEASURING
    bridge.give(at(standing(), 9.0))
    assert step_of(bridge).id == "pain"
    told = {"level": 2, "side": Side.LEFT, "place": "calf", "change": PainChange.BETTER}
    assert bridge.order(visit_commands.VisitPain, step="pain", **told) == Done()
    assert visit_of(bridge).screen is Screen.THANKS
    assert bridge.order(visit_commands.VisitNext, step="result") == Done()
    assert visit_of(bridge).over
    assert bridge.hub.last(session_messages.Session).name == ""
    assert isinstance(bridge.hub.told[-1], Visit)
    bridge.close()
    with Store(tmp_path / "data", create=False) as store:
        session = store.session("last")
        found = visit_record(store, session)
        assert found is not None
        assert found.status.over
        assert (found.patient.complaint, found.patient.pain_level) == ("calf", 4)
        assert found.template_text == OURS
        baseline, cue = blocks_of(store, session)
        assert (baseline.step, baseline.state, baseline.side) == (
            "baseline",
            StepState.DONE,
            Side.RIGHT,
        )
        assert (cue.cue, cue.feedback_pct) == ("cadence", 50.0)
        held = [
            s for s in store.read(session).strides() if s.near and baseline.start_s <= s.start_s
        ]
        assert sum(s.valid and s.end_s <= baseline.end_s for s in held) >= 3
        (pain,) = pain_told(store, session)
        assert (pain.level, pain.change, pain.step) == (2, PainChange.BETTER, "pain")
        assert pain.time_s == pytest.approx(session.last_s, abs=0.1)


def test_a_baseline_allows_no_feedback_and_a_cue_only_its_own(bridge: Bridge) -> None:
    start(bridge)
    bridge.give(RUN[:200])
    gate = bridge.pipeline.coaching.gate
    assert (gate.on, gate.reason) == (False, GateReason.NO_CUE)
    bridge.give(RUN[200:])
    gate = bridge.pipeline.coaching.gate
    assert (step_of(bridge).id, gate.cue, gate.feedback_pct) == ("cue", "cadence", 50.0)
    assert 150 < gate.target_low_spm < 190
    bridge.order(visit_commands.VisitStop)
    bridge.give(at(RUN[:5], 20.0))
    assert bridge.pipeline.coaching.gate.reason is GateReason.FREE


def test_counts_are_told_at_most_once_a_second(bridge: Bridge) -> None:
    start(bridge)
    before = len(bridge.hub.told)
    bridge.give(RUN[:240])
    told = [m for m in bridge.hub.told[before:] if isinstance(m, Visit)]
    assert 2 <= len(told) <= 4 + 3


def test_what_cannot_be_led_says_why(bridge: Bridge) -> None:
    for order in (visit_commands.VisitNext, visit_commands.VisitSkip, visit_commands.VisitGoOn):
        assert bridge.order(order, step="cue").code == "no_visit"
    assert bridge.order(visit_commands.VisitStop).code == "no_visit"
    assert start(bridge, template="theirs").code == "unknown_template"
    done = start(bridge, template="broken")
    assert done.code == "template_broken"
    assert "line 2" in done.text
    assert bridge.hub.last(session_messages.Session).name == ""


def test_a_station_that_records_nothing_leads_no_visit() -> None:
    bridge = Bridge(None)
    assert start(bridge, template="default").code == "no_recording"
    bridge.close()


def test_the_templates_are_told_with_their_flaws(bridge: Bridge) -> None:
    told = {entry.name: entry for entry in bridge.hub.last(VisitTemplates).templates}
    assert list(told)[:2] == ["default", "first_short"]
    assert (told["ours"].title, told["ours"].flaw, told["ours"].planned_s) == ("Ours", "", 3.0)
    assert told["default"].title == ""
    assert "line 2" in told["broken"].flaw


def test_a_missing_folder_of_templates_leaves_the_station_running(tmp_path: Path) -> None:
    bridge = station(tmp_path / "data", tmp_path / "gone")
    assert bridge.hub.last(VisitTemplates).templates == ()
    assert start(bridge).code == "template_broken"
    bridge.close()


def test_pain_stops_a_step_or_is_noted_in_passing(bridge: Bridge, tmp_path: Path) -> None:
    start(bridge)
    bridge.give(RUN[:200])
    order = visit_commands.VisitPain
    assert bridge.order(order, step="cue", level=9).code == "step_over"
    assert bridge.order(order, step="baseline", level=1, stop=False) == Done()
    assert step_of(bridge).id == "baseline"
    assert bridge.order(order, step="baseline", level=6) == Done()
    assert step_of(bridge).id == "cue"
    assert step_of(bridge).missing[0].code == "after_pain"
    bridge.give(RUN[200:260])
    bridge.close()
    with Store(tmp_path / "data", create=False) as store:
        session = store.session("last")
        assert [p.level for p in pain_told(store, session)] == [1, 6]
        assert [b.state for b in blocks_of(store, session)] == [StepState.STOPPED]


def test_a_visit_ends_with_its_session(bridge: Bridge, tmp_path: Path) -> None:
    start(bridge)
    bridge.give(RUN[:200])
    assert bridge.order(commands.StopSession) == Done()
    assert visit_of(bridge).over
    assert bridge.order(visit_commands.VisitNext, step="baseline").code == "no_visit"
    bridge.close()
    assert kept(tmp_path)[2].status.over


def test_another_visit_ends_the_first_and_counts_it(bridge: Bridge, tmp_path: Path) -> None:
    start(bridge)
    assert visit_of(bridge).number is None
    bridge.give(RUN[:200])
    start(bridge)
    assert visit_of(bridge).number == 2
    assert step_of(bridge).strides == 0
    start(bridge, runner="R-08")
    assert visit_of(bridge).number is None
    start(bridge, number=7)
    assert visit_of(bridge).number == 7
    bridge.close()
    with Store(tmp_path / "data", create=False) as store:
        oldest = visit_record(store, store.sessions()[-1])
        assert oldest is not None
        assert oldest.status.over
        assert oldest.blocks[0].state is StepState.STOPPED


def test_the_dose_follows_the_number_unless_the_template_gives_it(bridge: Bridge) -> None:
    start(bridge, template="default", number=6)
    cues = [step for step in visit_of(bridge).steps if step.kind == "cue"]
    assert {(step.feedback_pct, step.dose) for step in cues} == {(50.0, "scheduled")}
    start(bridge, template="default", runner="R-99")
    cues = [step for step in visit_of(bridge).steps if step.kind == "cue"]
    assert {(step.feedback_pct, step.dose) for step in cues} == {(100.0, "number_unknown")}
    start(bridge)
    (cue,) = [step for step in visit_of(bridge).steps if step.kind == "cue"]
    assert (cue.feedback_pct, cue.dose) == (50.0, "unscheduled")


def test_a_lost_camera_is_said_though_no_frame_comes(bridge: Bridge) -> None:
    start(bridge)
    bridge.give(RUN[:200])
    bridge.controller.write(replace(healthy(), state=StationState.NO_CAMERA))
    assert step_of(bridge).missing[0].code == "camera_lost"
    assert step_of(bridge).missing[0].text == "The camera delivers no pictures"


def test_a_clean_stop_goes_on_at_the_next_start(bridge: Bridge, tmp_path: Path) -> None:
    start(bridge, belt_speed_mps=3.25, number=5)
    bridge.give(RUN[:200])
    before = step_of(bridge)
    bridge.close()
    again = station(tmp_path / "data", tmp_path / "templates")
    assert (visit_of(again).number, step_of(again).id) == (5, "baseline")
    assert step_of(again).strides >= before.strides
    session = again.hub.last(session_messages.Session)
    assert (session.runner, session.belt_speed_mps) == ("R-07", 3.25)
    again.give(RUN)
    assert step_of(again).id == "cue"
    again.order(visit_commands.VisitStop)
    again.close()
    third = station(tmp_path / "data", tmp_path / "templates")
    assert not any(isinstance(m, Visit) for m in third.hub.told)
    third.close()


def test_a_visit_is_not_resumed_beyond_the_setting(bridge: Bridge, tmp_path: Path) -> None:
    start(bridge)
    bridge.give(RUN[:10])
    bridge.close()
    visit = replace(SETTINGS.visit, templates=str(tmp_path / "templates"), resume_h=0.0)
    again = Bridge(tmp_path / "data", settings=replace(SETTINGS, visit=visit))
    assert not any(isinstance(m, Visit) for m in again.hub.told)
    again.close()


def test_a_visit_goes_on_in_every_step_after_a_kill() -> None:
    path = os.pathsep.join(map(str, (TESTS, TESTS / "serve", TESTS.parent)))
    done = subprocess.run(
        [sys.executable, str(TESTS / "serve" / "visit_cut_off.py")],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["step"] for line in done.stdout.splitlines()] == list(STEPS)


def test_next_is_pressed_through_a_whole_template(bridge: Bridge) -> None:
    start(bridge, template="default")
    go_to(bridge, "result")
    assert bridge.order(visit_commands.VisitNext, step="result") == Done()
    assert visit_of(bridge).over
