"""A set of calf raises is counted, graded and measured, or refused in a sentence."""

from dataclasses import replace

import numpy as np
import pytest
from raising import BEAT_S, STATURE_M, Film, Up, nobody, run

from edge.messages.exercise import ExerciseState, ExerciseUpdate
from edge.messages.notice import Notice
from edge.messages.raises import RAISE_CODES, ExercisePlan, Raise, RaiseFault, RaiseKind, RaiseSet
from edge.messages.side import Side

FULL, PARTIAL, FAILED = RaiseKind.FULL, RaiseKind.PARTIAL, RaiseKind.FAILED


def result(updates: list[ExerciseUpdate]) -> RaiseSet:
    last = updates[-1]
    assert last.state is ExerciseState.DONE
    assert last.raises is not None
    return last.raises


def kinds(raises: tuple[Raise, ...]) -> list[RaiseKind]:
    return [each.kind for each in raises]


MIXED = [Up()] * 5 + [Up(height_m=0.06), Up(), Up(height_m=0.03), Up(), Up(height_m=0.07)]


@pytest.mark.parametrize("facing", Side)
@pytest.mark.parametrize(
    ("noise_px", "lost", "fooled"), [(0.0, 0.0, 0.0), (0.8, 0.1, 0.05), (0.8, 0.0, 0.2)]
)
def test_each_raise_is_counted_graded_and_measured(
    facing: Side, noise_px: float, lost: float, fooled: float
) -> None:
    film = Film(facing=facing, noise_px=noise_px, lost=lost, fooled=fooled, ups=MIXED)
    found = result(run(film.seen()))
    assert found.side is facing
    assert kinds(found.raises) == [FULL] * 5 + [PARTIAL, FULL, FAILED, FULL, PARTIAL]
    assert [each.rep for each in found.raises] == list(range(1, 11))
    heights = [each.height_cm for each in found.raises]
    assert heights == pytest.approx([100 * up.height_m for up in MIXED], abs=1.0)
    assert [each.top_s for each in found.raises] == pytest.approx(film.tops_s, abs=0.35)
    for each in found.raises:
        assert each.start_s < each.top_s < each.end_s


@pytest.mark.parametrize("reader", [True, False])
@pytest.mark.parametrize("fps", [30.0, 60.0])
def test_any_source_of_legs_and_any_rate_will_do(fps: float, *, reader: bool) -> None:
    film = Film(fps=fps, reader=reader, ups=[Up()] * 4, noise_px=1.0)
    found = result(run(film.seen()))
    assert kinds(found.raises) == [FULL] * 4
    assert found.full_height_cm == pytest.approx(9.0, abs=0.5)


@pytest.mark.parametrize(
    ("up", "fault"),
    [
        (Up(knee_deg=22.0), RaiseFault.KNEE_BEND),
        (Up(sway_m=0.09), RaiseFault.SWAY),
        (Up(sway_m=-0.13), RaiseFault.SWAY),
        (Up(dip=0.45), RaiseFault.DOUBLE_BOUNCE),
        (Up(), RaiseFault.NONE),
    ],
)
def test_a_cheated_raise_is_named_once_and_its_neighbours_are_not(
    up: Up, fault: RaiseFault
) -> None:
    film = Film(ups=[Up(), Up(), Up(), up, Up()], noise_px=0.8)
    found = result(run(film.seen()))
    assert [each.fault for each in found.raises] == [RaiseFault.NONE] * 3 + [fault, RaiseFault.NONE]


@pytest.mark.parametrize("gap_s", [1.5, 2.6])
def test_the_second_raise_off_the_beat_is_a_fault_not_the_first(gap_s: float) -> None:
    ups = [Up(), Up(), Up(gap_s=gap_s), Up(gap_s=gap_s), Up()]
    found = result(run(Film(ups=ups).seen()))
    none = RaiseFault.NONE
    assert [each.fault for each in found.raises] == [none, none, none, RaiseFault.TEMPO, none]


def test_the_set_ends_when_enough_full_raises_are_done() -> None:
    plan = ExercisePlan(stature_m=STATURE_M, target=4)
    updates = run(Film(ups=[Up(), Up(), Up(height_m=0.06), Up(), Up(), Up()]).seen(), plan)
    found = result(updates)
    assert found.ended == "target"
    assert (found.count(FULL), found.count(PARTIAL)) == (4, 1)


