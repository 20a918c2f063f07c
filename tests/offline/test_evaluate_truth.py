"""Truth from markers: the closed-form figure's own numbers must come out; and files of trials."""

import json
from pathlib import Path

import numpy as np
import pytest
from filmed_figure import as_trial
from synthetic import BENT_PUSH_OFF, GOOD, KNEES_FORWARD, QUICK, Form, Runner

from edge.messages.errors import EvaluationError
from edge.messages.gait import EventKind
from edge.messages.side import Side
from edge.offline.evaluate.force_plate import LEG_MARKERS, load_trial, trial_keys
from edge.offline.evaluate.marker_truth import MarkerTruth

# What markers cannot tell, as they have no shoulders, or the camera's share of which is not here.
NOT_HERE = {"line_straightness_pct", "trunk_lean_deg", "vertical_oscillation_pct"}


@pytest.fixture(params=[GOOD, KNEES_FORWARD, BENT_PUSH_OFF, QUICK])
def runner(request: pytest.FixtureRequest) -> Runner:
    form: Form = request.param
    return Runner(form)


def test_every_metric_is_the_figures_own(runner: Runner) -> None:
    strides = MarkerTruth(as_trial(runner, 4.0), Side.RIGHT).strides()
    assert len(strides) >= 4
    own = {k: v for k, v in runner.metrics.items() if k not in NOT_HERE}
    for stride in strides:
        assert {k: stride.metrics[k] for k in own} == pytest.approx(own, abs=0.3)


def test_vertical_oscillation_is_that_of_the_hips(runner: Runner) -> None:
    # Without a camera both hips are equally large.
    share = (1 + runner.camera.far_scale) / 2
    expected = runner.metrics["vertical_oscillation_pct"] / share
    for stride in MarkerTruth(as_trial(runner, 4.0), Side.RIGHT).strides()[1:-1]:
        assert stride.metrics["vertical_oscillation_pct"] == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("side", list(Side))
def test_the_peak_lies_between_the_samples(runner: Runner, side: Side) -> None:
    truth = MarkerTruth(as_trial(runner, 4.0), side)
    peaks = truth.events_s(EventKind.PEAK_KNEE_FLEXION)
    contacts = truth.events_s(EventKind.INITIAL_CONTACT)
    assert peaks - contacts == pytest.approx(np.full(peaks.size, runner.peak_s), abs=0.001)


def test_a_stance_without_a_peak_inside_has_none() -> None:
    trial = as_trial(Runner(), 4.0)
    straight = trial.markers_m.copy()
    straight[..., :2] = straight[:1, ..., :2]
    still = MarkerTruth(
        type(trial)(
            key=trial.key,
            speed_mps=trial.speed_mps,
            strike=trial.strike,
            markers_m=straight,
            contacts_s=trial.contacts_s,
            toe_offs_s=trial.toe_offs_s,
        ),
        Side.RIGHT,
    )
    assert still.events_s(EventKind.PEAK_KNEE_FLEXION).size == 0
    assert np.isnan([s.metrics["knee_flexion_peak_deg"] for s in still.strides()]).all()


def stored(path: Path, **changes: object) -> Path:
    """Write a file of one small trial; None leaves a key out."""
    letters = ("R", "L")
    content: dict[str, object] = {
        "names": [f"{s}_{p}_{a}" for s in letters for p in LEG_MARKERS for a in "xyz"],
        "meta": json.dumps([{"key": "s1_25", "speed": 2.5, "R_fs": "Rearfoot", "L_fs": "Midfoot"}]),
        "s1_25_pts": np.arange(2 * 30, dtype=np.int16).reshape(2, 30),
        "s1_25_ev": np.array([[0.1, 0.3, 0], [0.5, 0.7, 1], [0.9, 1.1, 0]], np.float32),
    }
    np.savez(path, **{k: v for k, v in (content | changes).items() if v is not None})  # type: ignore[arg-type]
    return path


def test_a_trial_is_read_by_name_and_unit(tmp_path: Path) -> None:
    path = stored(tmp_path / "trials.npz")
    assert trial_keys(path) == ["s1_25"]
    trial = load_trial(path, "s1_25")
    assert trial.markers_m.shape == (2, 2, 5, 3)
    # Columns 0 to 14 are the right leg's, tenths of a millimetre.
    assert trial.markers_m[0, 1, 1].tolist() == pytest.approx([3e-4, 4e-4, 5e-4])
    assert trial.markers_m[1, 0, 0].tolist() == pytest.approx([45e-4, 46e-4, 47e-4])
    assert trial.contacts_s[Side.RIGHT] == pytest.approx([0.1, 0.9])
    assert trial.toe_offs_s[Side.LEFT] == pytest.approx([0.7])
    assert trial.strike[Side.LEFT] == "Midfoot"


def test_what_is_no_file_of_trials_is_said_in_one_sentence(tmp_path: Path) -> None:
    text = tmp_path / "notes.npz"
    text.write_text("no trials here")
    array = tmp_path / "array.npy"
    np.save(array, np.zeros(3))
    cut = tmp_path / "cut.npz"
    cut.write_bytes(stored(tmp_path / "whole.npz").read_bytes()[:400])
    lacking = stored(tmp_path / "lacking.npz", meta=None)
    for path, says in (
        (tmp_path / "gone.npz", "does not exist"),
        (tmp_path, "is a folder, not an npz file"),
        (text, "is not an npz file of trials"),
        (array, "is not an npz file of trials"),
        (cut, "is not an npz file of trials"),
        (lacking, "is not a file of trials: meta is not a file in the archive"),
    ):
        with pytest.raises(EvaluationError) as raised:
            trial_keys(path)
        assert str(raised.value) == f"{path} {says}"


def test_an_unknown_or_incomplete_trial_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="has no trial s9_25"):
        load_trial(stored(tmp_path / "a.npz"), "s9_25")
    with pytest.raises(EvaluationError, match="s1_25_ev is not a file in the archive"):
        load_trial(stored(tmp_path / "b.npz", s1_25_ev=None), "s1_25")
