"""Run a notebook's code without Jupyter, and rewrite its outputs.

Run ``python tests/notebook.py docs/getting-started.ipynb`` after changing its code.
"""

import ast
import contextlib
import io
import json
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the code cells."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def run_cells(notebook: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Run all code cells in one namespace; return each cell's outputs in notebook format."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    return [
        _run("".join(cell["source"]), namespace, number)
        for number, cell in enumerate(code_cells(notebook), 1)
    ]


def text_of(outputs: list[dict[str, Any]]) -> str:
    """Return a cell's outputs as text."""
    return "".join(
        "".join(output["text"] if "text" in output else output["data"]["text/plain"])
        for output in outputs
    )


def _run(source: str, namespace: dict[str, Any], number: int) -> list[dict[str, Any]]:
    body = ast.parse(source).body
    # As in Jupyter, an expression at the end of a cell is shown.
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    printed = io.StringIO()
    shown = None
    with contextlib.redirect_stdout(printed):
        exec(compile(ast.Module(body, []), f"cell {number}", "exec"), namespace)
        if isinstance(last, ast.Expr):
            code = compile(ast.Expression(last.value), f"cell {number}", "eval")
            shown = eval(code, namespace)
    outputs: list[dict[str, Any]] = []
    if text := printed.getvalue():
        outputs.append({"name": "stdout", "output_type": "stream", "text": _lines(text)})
    if shown is not None:
        outputs.append(
            {
                "data": _shown(shown),
                "execution_count": number,
                "metadata": {},
                "output_type": "execute_result",
            }
        )
    return outputs


def _shown(value: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"text/plain": _lines(repr(value))}
    if hasattr(value, "savefig"):
        picture = io.BytesIO()
        value.savefig(picture, format="png", dpi=72, metadata={"Software": None})
        data["image/png"] = b64encode(picture.getvalue()).decode()
    return data


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    document = json.loads(path.read_text(encoding="utf-8"))
    results = run_cells(document)
    for place, (cell, outputs) in enumerate(zip(code_cells(document), results, strict=True), 1):
        cell["outputs"], cell["execution_count"] = outputs, place
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
