"""Real films against labels: a runner whose points are exact must come out without error."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from eye_labels import labels_of
from recordings import EXACT, mirrored, record
from synthetic import GOOD, Camera, Runner, legs_of

from edge.messages.arrays import Floats
from edge.messages.errors import EvaluationError
from edge.messages.frame import Frame
from edge.messages.gait import EventKind
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import SIDE_POINTS
from edge.metrics.model_offsets import ModelOffsets
from edge.offline.evaluate.real import compare as names
from edge.offline.evaluate.real.compare import Compared, NearLeg, compare, labelling_differences
from edge.offline.evaluate.real.film_ways import WAYS
from edge.offline.evaluate.real.labels import LabelledClip, labelled_clip
from edge.offline.evaluate.real.real_report import RealResult, model_error, report_tables
from edge.offline.evaluate.real.real_run import (
    READER,
    STATION,
    TRACKED,
    Followed,
    RealRun,
    SeenFilm,
    watch,
)
from edge.offline.evaluate.real.real_text import real_text
from edge.offline.evaluate.score_agreement import Scored
from edge.settings.settings import Settings

RATE_HZ = 60.0
SECONDS = 3.6
RUN = RealRun(settings=Settings(gait=EXACT), models=Path())
RUNNER = Runner(GOOD)


class KnownPoses:
    """An estimator with a known pose for every frame."""

    def __init__(self, poses: Iterable[Pose]) -> None:
        self._poses = {pose.frame_index: pose for pose in poses}

    def update(self, frame: Frame) -> Pose:
        return self._poses[frame.index]

    def reset(self) -> None:
        """Nothing is kept."""


def frames(poses: Iterable[Pose]) -> Iterator[Frame]:
    picture = np.full((720, 1280, 3), 128, np.uint8)
    for pose in poses:
        yield Frame(index=pose.frame_index, time_s=pose.time_s, image=picture)


def clip_of(runner: Runner, near_px: Floats, apart: float = 0.0) -> LabelledClip:
    contacts = runner.events(EventKind.INITIAL_CONTACT, runner.near, SECONDS)[2:4]
    stances = [(RATE_HZ * c, RATE_HZ * (c + runner.stance_s)) for c in contacts]
    content = labels_of(
        near_px, stances, RATE_HZ, runner.near, apart_frames=apart, apart_px=10 * apart
    )
    return labelled_clip("run", Path("run.mp4"), content)


def with_reader(pose: Pose, *, exchanged: bool = False) -> Pose:
    """Return a pose with a reader that sees exactly its points, or takes one leg for the other."""
    body = pose.body_px
    sides = [[0, *legs_of(Side.LEFT)[0]], [1, *legs_of(Side.RIGHT)[0]]]
    legs = np.array([body[[*side, side[-1]]] for side in sides])
    legs = legs if exchanged else legs[::-1]
    return replace(pose, legs_px=legs.copy(), legs_error_px=np.full((2, len(SIDE_POINTS)), 1.0))


@pytest.fixture(scope="module")
def filmed() -> tuple[list[Pose], LabelledClip]:
    recording = record(RUNNER, SECONDS, RATE_HZ)
    near, _ = legs_of(RUNNER.near)
    return recording.poses, clip_of(RUNNER, recording.true_px[:, near])


def seen(poses: list[Pose], clip: LabelledClip, run: RealRun = RUN) -> SeenFilm:
    return watch(frames(poses), KnownPoses(poses), run, clip)


@pytest.fixture(scope="module")
def film(filmed: tuple[list[Pose], LabelledClip]) -> SeenFilm:
    return seen(*filmed)


def test_exact_points_have_no_error_but_the_models_offsets(
    filmed: tuple[list[Pose], LabelledClip], film: SeenFilm
) -> None:
    _, clip = filmed
    found = compare(clip, film, film.sources[STATION], WAYS["as-filmed"])
    offsets = ModelOffsets()
    mean = {name: float(np.mean(errors)) for name, errors in found.errors.items()}
    assert found.matched == 2
    assert mean[names.CONTACT] == pytest.approx(0, abs=6)
    # The figure's foot hardly turns, so its toe-off is early by 3 to 17 ms (test_gait_phases.py).
    assert mean[names.TOE_OFF] == pytest.approx(-10, abs=7)
    assert mean[names.KNEE_TOE_OWN] == pytest.approx(offsets.knee_toe_pct, abs=1.5)
    # A frame of 60 is 4 % of shank.
    assert mean[names.KNEE_TOE] == pytest.approx(offsets.knee_toe_pct, abs=4)
    assert mean[names.PEAK] == pytest.approx(offsets.knee_flexion_peak_deg, abs=1)
    assert mean[names.PUSH_OFF] == pytest.approx(offsets.knee_flexion_push_off_deg, abs=3)
    assert found.near_leg.right.all()
    assert np.abs(found.points_pct).max() < 1e-6
    assert found.scored.errors_pct == pytest.approx(0, abs=1e-6)
    # Known after a stride or two.
    assert np.nanmin(found.scored.scores) > 0.7
    # A model without a reader is one source.
    assert set(film.sources) == {STATION}


def test_every_way_of_showing_a_film_keeps_its_labels(
    filmed: tuple[list[Pose], LabelledClip],
) -> None:
    poses, clip = filmed
    shown = {
        # The pixel that was first is last, counted from 0.
        "mirrored": [replace(p, xy_px=p.xy_px - [1.0, 0.0]) for p in map(mirrored, poses)],
        "half": [replace(p, xy_px=(p.xy_px + 0.5) / 2 - 0.5, size_px=(640, 360)) for p in poses],
        "dark": poses,
        "half-rate": [replace(p, frame_index=p.frame_index // 2) for p in poses[::2]],
    }
    assert set(shown) | {"as-filmed"} == set(WAYS)
    for name, others in shown.items():
        run = replace(RUN, way=name)
        film = watch(frames(poses), KnownPoses(others), run, clip)
        found = compare(clip, film, film.sources[STATION], WAYS[name])
        labelled = 12 if name != "half-rate" else 6
        assert found.near_leg.right.sum() == pytest.approx(labelled, abs=3), name
        assert found.near_leg.right.all(), name
        assert np.abs(found.points_pct).max() < 1e-6, name
        assert found.matched == 2, name


def test_pictures_are_changed_as_their_names_say() -> None:
    image = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
    frame = Frame(index=4, time_s=0.1, image=image)
    shown = {name: found for name, way in WAYS.items() if (found := way.frame(frame))}
    assert (shown["mirrored"].image == image[:, ::-1]).all()
    assert shown["half"].image.shape == (2, 3, 3)
    assert (shown["dark"].image == image // 4).all()
    assert shown["half-rate"].index == 2
    assert WAYS["half-rate"].frame(replace(frame, index=5)) is None
    assert (image == np.arange(72).reshape(4, 6, 3)).all()


def test_a_reader_on_the_wrong_leg_is_wrong_and_the_tracked_model_beside_it_right(
    filmed: tuple[list[Pose], LabelledClip],
) -> None:
    poses, clip = filmed
    film = seen([with_reader(pose, exchanged=True) for pose in poses], clip)
    found = {name: compare(clip, film, s, WAYS["as-filmed"]) for name, s in film.sources.items()}
    assert set(found) == {STATION, READER, TRACKED}
    assert not found[READER].near_leg.right.any()
    assert found[READER].near_leg.given.all()
    assert found[TRACKED].near_leg.right.all()
    assert found[TRACKED].matched == 2


def test_points_in_the_air_are_on_no_leg_and_absent_ones_are_no_zero(
    filmed: tuple[list[Pose], LabelledClip], film: SeenFilm
) -> None:
    _, clip = filmed
    legs = film.sources[STATION].legs_px
    astray = Followed(legs_px={i: leg - [0.0, 0.3 * RUNNER.leg_px] for i, leg in legs.items()})
    nothing = Followed(legs_px={})
    assert not compare(clip, film, astray, WAYS["as-filmed"]).near_leg.right.any()
    found = compare(clip, film, nothing, WAYS["as-filmed"])
    assert not found.near_leg.given.any()
    assert np.isnan(found.points_pct).all()
    assert (found.found, found.valid, found.matched) == (0, 0, 0)
    assert all(np.isnan(errors).all() for errors in found.errors.values())


def test_what_the_labellers_differ_by_stands_beside_the_errors() -> None:
    near, _ = legs_of(RUNNER.near)
    points = record(RUNNER, SECONDS, RATE_HZ).true_px[:, near]
    differences = labelling_differences(clip_of(RUNNER, points, apart=0.6))
    assert differences[names.CONTACT] == pytest.approx(10.0)
    assert differences[names.TOE_OFF] == pytest.approx(10.0)
    # All points moved alike.
    assert differences[names.KNEE_TOE] == pytest.approx(0.0, abs=1e-9)
    assert differences[names.PEAK] == pytest.approx(0.0, abs=1e-9)


def test_a_label_beyond_the_film_is_refused(filmed: tuple[list[Pose], LabelledClip]) -> None:
    poses, clip = filmed
    with pytest.raises(EvaluationError, match=r"label at frame \d+, but the film has 100 frames"):
        seen(poses[:100], clip)


def found_with(error: float) -> Compared:
    return Compared(
        found=4,
        valid=4,
        matched=4,
        errors={name: np.array([error - 1, error + 1, np.nan]) for name in names.COMPARED},
        near_leg=NearLeg(given=np.array([True]), right=np.array([True])),
        points_pct=np.full((1, 5, 2), np.nan),
        scored=Scored(scores=np.array([0.5]), errors_pct=np.array([error])),
    )


def test_the_models_error_is_that_of_clips_and_left_out_is_without_its_own() -> None:
    clips = {"a": found_with(12.0), "b": found_with(6.0), "c": found_with(3.0)}
    error = model_error(clips)[names.KNEE_TOE]
    assert (error["bias"], error["clips"]) == (7.0, 3)
    assert error["sd_between"] == pytest.approx(4.582576)
    assert error["left_out"] == {"a": 7.5, "b": -1.5, "c": -6.0}
    alone = model_error({"a": clips["a"]})[names.KNEE_TOE]
    assert (alone["bias"], alone["sd_between"], alone["left_out"]) == (12.0, None, {"a": None})


def test_the_report_says_what_is_missing_and_prints(
    filmed: tuple[list[Pose], LabelledClip], film: SeenFilm
) -> None:
    _, clip = filmed
    result = RealResult(
        clip=clip,
        duration_s=film.duration_s,
        expected=None,
        sources={STATION: found_with(2.0)},
        session=film.session,
        notices=("the picture is dark",),
    )
    tables = report_tables([result])
    strides = tables["pooled"]["sources"][STATION]["strides"]
    assert (strides["expected"], strides["found"]) == (None, 4)
    assert tables["clips"]["run"]["by_stride"][STATION]["toe_off_ms"] == [1.0, 3.0, None]
    assert tables["clips"]["run"]["said"][0] == "the picture is dark"
    text = real_text({"n_clips": 1, **tables})
    assert "4 of ?" in text
    assert "+2.0 (1.4) n 2" in text
    assert "the picture is dark" in text
    assert "nan" not in text
    assert "None" not in text


def test_a_runner_to_the_left_is_compared_alike() -> None:
    runner = Runner(GOOD, Camera(facing=Side.LEFT))
    recording = record(runner, SECONDS, RATE_HZ)
    near, _ = legs_of(runner.near)
    clip = clip_of(runner, recording.true_px[:, near])
    moved = [replace(pose, xy_px=pose.xy_px - [10.0, 0.0]) for pose in recording.poses]
    film = seen(moved, clip)
    found = compare(clip, film, film.sources[STATION], WAYS["as-filmed"])
    # Ten pixels to the left are ahead.
    assert found.points_pct[..., 0] == pytest.approx(100 * 10 / runner.leg_px, rel=0.02)
    assert found.matched == 2
