"""``python -m edge`` is the same program as ``toeline``."""

from edge.cli import main

if __name__ == "__main__":
    main()
