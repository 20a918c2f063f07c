"""Builder of an ONNX file from nodes and constants with short, reproducible names."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edge.messages.errors import ConversionError

# Opset 17 and IR 9 are the newest that every onnxruntime since 1.17 reads.
OPSET = 17
IR_VERSION = 9

NHWC_TO_NCHW = (0, 3, 1, 2)
NCHW_TO_NHWC = (0, 2, 3, 1)


class OnnxGraph:
    """A graph built node by node; names count upwards, so equal input gives equal bytes."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self._initialisers: list[onnx.TensorProto] = []
        self._values = 0

    @property
    def node_count(self) -> int:
        """Number of nodes so far."""
        return len(self._nodes)

    def constant(self, array: NDArray[Any]) -> str:
        """Return the name of a constant with this content; equal arrays share one.

        Parameters
        ----------
        array
            Any shape; float32 or int64.

        Returns
        -------
        The name by which nodes refer to it.
        """
        packed = np.ascontiguousarray(array).reshape(array.shape)
        # A digest, not the bytes, to avoid a second copy of the network in memory.
        digest = hashlib.sha256(packed.tobytes()).digest()
        key = (packed.dtype.str, packed.shape, digest)
        if key not in self._constants:
            name = f"c{len(self._constants)}"
            self._constants[key] = name
            self._initialisers.append(numpy_helper.from_array(packed, name))
        return self._constants[key]

    def node(
        self, op_type: str, inputs: Sequence[str], output: str | None = None, **attributes: Any
    ) -> str:
        """Append a node with one output.

        Parameters
        ----------
        op_type
            An operator of the default ONNX domain.
        inputs
            Names; an empty name is an absent optional input.
        output
            Name of the result; None generates one.
        **attributes
            The node's attributes.

        Returns
        -------
        The name of the result.
        """
        if output is None:
            output = f"v{self._values}"
            self._values += 1
        self._nodes.append(helper.make_node(op_type, list(inputs), [output], **attributes))
        return output

    def serialise(
        self,
        entry: tuple[str, tuple[int, ...]],
        exits: Sequence[tuple[str, tuple[int, ...]]],
    ) -> bytes:
        """Return the bytes of the checked ONNX file.

        Parameters
        ----------
        entry
            Name and shape of the float32 input.
        exits
            Names and shapes of the float32 outputs.

        Returns
        -------
        The file's content; the same for the same calls.

        Raises
        ------
        ConversionError
            If the full ONNX checker, shape inference included, rejects the graph.
        """
        graph = helper.make_graph(
            self._nodes,
            "toeline",
            [helper.make_tensor_value_info(entry[0], TensorProto.FLOAT, entry[1])],
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n, shape in exits],
            self._initialisers,
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="toeline",
        )
        try:
            onnx.checker.check_model(model, full_check=True)
        except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
            raise ConversionError(f"the ONNX checker rejects the result: {error}") from error
        content: bytes = model.SerializeToString(deterministic=True)
        return content
