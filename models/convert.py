"""Convert one BlazePose tflite file to ONNX: `python models/convert.py IN.tflite OUT.onnx`.

With `--reader models/leg_reader_full.onnx`, join the leg reader to it, as `pull` does.
"""

import argparse
import hashlib
import sys
from pathlib import Path

from edge.messages.errors import ConversionError
from edge.pose.store.conversion.convert import convert


def main() -> int:
    """Convert the file named on the command line.

    Returns
    -------
    0 on success, 1 on failure.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", metavar="IN.tflite", type=Path)
    parser.add_argument("target", metavar="OUT.onnx", type=Path)
    parser.add_argument("--reader", type=Path)
    arguments = parser.parse_args()
    try:
        reader = arguments.reader.read_bytes() if arguments.reader else None
        conversion = convert(arguments.source.read_bytes(), reader)
        arguments.target.write_bytes(conversion.content)
    except (ConversionError, OSError) as error:
        sys.stderr.write(f"{parser.prog}: {error}\n")
        return 1
    digest = hashlib.sha256(conversion.content).hexdigest()
    sys.stdout.write(f"{digest}  {arguments.target} ({conversion.node_count} nodes)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
