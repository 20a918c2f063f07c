"""Every kind of pose model keeps to the port; a SimCC model finds what is drawn."""

from pathlib import Path

import numpy as np
import pytest
from blob_network import CAMERA, COLUMNS, RATE_HZ, ROWS, drawn, runner_points, write_card
from pose_samples import a_region
from skeletons import BLAZEPOSE33
from synthetic import Runner

from edge.messages.errors import ModelError, WeightsError
from edge.messages.frame import Frame
from edge.messages.notice import Notice
from edge.messages.skeleton import ABSENT
from edge.pose.models.card import BLAZEPOSE_KIND, ModelCard, model_card, read_card
from edge.pose.models.port import PoseModel
from edge.pose.models.registry import KINDS, model_of
from edge.pose.models.rtmpose.simcc import SimccPose
from edge.pose.opening import open_pose
from edge.pose.region import Region
from edge.pose.runtime.onnx_session import Tensor
from edge.pose.skeletons.loader import skeleton
from edge.serve.wire.encode import hello_for
from edge.settings.pose_settings import PoseSettings
from edge.settings.settings import Settings
from edge.station.assembly import build_rig

HALPE = skeleton("halpe26")
LICENCE = "Apache-2.0"


def of_kind(kind: str) -> PoseModel:
    body = BLAZEPOSE33 if kind == BLAZEPOSE_KIND else HALPE
    return model_of(
        ModelCard(name="m", kind=kind, file=Path("m.onnx"), skeleton=body, licence=LICENCE)
    )


def some_outputs(model: PoseModel, seed: int = 1) -> list[Tensor]:
    """Return outputs of the right shapes that say nothing sensible."""
    random = np.random.default_rng(seed)
    count = model.spec.skeleton.count
    shapes: dict[str, tuple[int, ...]] = {
        "landmarks": (1, 195),
        "presence": (1, 1),
        "heatmap": (1, 64, 64, 39),
        "legs": (1, 2, 7, 3),
        "simcc_x": (1, count, 384),
        "simcc_y": (1, count, 512),
    }
    return [random.random(shapes[name], np.float32) for name in model.spec.outputs]


each_kind = pytest.mark.parametrize("kind", sorted(KINDS))
REGION = Region(center_x_px=300.0, center_y_px=200.0, side_px=320.0, rotation_rad=0.0)


@each_kind
def test_a_model_says_what_it_is(kind: str) -> None:
    spec = of_kind(kind).spec
    assert (spec.name, spec.licence) == ("m", LICENCE)
    assert spec.input_shape[0] == 1
    assert len(set(spec.outputs)) == len(spec.outputs) > 0


@each_kind
def test_a_model_prepares_what_its_network_takes(kind: str) -> None:
    model = of_kind(kind)
    image = np.random.default_rng(2).integers(0, 256, (400, 600, 3), np.uint8)
    before = image.copy()
    first = model.prepare(image, REGION).copy()
    assert first.shape == model.spec.input_shape
    assert first.dtype == np.float32
    np.testing.assert_array_equal(image, before)
    np.testing.assert_array_equal(model.prepare(image, REGION), first)
    assert not np.array_equal(model.prepare(image[::-1], REGION), first)


@each_kind
def test_a_region_beyond_the_picture_is_prepared_too(kind: str) -> None:
    model = of_kind(kind)
    image = np.zeros((40, 60, 3), np.uint8)
    for x, side in ((-500.0, 100.0), (30.0, 4000.0), (900.0, 2.0)):
        tensor = model.prepare(image, a_region(x, 20.0, side))
        assert np.isfinite(tensor).all()


@each_kind
def test_what_a_model_decodes_fits_its_skeleton(kind: str) -> None:
    model = of_kind(kind)
    outputs = some_outputs(model)
    before = [output.copy() for output in outputs]
    found = model.decode(outputs, REGION)
    count = model.spec.skeleton.count
    assert found.xy_px.shape == (count, 2)
    assert found.depth_px.shape == found.visibility.shape == (count,)
    assert ((found.visibility >= 0) & (found.visibility <= 1)).all()
    assert 0 <= found.presence <= 1
    assert (found.legs_px is None) == (found.legs_error_px is None)
    for output, kept in zip(outputs, before, strict=True):
        np.testing.assert_array_equal(output, kept)


