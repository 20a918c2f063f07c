"""The order in which providers are tried, on real machines and on broken ones."""

from pathlib import Path

import pytest

from edge.pose.runtime.providers import candidates, engines_are_ready, entries, own_name

WHEEL = ["AzureExecutionProvider", "CPUExecutionProvider"]
GPU = ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"]
CUDA_ONLY = ["CUDAExecutionProvider", "CPUExecutionProvider"]


@pytest.mark.parametrize("ready", [False, True])
@pytest.mark.parametrize("wanted", ["auto", "cpu", "cuda", "tensorrt"])
def test_without_a_gpu_the_processor_is_all_there_is(wanted: str, ready: bool) -> None:
    assert candidates(wanted, WHEEL, engines_ready=ready) == ["cpu"]


@pytest.mark.parametrize(
    ("wanted", "available", "ready", "tried"),
    [
        ("cpu", GPU, True, ["cpu"]),
        ("cuda", GPU, True, ["cuda", "cpu"]),
        ("tensorrt", GPU, False, ["tensorrt", "cuda", "cpu"]),
        ("auto", GPU, False, ["cuda", "cpu"]),
        ("auto", GPU, True, ["tensorrt", "cuda", "cpu"]),
        ("auto", CUDA_ONLY, True, ["cuda", "cpu"]),
        ("tensorrt", CUDA_ONLY, False, ["cuda", "cpu"]),
    ],
)
def test_the_best_that_is_ready_goes_first(
    wanted: str, available: list[str], ready: bool, tried: list[str]
) -> None:
    assert candidates(wanted, available, engines_ready=ready) == tried


def test_each_provider_is_followed_by_what_takes_over_from_it(tmp_path: Path) -> None:
    def names(first: str, available: list[str]) -> list[str]:
        given = entries(first, available, tmp_path)
        return [entry if isinstance(entry, str) else entry[0] for entry in given]

    assert names("tensorrt", GPU) == GPU
    assert names("cuda", GPU) == CUDA_ONLY
    assert names("cpu", GPU) == ["CPUExecutionProvider"]


def test_tensorrt_keeps_its_engines_in_its_folder(tmp_path: Path) -> None:
    first = entries("tensorrt", GPU, tmp_path)[0]
    assert isinstance(first, tuple)
    name, options = first
    assert name == "TensorrtExecutionProvider"
    assert options["trt_engine_cache_enable"] == "1"
    assert options["trt_engine_cache_path"] == str(tmp_path)
    # Half precision is not measured, so it is not used.
    assert "trt_fp16_enable" not in options
    assert entries("tensorrt", GPU, None)[0][1] == {}


def test_numbers_stay_those_of_the_processor() -> None:
    options = entries("cuda", GPU, None)[0][1]
    assert isinstance(options, dict)
    assert options["use_tf32"] == "0"


def test_engines_are_ready_once_one_was_built(tmp_path: Path) -> None:
    assert not engines_are_ready(None)
    assert not engines_are_ready(tmp_path / "none")
    assert not engines_are_ready(tmp_path)
    (tmp_path / "TensorrtExecutionProvider_timing.cache").touch()
    assert not engines_are_ready(tmp_path)
    (tmp_path / "TensorrtExecutionProvider_graph_1_sm87.engine").touch()
    assert engines_are_ready(tmp_path)


def test_providers_have_names_for_people() -> None:
    assert [own_name(name) for name in GPU] == ["tensorrt", "cuda", "cpu"]
    assert own_name("AzureExecutionProvider") == "AzureExecutionProvider"
