"""A rig of the real networks: what runs them, what it keeps, and its smaller model."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from fakes import still_frame
from skeletons import BLAZEPOSE33

from edge.i18n.notices import english_notice
from edge.messages.errors import MissingModelError
from edge.pipeline import Pipeline
from edge.pose.opening import prewarm
from edge.pose.runtime.onnx_session import SPIN_SHARING_US, SPIN_US, Network, Runtime
from edge.pose.store import model_store
from edge.settings import paths
from edge.settings.pose_settings import PoseSettings
from edge.settings.settings import Settings
from edge.station.assembly import Rig, build_rig


@pytest.fixture(scope="module")
def all_models() -> Path:
    folder = paths.models_dir()
    model_store.pull(folder, ("full", "lite"))
    return folder


@pytest.fixture
def models(all_models: Path, tmp_path: Path) -> Path:
    """Return a separate folder with detector, full and lite."""
    for name in (model_store.DETECTOR, "full", "lite"):
        path = model_store.model_path(all_models, name)
        shutil.copy(path, tmp_path / path.name)
    return tmp_path


@pytest.fixture
def runtimes(monkeypatch: pytest.MonkeyPatch) -> list[Runtime]:
    """Return what runs each network, as they are opened."""
    seen: list[Runtime] = []
    real = Network.__init__

    def spy(self: Network, *given: Any, runtime: Runtime, **more: Any) -> None:
        seen.append(runtime)
        real(self, *given, runtime=runtime, **more)

    monkeypatch.setattr(Network, "__init__", spy)
    return seen


def test_what_really_runs_the_networks_is_known(models: Path) -> None:
    rig = build_rig(Settings(), models, smaller=False)
    assert rig.provider == "cpu"
    assert rig.notices == ()
    assert rig.smaller_model is None


def test_a_provider_that_is_not_there_is_said(models: Path) -> None:
    settings = Settings(pose=PoseSettings(provider="cuda"))
    rig = build_rig(settings, models, smaller=False)
    assert rig.provider == "cpu"
    assert [english_notice(notice) for notice in rig.notices] == [
        "cuda was asked for, but the pose model runs on cpu"
    ]


def test_each_network_is_optimised_once(models: Path) -> None:
    build_rig(Settings(), models, smaller=False)
    kept = sorted((models / "optimised").iterdir())
    assert [path.name.partition("-")[0] for path in kept] == [
        "pose_detection",
        "pose_landmark_full",
    ]
    times = [path.stat().st_mtime_ns for path in kept]
    build_rig(Settings(), models, smaller=False)
    assert [path.stat().st_mtime_ns for path in sorted((models / "optimised").iterdir())] == times


def test_a_model_that_was_altered_is_refused_however_well_it_was_optimised(models: Path) -> None:
    build_rig(Settings(), models, smaller=False)
    path = model_store.model_path(models, "full")
    path.unlink()
    with pytest.raises(MissingModelError):
        build_rig(Settings(), models, smaller=False)


def test_the_smaller_model_is_taken_and_left_again(models: Path) -> None:
    rig = build_rig(Settings(), models, smaller=True)
    assert rig.sizes is not None
    assert rig.sizes.names == ("full", "lite")
    assert rig.smaller_model is not None
    used = [rig.smaller_model(smaller) for smaller in (True, True, False)]
    assert used == ["lite", "lite", "full"]
    assert rig.sizes.in_use == "full"


@pytest.mark.parametrize("model", ["full", "lite"])
def test_without_a_smaller_model_there_is_none_to_take(models: Path, model: str) -> None:
    if model == "full":
        model_store.model_path(models, "lite").unlink()
    rig = build_rig(Settings(pose=PoseSettings(model=model)), models, smaller=True)
    assert rig.smaller_model is None


def test_every_stage_is_timed(models: Path) -> None:
    rig = build_rig(Settings(), models, smaller=False)
    rig.watch.start()
    rig.pipeline.update(still_frame(0))
    assert list(rig.watch.laps_ms) == ["detector_net", "pose", "identity", "gait", "metrics"]


def test_a_pipeline_alone_is_a_rig_too() -> None:
    class Nobody:
        def update(self, frame: object) -> None: ...

        def reset(self) -> None: ...

    rig = Rig(pipeline=Pipeline(Nobody(), Settings()), skeleton=BLAZEPOSE33)  # type: ignore[arg-type]
    assert rig.smaller_model is None
    assert (rig.provider, rig.notices) == ("", ())


def test_prewarming_leaves_nothing_to_be_made(models: Path) -> None:
    assert prewarm(PoseSettings(), models) == "cpu"
    kept = {path: path.stat().st_mtime_ns for path in (models / "optimised").iterdir()}
    assert len(kept) == 2
    build_rig(Settings(), models, smaller=False)
    assert {path: path.stat().st_mtime_ns for path in (models / "optimised").iterdir()} == kept
    # A rig that starts by itself is given no notice of what prewarming has tried.
    assert build_rig(Settings(), models, smaller=False).notices == ()


@pytest.mark.parametrize(("live", "spin_us"), [(False, SPIN_US), (True, SPIN_SHARING_US)])
def test_networks_beside_a_camera_leave_it_the_processor(
    models: Path, runtimes: list[Runtime], live: bool, spin_us: int
) -> None:
    build_rig(Settings(), models, smaller=True, live=live)
    assert [runtime.spin_us for runtime in runtimes] == [spin_us] * 3


def test_prewarming_tries_tensorrt_where_nothing_is_chosen(
    models: Path, runtimes: list[Runtime]
) -> None:
    prewarm(PoseSettings(), models)
    prewarm(PoseSettings(provider="cuda"), models)
    assert [runtime.provider for runtime in runtimes] == ["tensorrt"] * 2 + ["cuda"] * 2
