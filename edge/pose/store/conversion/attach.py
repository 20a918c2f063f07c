"""Merging of the leg reader into a landmark network, so that one inference runs both."""

import onnx
from google.protobuf.message import DecodeError
from onnx import compose

from edge.messages.errors import ConversionError

_REJECTED = (onnx.checker.ValidationError, onnx.shape_inference.InferenceError)


def node_count(content: bytes) -> int:
    """Return the number of nodes in an ONNX file."""
    return len(onnx.load_from_string(content).graph.node)


def attach_reader(network: bytes, reader: bytes, drop: frozenset[str]) -> bytes:
    """Connect outputs of a network to the reader inputs of the same names.

    Parameters
    ----------
    network
        A converted landmark network with its inner outputs.
    reader
        The ONNX file of a leg reader.
    drop
        Outputs of the network that only the reader needs.

    Returns
    -------
    One ONNX file with the network's remaining outputs and those of the reader; equal content gives
    equal bytes.

    Raises
    ------
    ConversionError
        If the two do not fit together.
    """
    try:
        base, more = onnx.load_from_string(network), onnx.load_from_string(reader)
        wanted = [i.name for i in more.graph.input]
        kept = [o.name for o in base.graph.output if o.name not in drop]
        joined = compose.merge_models(
            base,
            compose.add_prefix(more, "reader_", rename_inputs=False, rename_outputs=False),
            io_map=[(name, name) for name in wanted],
            outputs=[*kept, *(o.name for o in more.graph.output)],
            producer_name="toeline",
        )
        onnx.checker.check_model(joined, full_check=True)
    except (ValueError, DecodeError, *_REJECTED) as error:
        said = " ".join(str(error).split())
        raise ConversionError(f"the leg reader does not fit the network: {said}") from error
    content: bytes = joined.SerializeToString(deterministic=True)
    return content
