"""Reproducible conversion of a BlazePose tflite file into a pruned, checked ONNX file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.messages.errors import ConversionError
from edge.pose.store.conversion.attach import attach_reader, node_count
from edge.pose.store.conversion.operators import Translator
from edge.pose.store.conversion.sparse import densify
from edge.pose.store.conversion.tflite_graph import Graph, Operator, read_graph

INPUT_NAME = "input"

# tflite names of the outputs to keep, and our names, in the order of the ONNX file.
DETECTOR_OUTPUTS = {"Identity": "boxes", "Identity_1": "scores"}
LANDMARK_OUTPUTS = {
    "Identity": "landmarks",
    "Identity_1": "presence",
    "Identity_3": "heatmap",
    "Identity_4": "world",
}
# Inputs of the last convolution before each output; the leg reader uses them.
INNER_OUTPUTS = {"Identity": "features", "Identity_3": "decoder"}

_LANDMARK_NET_OUTPUTS = 5

FOLDED = ("DENSIFY", "DEQUANTIZE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A finished ONNX file: its bytes and its number of nodes."""

    content: bytes
    node_count: int


def convert(content: bytes, reader: bytes | None = None) -> Conversion:
    """Translate a BlazePose tflite file into ONNX, without the segmentation branch.

    Parameters
    ----------
    content
        The file of the detector (two outputs) or of a landmark net (five outputs).
    reader
        The ONNX file of a leg reader, to be merged into a landmark net. Without one, the file has
        the inputs of a reader as outputs.

    Returns
    -------
    ONNX, opset 17 and IR 9, float32; the input is called ``input``, and it and the outputs are in
    NHWC order. Equal content gives equal bytes.

    Raises
    ------
    ConversionError
        If the file is damaged or contains anything without an exact translation.
    """
    graph = read_graph(content)
    if len(graph.outputs) == len(DETECTOR_OUTPUTS):
        return convert_graph(graph, DETECTOR_OUTPUTS)
    if len(graph.outputs) != _LANDMARK_NET_OUTPUTS:
        raise ConversionError(f"expected 2 or 5 outputs, found {len(graph.outputs)}")
    inner = {read_last(graph, output): name for output, name in INNER_OUTPUTS.items()}
    conversion = convert_graph(graph, LANDMARK_OUTPUTS | inner)
    if reader is None:
        return conversion
    joined = attach_reader(conversion.content, reader, frozenset(INNER_OUTPUTS.values()))
    return Conversion(content=joined, node_count=node_count(joined))


def read_last(graph: Graph, output: str) -> str:
    """Return the name of the input tensor of the last convolution before an output.

    Raises
    ------
    ConversionError
        If there is no such output, or no convolution on the first-input path back from it.
    """
    made_by = {index: operator for operator in graph.operators for index in operator.outputs}
    index = next((i for i in graph.outputs if graph.tensors[i].name == output), None)
    while index in made_by:
        operator = made_by[index]
        index = operator.inputs[0]
        if operator.kind == "CONV_2D":
            return graph.tensors[index].name
    raise ConversionError(f"no convolution leads to {output}")


def convert_graph(graph: Graph, keep: Mapping[str, str]) -> Conversion:
    """Translate a network into ONNX, keeping only the wanted outputs.

    Parameters
    ----------
    graph
        Float32 computation, fp16 constants, one NHWC input of batch 1.
    keep
        Names of tflite tensors, final or intermediate, and their names in the ONNX file.

    Returns
    -------
    As `convert`.

    Raises
    ------
    ConversionError
        As `convert`, and if an output to keep does not exist.
    """
    if len(graph.inputs) != 1:
        raise ConversionError(f"expected 1 input, found {len(graph.inputs)}")
    entry = graph.inputs[0]
    kept = _kept_outputs(graph, keep)
    constants, operators = _fold_constants(graph)
    translator = Translator(graph, constants, _live(operators, kept), kept)
    translator.run(entry, INPUT_NAME)
    content = translator.onnx.serialise(
        (INPUT_NAME, graph.tensors[entry].shape),
        [(name, graph.tensors[index].shape) for index, name in kept.items()],
    )
    return Conversion(content=content, node_count=translator.onnx.node_count)


def _kept_outputs(graph: Graph, keep: Mapping[str, str]) -> dict[int, str]:
    made = [index for operator in graph.operators for index in operator.outputs]
    by_name = {graph.tensors[index].name: index for index in made}
    missing = sorted(set(keep) - set(by_name))
    if missing:
        outputs = sorted(graph.tensors[index].name for index in graph.outputs)
        raise ConversionError(f"no output named {', '.join(missing)}; found {outputs}")
    return {by_name[old]: new for old, new in keep.items()}


def _fold_constants(graph: Graph) -> tuple[dict[int, NDArray[Any]], list[Operator]]:
    """Return the values of all constants, and the operators left to execute."""
    values = {
        index: tensor.data
        for index, tensor in enumerate(graph.tensors)
        if tensor.data is not None and tensor.sparsity is None
    }
    remaining = []
    for operator in graph.operators:
        if operator.kind not in FOLDED:
            remaining.append(operator)
            continue
        source, target = operator.inputs[0], operator.outputs[0]
        if operator.kind == "DENSIFY":
            values[target] = _dense(graph, source)
        elif source in values and values[source].dtype == np.float16:
            values[target] = values[source].astype(np.float32)
        else:
            raise ConversionError(
                f"DEQUANTIZE: {graph.tensors[source].name} is not a constant of type float16"
            )
    return values, remaining


def _dense(graph: Graph, index: int) -> NDArray[Any]:
    tensor = graph.tensors[index]
    if tensor.data is None or tensor.sparsity is None:
        raise ConversionError(f"DENSIFY: {tensor.name} is not a packed constant")
    return densify(tensor.data, tensor.shape, tensor.sparsity)


def _live(operators: list[Operator], outputs: Mapping[int, str]) -> list[Operator]:
    """Return the operators that the outputs depend on, in their order."""
    wanted = set(outputs)
    live = []
    for operator in reversed(operators):
        if wanted.intersection(operator.outputs):
            wanted.update(operator.inputs)
            live.append(operator)
    return live[::-1]
