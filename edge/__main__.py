"""``python -m edge`` is the same program as ``toeline``."""

import sys


def main() -> None:
    """Run the program; Ctrl-C while it is still being loaded is said in one sentence, too."""
    try:
        from edge.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("toeline: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
