"""Read the store under DIR, which is on a read-only file system.

python tests/record/read_only_store.py DIR OUT
"""

import os
import sys
from pathlib import Path

from typer.testing import CliRunner

from edge.cli.main import app


def said(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, ["sessions", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.stdout


def main() -> None:
    data, out = Path(sys.argv[1]), Path(sys.argv[2])
    os.environ["TOELINE_DATA"] = str(data)
    before = sorted(path.name for path in data.iterdir())
    assert "r-1" in said("list")
    assert '"processed": 240' in said("show", "last", "--json")
    said("export", "last", "--format", "folder", "--out", out)
    said("report", "last", "--out", out / "report.html")
    assert "identical" in said("replay", "last")
    refused = CliRunner().invoke(app, ["sessions", "delete", "last", "--yes"])
    assert refused.exit_code == 1, refused.output
    assert refused.stderr.count("\n") == 1, refused.stderr
    assert sorted(path.name for path in data.iterdir()) == before
    print("as before", refused.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