def test_a_tired_leg_is_prompted_and_then_the_set_ends() -> None:
    updates = run(Film(ends_s=12.0).seen())
    assert "prompt" in [update.code for update in updates]
    assert result(updates).ended == "stopped"
    assert updates[-1].time_s < 2.0 + 6 * BEAT_S + 11.0


def test_whoever_leaves_or_turns_round_keeps_the_raises_done() -> None:
    film = Film(ends_s=6.0)
    seen = film.seen()
    gone = [sight if sight.pose.time_s < 14.5 else nobody(sight) for sight in seen]
    assert result(run(gone)).ended == "left"
    turned = [
        sight
        if sight.pose.time_s < 14.5
        else replace(sight, state=replace(sight.state, facing=Side.LEFT, near_side=Side.LEFT))
        for sight in seen
    ]
    found = result(run(turned))
    assert (found.ended, len(found.raises)) == ("turned", 6)


@pytest.mark.parametrize(
    ("film", "plan", "code"),
    [
        (Film(far_up_m=-0.2), ExercisePlan(), "far_leg"),
        (Film(), ExercisePlan(side=Side.LEFT), "far_leg"),
        (Film(far_up_m=-0.05), ExercisePlan(), "both_feet"),
        (Film(lost=1.0), ExercisePlan(), "hidden"),
        (Film(noise_px=30.0), ExercisePlan(), "no_standing"),
        (Film(ups=[Up(height_m=0.0)]), ExercisePlan(), "no_raises"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_its_reason(
    film: Film, plan: ExercisePlan, code: str
) -> None:
    last = run(film.seen(), plan)[-1]
    assert (last.state, last.code) == (ExerciseState.FAILED, code)
    assert last.raises is None


def test_feet_that_the_scene_watch_calls_hidden_are_refused() -> None:
    seen = [replace(sight, notices=(Notice("feet_hidden"),)) for sight in Film().seen()]
    assert run(seen)[-1].code == "hidden"


def test_nobody_standing_on_one_leg_for_half_a_minute_ends_it() -> None:
    film = Film(far_up_m=-0.05, ends_s=40.0, ups=[Up(height_m=0.0)], fps=15.0)
    exercise_end = run(film.seen())[-1]
    assert exercise_end.code == "both_feet"
    assert exercise_end.time_s == pytest.approx(30.0, abs=0.2)


def test_live_updates_are_few_and_carry_the_height_now() -> None:
    film = Film(noise_px=1.0)
    updates = run(film.seen())
    assert len(updates) < 10 * film.poses()[-1].time_s
    assert {update.code for update in updates} <= set(RAISE_CODES)
    heights = [update.values.get("height_now_pct", 0.0) for update in updates]
    assert max(heights) == pytest.approx(110.0, abs=30.0)
    last = updates[-1]
    assert last.values["full_count"] == 6
    assert last.labels == {"side": "right", "last_kind": "full", "fault": ""}


def test_an_unknown_stature_widens_the_heights_and_does_not_stop_the_count() -> None:
    known = result(run(Film().seen()))
    unknown = result(run(Film().seen(), ExercisePlan(target=0)))
    assert len(unknown.raises) == len(known.raises)
    assert unknown.scale_error95_pct > 1.5 * known.scale_error95_pct
    assert np.isnan(unknown.stature_m)
    assert known.full_height_cm == pytest.approx(unknown.full_height_cm, rel=0.12)


def test_a_foot_that_is_moved_is_found_again_and_the_count_goes_on() -> None:
    seen = Film(ups=[Up()] * 3, ends_s=3.0).seen()
    again = Film(ups=[Up()] * 2).seen()
    later_s = seen[-1].pose.time_s + 1 / 30
    moved = []
    for sight in again:
        assert sight.pose.legs_px is not None
        pose = replace(
            sight.pose,
            time_s=sight.pose.time_s + later_s,
            xy_px=sight.pose.xy_px + np.array([60.0, 0.0]),
            legs_px=sight.pose.legs_px + np.array([60.0, 0.0]),
        )
        moved.append(replace(sight, pose=pose))
    found = result(run([*seen, *moved]))
    assert kinds(found.raises) == [FULL] * 5


def test_the_stature_scales_the_height_and_no_other_number() -> None:
    seen = Film().seen()
    one, other = (
        result(run(seen, ExercisePlan(stature_m=stature_m, target=0)))
        for stature_m in (STATURE_M, 1.1 * STATURE_M)
    )
    assert other.full_height_cm == pytest.approx(1.1 * one.full_height_cm, rel=0.01)
    assert kinds(other.raises) == kinds(one.raises)
    assert np.isnan(other.mass_kg)
