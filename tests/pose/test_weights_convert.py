"""The converter on a small network that holds every operator we know.

`golden/tiny_network.npz` holds what the tflite runtime (ai-edge-litert 2.3.0, AUTO and BUILTIN_REF
kernels agree within 1e-6) gives for `tiny_tflite()` and `tiny_input()`.
"""

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from tflite_writer import TfliteWriter
from tiny_network import OUTPUTS, tiny_input, tiny_tflite

from edge.messages.errors import ConversionError
from edge.pose.store.conversion.convert import Conversion, convert, convert_graph
from edge.pose.store.conversion.tflite_graph import read_graph

GOLDEN = Path(__file__).parent / "golden" / "tiny_network.npz"


@pytest.fixture(scope="module")
def conversion() -> Conversion:
    return convert_graph(read_graph(tiny_tflite()), OUTPUTS)


def test_results_are_those_of_the_tflite_runtime(conversion: Conversion) -> None:
    session = onnxruntime.InferenceSession(conversion.content, providers=["CPUExecutionProvider"])
    results = session.run(list(OUTPUTS.values()), {"input": tiny_input()})
    with np.load(GOLDEN) as golden:
        for name, result in zip(OUTPUTS.values(), results, strict=True):
            np.testing.assert_allclose(result, golden[name], rtol=0, atol=5e-6, err_msg=name)


def test_equal_content_gives_equal_bytes(conversion: Conversion) -> None:
    assert convert_graph(read_graph(tiny_tflite()), OUTPUTS) == conversion


def test_one_border_is_folded_two_stay_and_a_branch_is_pruned(conversion: Conversion) -> None:
    model = onnx.load_from_string(conversion.content)
    kinds = Counter(node.op_type for node in model.graph.node)
    assert kinds["Pad"] == 2
    assert kinds["Conv"] == 7
    assert sum(kinds.values()) == conversion.node_count == 33
    assert (model.opset_import[0].version, model.ir_version) == (17, 9)


def test_no_constant_is_left_unused(conversion: Conversion) -> None:
    graph = onnx.load_from_string(conversion.content).graph
    used = {name for node in graph.node for name in node.input}
    assert {constant.name for constant in graph.initializer} <= used


def test_more_outputs_make_a_larger_file(conversion: Conversion) -> None:
    every = convert_graph(read_graph(tiny_tflite()), {**OUTPUTS, "Identity_4": "pruned"})
    assert every.node_count == conversion.node_count + 2


def test_an_output_that_does_not_exist_is_named() -> None:
    with pytest.raises(ConversionError, match="no output named Identity_9"):
        convert_graph(read_graph(tiny_tflite()), {"Identity_9": "x"})


def test_a_file_of_another_network_is_refused() -> None:
    one_output = TfliteWriter()
    source = one_output.tensor("input_1", (1, 2, 2, 1))
    result = one_output.operator("LOGISTIC", [source], one_output.tensor("a", (1, 2, 2, 1)))
    with pytest.raises(ConversionError, match="expected 2 or 5 outputs, found 1"):
        convert(one_output.finish([source], [result]))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a wheel, perhaps", b"1234TFL3"])
def test_what_is_not_a_tflite_file_is_refused(content: bytes) -> None:
    with pytest.raises(ConversionError, match=r"not a tflite file|damaged"):
        convert(content)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_cut_file_is_refused(share: float) -> None:
    content = tiny_tflite()
    with pytest.raises(ConversionError):
        convert_graph(read_graph(content[: int(len(content) * share)]), OUTPUTS)


def two_layers(kind: str, shape: tuple[int, ...], **options: int) -> bytes:
    """Write a file with one operator on a computed input, its result called Identity."""
    writer = TfliteWriter()
    source = writer.tensor("input_1", (1, 2, 2, 4))
    result = writer.operator(kind, [source], writer.tensor("Identity", shape), **options)
    return writer.finish([source], [result])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (two_layers("RELU", (1, 2, 2, 4)), "operator RELU is not supported"),
        (two_layers("DENSIFY", (1, 2, 2, 4)), "input_1 is not a packed constant"),
        (two_layers("DEQUANTIZE", (1, 2, 2, 4)), "input_1 is not a constant of type float16"),
        (two_layers("RESHAPE", (1, 16)), "RESHAPE has 1 inputs, expected 2"),
        (two_layers("MAX_POOL_2D", (1, 2, 2, 4), Padding=7), "padding code 7 is unknown"),
        (
            two_layers("MAX_POOL_2D", (1, 2, 2, 4), FusedActivationFunction=4, Padding=1),
            "fused activation 4 is unknown",
        ),
        (two_layers("CONCATENATION", (1, 2, 2, 4)), "expected three dimensions"),
        (two_layers("DEPTH_TO_SPACE", (1, 9, 9, 9), BlockSize=2), "ONNX checker rejects"),
    ],
)
def test_what_is_unknown_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(ConversionError, match=sentence):
        convert_graph(read_graph(content), {"Identity": "result"})