@each_kind
def test_points_follow_the_region_they_were_seen_in(kind: str) -> None:
    model = of_kind(kind)
    outputs = some_outputs(model)
    here = model.decode(outputs, REGION)
    moved = model.decode(outputs, a_region(350.0, 180.0, 320.0))
    np.testing.assert_allclose(moved.xy_px, here.xy_px + np.array([50.0, -20.0]), atol=1e-6)
    twice = model.decode(outputs, a_region(300.0, 200.0, 640.0))
    middle = np.array([300.0, 200.0])
    np.testing.assert_allclose(twice.xy_px - middle, 2 * (here.xy_px - middle), atol=1e-6)
    assert twice.next_region.side_px == pytest.approx(2 * here.next_region.side_px)


# SimCC.


def bins(places: dict[int, tuple[float, float]], score: float = 0.9) -> list[Tensor]:
    """Return outputs with a narrow peak for each of some points, in pixels of the input."""
    across, down = np.zeros((1, 26, 2 * COLUMNS)), np.zeros((1, 26, 2 * ROWS))
    for index, (x, y) in places.items():
        for axis, place in ((across, x), (down, y)):
            at = np.arange(axis.shape[2])
            axis[0, index] = score * np.maximum(1 - ((at - 2 * place) / 3) ** 2, 0)
    return [across.astype(np.float32), down.astype(np.float32)]


def test_a_point_is_where_its_bins_are_highest_and_between_them() -> None:
    model = SimccPose("m", HALPE)
    places = {i: (50.0 + i, 60.1 + 5 * i) for i in range(26)}
    found = model.decode(bins(places), a_region(128.0, 128.0, 256.0))
    truth = np.array(list(places.values())) + np.array([32.0, 0.0])
    np.testing.assert_allclose(found.xy_px, truth, atol=0.02)
    np.testing.assert_allclose(found.visibility, 0.9, atol=0.01)
    assert found.presence == pytest.approx(0.9, abs=0.01)
    box = truth.max(axis=0) - truth.min(axis=0)
    assert found.next_region.side_px == pytest.approx(1.25 * box[1], abs=0.1)
    assert found.next_region.center_x_px == pytest.approx(truth[:, 0].mean(), abs=0.1)


def test_points_without_a_score_are_absent_and_few_points_are_no_region() -> None:
    model = SimccPose("m", HALPE)
    found = model.decode(bins({0: (50, 60), 1: (60, 80), 2: (70, 90)}), REGION)
    assert np.isfinite(found.xy_px).all(axis=1).tolist() == [True] * 3 + [False] * 23
    assert found.presence == 0.0
    assert not found.next_region.usable


def test_a_wide_body_is_looked_at_whole() -> None:
    model = SimccPose("m", HALPE)
    places = {i: (20.0 + 6 * i, 120.0 + (i % 2)) for i in range(26)}
    found = model.decode(bins(places), a_region(128.0, 128.0, 256.0))
    assert found.next_region.side_px == pytest.approx(1.25 * 150 * ROWS / COLUMNS, abs=0.2)


# A made-up network, opened as any other.


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_card(folder, "blobs", HALPE)
    return folder


