"""The SAME padding of tflite."""

from collections.abc import Sequence

from edge.pose.store.conversion.operator_options import Options

# (top, left, bottom, right), pixels: the order of an ONNX `pads` attribute.
Border = tuple[int, int, int, int]


def same_padding(size: int, kernel: int, stride: int = 1, dilation: int = 1) -> tuple[int, int]:
    """Return the number of pixels that SAME padding adds before and after one axis.

    Parameters
    ----------
    size
        Length of the input along the axis, pixels.
    kernel, stride, dilation
        Of the convolution or pool along the axis, pixels.

    Returns
    -------
    Before and after; if the total is odd, the extra pixel goes after.

    Notes
    -----
    Source: the padding rule of the tflite runtime. Differs: none.

    Examples
    --------
    >>> same_padding(224, kernel=3, stride=2)
    (0, 1)
    """
    steps = -(-size // stride)
    total = max((steps - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def same_border(height: int, width: int, kernel: Sequence[int], options: Options) -> Border:
    """Return the border of an image for one operator: that of SAME, or none for VALID.

    Parameters
    ----------
    height, width
        Of the input, pixels.
    kernel
        (height, width), pixels.
    options
        Stride, dilation and the kind of padding.

    Returns
    -------
    (top, left, bottom, right), pixels.
    """
    if not options.same_padding:
        return (0, 0, 0, 0)
    top, bottom = same_padding(height, kernel[0], options.stride[0], options.dilation[0])
    left, right = same_padding(width, kernel[1], options.stride[1], options.dilation[1])
    return (top, left, bottom, right)
