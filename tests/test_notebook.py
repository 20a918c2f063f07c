"""The documentation's notebook runs, and its stored outputs are current."""

import json
import re
from pathlib import Path

import pytest
from notebook import code_cells, run_cells, text_of

NOTEBOOK = Path(__file__).parent.parent / "docs" / "getting-started.ipynb"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def test_its_code_runs_and_its_figures_stay() -> None:
    """Otherwise: python tests/notebook.py docs/getting-started.ipynb."""
    document = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    kept = [text_of(cell["outputs"]) for cell in code_cells(document)]
    now = [text_of(outputs) for outputs in run_cells(document)]
    assert [_NUMBER.sub("#", text) for text in now] == [_NUMBER.sub("#", text) for text in kept]
    # Another processor may add in another order.
    assert _numbers(now) == pytest.approx(_numbers(kept), rel=1e-3, abs=0.02)
    assert any("image/png" in o.get("data", {}) for c in code_cells(document) for o in c["outputs"])


def _numbers(texts: list[str]) -> list[float]:
    return [float(number) for text in texts for number in _NUMBER.findall(text)]
