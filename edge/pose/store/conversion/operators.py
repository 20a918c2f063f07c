"""Translation of tflite operators into ONNX nodes, with the body in NCHW order."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.messages.errors import ConversionError
from edge.pose.store.conversion.onnx_graph import NCHW_TO_NHWC, NHWC_TO_NCHW, OnnxGraph
from edge.pose.store.conversion.padding import Border, same_border
from edge.pose.store.conversion.tflite_graph import Graph, Operator

CONVOLUTIONS = ("CONV_2D", "DEPTHWISE_CONV_2D")

# tflite codes of the supported fused activations.
NO_ACTIVATION, RELU, RELU6 = 0, 1, 3


class Translator:
    """Translator of operators, in order, that keeps the ONNX name of every tensor so far.

    Parameters
    ----------
    graph
        The network being read; its shapes are in NHWC order.
    constants
        Value of every constant tensor, by index; dense, float32 or int32.
    operators
        Operators to translate, in order.
    outputs
        Names to give to output tensors, by index.
    """

    def __init__(
        self,
        graph: Graph,
        constants: Mapping[int, NDArray[Any]],
        operators: Sequence[Operator],
        outputs: Mapping[int, str],
    ) -> None:
        self.onnx = OnnxGraph()
        self._graph = graph
        self._constants = constants
        self._operators = operators
        # A four-dimensional output gets its name only after the transpose back to NHWC.
        self._transposed = {i: n for i, n in outputs.items() if len(graph.tensors[i].shape) == 4}
        self._direct = {i: n for i, n in outputs.items() if i not in self._transposed}
        self._names: dict[int, str] = {}
        self._uses = Counter(index for operator in operators for index in operator.inputs)
        self._uses.update(list(outputs))
        self._readers = {index: operator for operator in operators for index in operator.inputs}
        self._folded: dict[int, tuple[int, Border]] = {}

    def run(self, input_index: int, input_name: str) -> None:
        """Append the nodes of the whole network.

        Parameters
        ----------
        input_index, input_name
            The input tensor and its name; shape (1, height, width, channels).

        Raises
        ------
        ConversionError
            If an operator, its activation or the shape of its tensors is not supported.
        """
        self._image(input_index)
        self._names[input_index] = self.onnx.node(
            "Transpose", [input_name], perm=list(NHWC_TO_NCHW)
        )
        for operator in self._operators:
            if operator.kind not in EMITTERS:
                raise ConversionError(f"operator {operator.kind} is not supported here")
            EMITTERS[operator.kind](self, operator)
        for index, name in self._transposed.items():
            self.onnx.node("Transpose", [self._name(index)], name, perm=list(NCHW_TO_NHWC))

    def _shape(self, index: int) -> tuple[int, ...]:
        return self._graph.tensors[index].shape

    def _image(self, index: int) -> tuple[int, int, int]:
        """Return height, width and channels of a tensor that must be one NHWC image."""
        shape = self._shape(index)
        if len(shape) != 4 or shape[0] != 1:
            name = self._graph.tensors[index].name
            raise ConversionError(f"{name}: shape {shape}, expected (1, height, width, channels)")
        return shape[1:]

    def _name(self, index: int) -> str:
        if index not in self._names:
            raise ConversionError(f"{self._graph.tensors[index].name}: used before it is computed")
        return self._names[index]

    def _constant(self, index: int, rank: int) -> NDArray[Any]:
        value = self._constants.get(index)
        if value is None or value.ndim != rank:
            name = self._graph.tensors[index].name
            raise ConversionError(f"{name}: expected a constant of {rank} dimensions")
        return value

    def _finish(
        self, operator: Operator, op_type: str, inputs: Sequence[str], **attributes: Any
    ) -> None:
        """Append the final node of an operator, and its fused activation."""
        index = operator.outputs[0]
        output = self._direct.get(index)
        activation = operator.options.activation
        if activation == NO_ACTIVATION:
            self._names[index] = self.onnx.node(op_type, inputs, output, **attributes)
            return
        raw = self.onnx.node(op_type, inputs, **attributes)
        if activation == RELU:
            self._names[index] = self.onnx.node("Relu", [raw], output)
        elif activation == RELU6:
            limits = [self.onnx.constant(np.array(x, dtype=np.float32)) for x in (0.0, 6.0)]
            self._names[index] = self.onnx.node("Clip", [raw, *limits], output)
        else:
            raise ConversionError(f"{operator.kind}: fused activation {activation} is unknown")

    def _convolution(self, operator: Operator) -> None:
        source, weights_index, bias_index = operator.inputs
        options = operator.options
        weights = self._constant(weights_index, rank=4)
        height, width, channels = self._image(source)
        if operator.kind == "CONV_2D":
            group, kernels = 1, weights.transpose(0, 3, 1, 2)
        else:
            group, kernels = channels, weights.transpose(3, 0, 1, 2)
        if kernels.shape[1] * group != channels:
            raise ConversionError(
                f"{operator.kind}: weights {weights.shape} do not fit {channels} input channels"
            )
        # SAME is computed from the padded size, so a folded PAD simply adds to it.
        border = same_border(height, width, kernels.shape[2:], options)
        source, extra = self._folded.get(source, (source, (0, 0, 0, 0)))
        self._finish(
            operator,
            "Conv",
            [
                self._name(source),
                self.onnx.constant(kernels),
                self.onnx.constant(self._constant(bias_index, rank=1)),
            ],
            group=group,
            kernel_shape=list(kernels.shape[2:]),
            strides=list(options.stride),
            dilations=list(options.dilation),
            pads=[own + more for own, more in zip(border, extra, strict=True)],
        )

    def _max_pool(self, operator: Operator) -> None:
        options = operator.options
        height, width, _ = self._image(operator.inputs[0])
        self._finish(
            operator,
            "MaxPool",
            [self._name(operator.inputs[0])],
            kernel_shape=list(options.kernel),
            strides=list(options.stride),
            pads=list(same_border(height, width, options.kernel, options)),
        )

    def _pad(self, operator: Operator) -> None:
        source, result = operator.inputs[0], operator.outputs[0]
        paddings = self._constant(operator.inputs[1], rank=2).astype(np.int64)
        if paddings.shape != (4, 2):
            raise ConversionError(f"PAD: paddings of shape {paddings.shape}, expected (4, 2)")
        reader = self._readers.get(result)
        alone = reader is not None and reader.kind in CONVOLUTIONS and self._uses[result] == 1
        if alone and not paddings[[0, 3]].any():
            (top, bottom), (left, right) = paddings[1:3].tolist()
            self._folded[result] = (source, (top, left, bottom, right))
            return
        begins_ends = paddings[list(NHWC_TO_NCHW)].T.ravel()
        inputs = [self._name(source), self.onnx.constant(begins_ends)]
        self._finish(operator, "Pad", inputs, mode="constant")

    def _add(self, operator: Operator) -> None:
        computed = [self._shape(index) for index in operator.inputs if index not in self._constants]
        if any(shape != self._shape(operator.outputs[0]) for shape in computed):
            raise ConversionError(f"ADD: computed operands {computed} would need broadcasting")
        self._finish(operator, "Add", [self._addend(index) for index in operator.inputs])

    def _addend(self, index: int) -> str:
        value = self._constants.get(index)
        if value is None:
            return self._name(index)
        if value.ndim == 4:
            return self.onnx.constant(value.transpose(NHWC_TO_NCHW))
        if value.ndim == 1:
            return self.onnx.constant(value.reshape(1, -1, 1, 1))
        raise ConversionError(f"ADD: constant operand of shape {value.shape} is not supported")

    def _resize(self, operator: Operator) -> None:
        options = operator.options
        mode = "half_pixel" if options.half_pixel else "asymmetric"
        if options.align_corners:
            mode = "align_corners"
        height, width, channels = self._image(operator.outputs[0])
        sizes = self.onnx.constant(np.array([1, channels, height, width], dtype=np.int64))
        self._finish(
            operator,
            "Resize",
            [self._name(operator.inputs[0]), "", "", sizes],
            mode="linear",
            coordinate_transformation_mode=mode,
        )

    def _depth_to_space(self, operator: Operator) -> None:
        size = operator.options.block_size
        name = self._name(operator.inputs[0])
        self._finish(operator, "DepthToSpace", [name], blocksize=size, mode="DCR")

    def _logistic(self, operator: Operator) -> None:
        self._finish(operator, "Sigmoid", [self._name(operator.inputs[0])])

    def _reshape(self, operator: Operator) -> None:
        source, target = operator.inputs[0], self._shape(operator.outputs[0])
        if len(target) == 4:
            raise ConversionError(f"RESHAPE: a four-dimensional result {target} is not supported")
        name, shape = self._name(source), self._shape(source)
        # A single pixel is the same in both orders; larger images must go back to NHWC first.
        if len(shape) == 4 and shape[1] * shape[2] > 1:
            name = self.onnx.node("Transpose", [name], perm=list(NCHW_TO_NHWC))
        sizes = self.onnx.constant(np.array(target, dtype=np.int64))
        self._finish(operator, "Reshape", [name, sizes])

    def _concatenation(self, operator: Operator) -> None:
        target = self._shape(operator.outputs[0])
        if len(target) != 3:
            raise ConversionError(f"CONCATENATION: result {target}, expected three dimensions")
        names = [self._name(index) for index in operator.inputs]
        self._finish(operator, "Concat", names, axis=operator.options.axis)


EMITTERS: dict[str, Callable[[Translator, Operator], None]] = {
    "ADD": Translator._add,
    "CONCATENATION": Translator._concatenation,
    "CONV_2D": Translator._convolution,
    "DEPTHWISE_CONV_2D": Translator._convolution,
    "DEPTH_TO_SPACE": Translator._depth_to_space,
    "LOGISTIC": Translator._logistic,
    "MAX_POOL_2D": Translator._max_pool,
    "PAD": Translator._pad,
    "RESHAPE": Translator._reshape,
    "RESIZE_BILINEAR": Translator._resize,
}
