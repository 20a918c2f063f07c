from dataclasses import replace

import numpy as np
import pytest
from recordings import record
from synthetic import Runner

from edge.identity.runner_changes import RunnerChanges
from edge.messages.pose import Pose

SOMEBODY = record(Runner(), 0.1).poses[0]
NOBODY = replace(SOMEBODY, xy_px=np.full_like(SOMEBODY.xy_px, np.nan))


def at(time_s: float, pose: Pose = SOMEBODY) -> Pose:
    return replace(pose, time_s=time_s)


def running() -> RunnerChanges:
    """Return changes that have followed one runner for a second."""
    changes = RunnerChanges()
    for time_s in (0.0, 1.0):
        changes.update(at(time_s))
    return changes


def told(changes: RunnerChanges, pose: Pose, *, another_person: bool = False) -> object:
    fresh, another, reason = changes.update(pose, another_person=another_person)
    return fresh, another, reason.code


def test_the_first_person_is_a_new_runner_and_then_followed() -> None:
    changes = RunnerChanges()
    assert told(changes, at(0.0, NOBODY)) == (False, False, "")
    assert told(changes, at(0.1)) == (True, False, "new_session")
    assert told(changes, at(0.2)) == (False, False, "")


@pytest.mark.parametrize(("empty_s", "fresh"), [(9.9, False), (10.1, True)])
def test_who_comes_to_a_belt_empty_for_ten_seconds_is_new(empty_s: float, fresh: bool) -> None:
    changes = running()
    told(changes, at(5.0, NOBODY))
    assert told(changes, at(1.0 + empty_s)) == (fresh, False, "new_session" if fresh else "")


def test_a_session_begins_once_even_with_nobody_there() -> None:
    changes = running()
    changes.begin_anew()
    assert told(changes, at(1.1, NOBODY)) == (True, False, "new_session")
    # The runner of the session is its first as soon as they step on.
    assert told(changes, at(1.2)) == (True, False, "new_session")
    assert told(changes, at(1.3)) == (False, False, "")


def test_the_end_of_a_session_changes_the_person_once() -> None:
    changes = running()
    changes.end()
    assert told(changes, at(1.1)) == (False, True, "session_ended")
    assert told(changes, at(1.2)) == (False, False, "")
    changes.end()
    changes.begin_anew()
    assert told(changes, at(1.3)) == (True, False, "new_session")


def test_another_person_in_unbroken_pictures_is_named_before_the_end_of_a_session() -> None:
    changes = running()
    changes.end()
    assert told(changes, at(1.1), another_person=True) == (False, True, "another_person")


def test_after_a_reset_whoever_is_found_is_new() -> None:
    changes = running()
    changes.reset()
    assert told(changes, at(1.1)) == (True, False, "new_session")