def test_a_drawn_runner_is_found_and_followed(models: Path) -> None:
    opened = open_pose(PoseSettings(model="blobs.toml", threads=1), models)
    assert opened.skeleton is HALPE
    assert opened.notices == (Notice("detector_missing", model="blobs"),)
    times_s = np.arange(12) / RATE_HZ
    truth = runner_points(Runner(camera=CAMERA), HALPE, times_s)
    errors = []
    for index, points in enumerate(truth):
        image = drawn(points, CAMERA.size_px, range(26))
        pose = opened.estimator.update(
            Frame(index=index, time_s=float(times_s[index]), image=image)
        )
        assert pose.skeleton is HALPE
        assert pose.xy_px.shape == (26, 2)
        shown = pose.visibility > 0.6
        assert shown.sum() >= 20
        errors.append(np.hypot(*(pose.xy_px - points)[shown].T))
    # A column of the input is about two pixels wide here; the first look is at the whole picture.
    assert np.median(np.concatenate(errors[1:])) < 2.0
    assert np.median(np.concatenate(errors[1:])) < np.median(errors[0]) + 0.5


def test_an_empty_picture_shows_nobody(models: Path) -> None:
    opened = open_pose(PoseSettings(model="blobs.toml", threads=1), models)
    image = np.full((640, 480, 3), 128, np.uint8)
    assert not opened.estimator.update(Frame(index=0, time_s=0.0, image=image)).found


def test_the_page_is_told_the_skeleton_of_the_model(models: Path) -> None:
    settings = Settings(pose=PoseSettings(model="blobs.toml", threads=1))
    rig = build_rig(settings, models, smaller=True)
    assert rig.smaller_model is None
    assert Notice("offsets_unknown", model="blobs") in rig.notices
    hello = hello_for(settings, "0.1.0", rig.provider, skeleton=rig.skeleton)
    assert (hello.skeleton, len(hello.keypoints)) == ("halpe26", 26)
    assert hello.keypoints[hello.right.toe or 0] == "right_big_toe"


# Cards.


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('kind = "rtmpose"', "has missing or unknown keys: file, licence, skeleton"),
        ('file = "a"\nkind = "spider"\nskeleton = "halpe26"\nlicence = ""', "of kind 'spider'"),
        ('file = "a"\nkind = "rtmpose"\nskeleton = "spider"\nlicence = ""', "no skeleton 'spider'"),
        (
            'file = "a"\nkind = "blazepose"\nskeleton = "halpe26"\nlicence = ""',
            "have skeleton blaze",
        ),
        ('file = "a"\nkind = "rtmpose"\nskeleton = "halpe26"\nlicence = 1', "needs text values"),
        (
            'file = "a"\nkind = "rtmpose"\nskeleton = "halpe26"\nlicence = ""\ninput = [4, 5]',
            "rows and columns",
        ),
        ('file = "a"\nkind = "rtmpose"\nskeleton = "halpe26"\nlicence = ""', "a is missing"),
        ("file =", "not valid TOML"),
    ],
)
def test_a_card_that_cannot_be_used_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(ModelError, match=said):
        open_pose(PoseSettings(model="own.toml"), tmp_path)


def test_a_card_names_a_file_beside_it(models: Path) -> None:
    card = read_card(models / "blobs.toml")
    assert (card.name, card.file, card.built_in) == ("blobs", models / "blobs.onnx", False)
    assert len(card.sha256()) == 64
    with pytest.raises(ModelError, match="cannot read the model card"):
        model_card("gone.toml", models)
    with pytest.raises(ModelError, match="there is no pose model 'detector'"):
        model_card("detector", models)


def test_a_network_of_another_skeleton_is_refused(tmp_path: Path) -> None:
    write_card(tmp_path, "blobs", HALPE)
    card = tmp_path / "blobs.toml"
    card.write_text(card.read_text().replace("halpe26", "coco17"))
    opened = open_pose(PoseSettings(model="blobs.toml", threads=1), tmp_path)
    image = np.full((640, 480, 3), 128, np.uint8)
    with pytest.raises(ModelError, match="gives 26 points, and skeleton coco17 has 17"):
        opened.estimator.update(Frame(index=0, time_s=0.0, image=image))


def test_the_built_in_sizes_still_need_their_detector(tmp_path: Path) -> None:
    with pytest.raises(WeightsError):
        open_pose(PoseSettings(), tmp_path)


def test_a_body_has_all_its_points_in_halpe() -> None:
    assert not (HALPE.body == ABSENT).any()
