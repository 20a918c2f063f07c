"""Two small networks become one."""

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper

from edge.messages.errors import ConversionError
from edge.pose.store.conversion.attach import attach_reader, node_count

DROP = frozenset({"inner"})


def a_network(
    inputs: dict[str, int], outputs: dict[str, int], *nodes: tuple[str, str, str]
) -> bytes:
    """Return a file of one-input operators on vectors: (operator, input, output)."""

    def info(sizes: dict[str, int]) -> list[onnx.ValueInfoProto]:
        return [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, [size])
            for name, size in sizes.items()
        ]

    graph = helper.make_graph(
        [helper.make_node(kind, [source], [result]) for kind, source, result in nodes],
        "small",
        info(inputs),
        info(outputs),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(model.SerializeToString())


NETWORK = a_network(
    {"input": 3}, {"inner": 3, "shown": 3}, ("Neg", "input", "inner"), ("Abs", "inner", "shown")
)
READER = a_network(
    {"inner": 3, "shown": 3}, {"legs": 3}, ("Exp", "inner", "x"), ("Neg", "x", "legs")
)


def run(content: bytes, value: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {"input": value}), strict=True))


def test_the_reader_reads_what_the_network_makes() -> None:
    found = run(attach_reader(NETWORK, READER, DROP), np.array([1, -2, 0], np.float32))
    assert sorted(found) == ["legs", "shown"]
    np.testing.assert_allclose(found["legs"], -np.exp([-1, 2, 0]), rtol=1e-6)
    np.testing.assert_array_equal(found["shown"], [1, 2, 0])


def test_equal_content_gives_equal_bytes() -> None:
    joined = attach_reader(NETWORK, READER, DROP)
    assert attach_reader(NETWORK, READER, DROP) == joined
    assert node_count(joined) == 4


@pytest.mark.parametrize(
    "reader",
    [
        a_network({"missing": 3}, {"legs": 3}, ("Exp", "missing", "legs")),
        a_network({"inner": 4}, {"legs": 4}, ("Exp", "inner", "legs")),
        b"no network at all",
        b"",
    ],
)
def test_what_does_not_fit_is_refused(reader: bytes) -> None:
    with pytest.raises(ConversionError, match="leg reader does not fit"):
        attach_reader(NETWORK, reader, DROP)
