"""Options of tflite operators; unknown operators are refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import tflite

from edge.messages.errors import ConversionError


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of an operator; pairs are (height, width).

    Fields that do not apply to a kind of operator keep their neutral value. `activation` is the
    tflite code of the fused activation.
    """

    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    kernel: tuple[int, int] = (1, 1)
    same_padding: bool = False
    activation: int = 0
    axis: int = 0
    block_size: int = 1
    align_corners: bool = False
    half_pixel: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """One supported kind of operator; `inputs` None means any number."""

    inputs: int | None
    table: Any = None
    read: Callable[[Any], Options] = lambda _: Options()


def read_options(kind: str, input_count: int, table: Any) -> Options:
    """Return the options of one operator.

    Parameters
    ----------
    kind
        Its tflite name.
    input_count
        Number of inputs.
    table
        Its options as a flatbuffers table, or None.

    Returns
    -------
    The options; neutral if the file gives none.

    Raises
    ------
    ConversionError
        If the kind is unknown or has an unexpected number of inputs.
    """
    known = KINDS.get(kind)
    if known is None:
        raise ConversionError(f"operator {kind} is not supported")
    if known.inputs not in (None, input_count):
        raise ConversionError(f"{kind} has {input_count} inputs, expected {known.inputs}")
    if known.table is None:
        return Options()
    if table is None:
        raise ConversionError(f"{kind} has no options")
    typed = known.table()
    typed.Init(table.Bytes, table.Pos)
    return known.read(typed)


def _same(padding: int) -> bool:
    if padding not in (tflite.Padding.SAME, tflite.Padding.VALID):
        raise ConversionError(f"padding code {padding} is unknown")
    return bool(padding == tflite.Padding.SAME)


def _convolution(table: Any) -> Options:
    return Options(
        stride=(table.StrideH(), table.StrideW()),
        dilation=(table.DilationHFactor(), table.DilationWFactor()),
        same_padding=_same(table.Padding()),
        activation=table.FusedActivationFunction(),
    )


def _pool(table: Any) -> Options:
    return Options(
        stride=(table.StrideH(), table.StrideW()),
        kernel=(table.FilterHeight(), table.FilterWidth()),
        same_padding=_same(table.Padding()),
        activation=table.FusedActivationFunction(),
    )


def _activation_only(table: Any) -> Options:
    return Options(activation=table.FusedActivationFunction())


def _resize(table: Any) -> Options:
    return Options(
        align_corners=bool(table.AlignCorners()), half_pixel=bool(table.HalfPixelCenters())
    )


def _concatenation(table: Any) -> Options:
    return Options(axis=table.Axis(), activation=table.FusedActivationFunction())


def _depth_to_space(table: Any) -> Options:
    return Options(block_size=table.BlockSize())


KINDS = {
    "ADD": _Kind(inputs=2, table=tflite.AddOptions, read=_activation_only),
    "CONCATENATION": _Kind(inputs=None, table=tflite.ConcatenationOptions, read=_concatenation),
    "CONV_2D": _Kind(inputs=3, table=tflite.Conv2DOptions, read=_convolution),
    "DENSIFY": _Kind(inputs=1),
    "DEPTHWISE_CONV_2D": _Kind(inputs=3, table=tflite.DepthwiseConv2DOptions, read=_convolution),
    "DEPTH_TO_SPACE": _Kind(inputs=1, table=tflite.DepthToSpaceOptions, read=_depth_to_space),
    "DEQUANTIZE": _Kind(inputs=1),
    "LOGISTIC": _Kind(inputs=1),
    "MAX_POOL_2D": _Kind(inputs=1, table=tflite.Pool2DOptions, read=_pool),
    "PAD": _Kind(inputs=2),
    "RESHAPE": _Kind(inputs=2),
    "RESIZE_BILINEAR": _Kind(inputs=2, table=tflite.ResizeBilinearOptions, read=_resize),
}
