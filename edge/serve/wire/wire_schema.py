"""Generator of the page's wire files: a JSON schema and TypeScript declarations.

``python -m edge.serve.wire.wire_schema web_display`` writes both; a test compares them with the
code.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final, get_args

import msgspec

from edge.serve.wire import binary, protocol

SCHEMA_NAME: Final = "wire.schema.json"
TYPES_NAME: Final = "wire.d.ts"

_UNIONS: Final = {
    "Text": protocol.Text,
    "Header": binary.Header,
    "FromClient": protocol.FromClient,
}
_REF: Final = "#/$defs/"
_PLAIN: Final = {
    "integer": "number",
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "null": "null",
}


def schema_text() -> str:
    """Return the JSON schema (2020-12) of every message and binary header."""
    kinds = [kind for union in _UNIONS.values() for kind in get_args(union) or (union,)]
    _, definitions = msgspec.json.schema_components(kinds, ref_template=_REF + "{name}")
    for name, union in _UNIONS.items():
        members = [kind.__name__ for kind in get_args(union) or (union,)]
        definitions[name] = {"anyOf": [{"$ref": _REF + member} for member in members]}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Toeline wire format",
        "description": (protocol.__doc__ or "").strip(),
        "anyOf": [{"$ref": _REF + name} for name in _UNIONS],
        "$defs": dict(sorted(definitions.items())),
    }
    return json.dumps(schema, indent=1) + "\n"


def types_text() -> str:
    """Return the matching TypeScript declarations, which the pages' JSDoc refers to."""
    definitions = json.loads(schema_text())["$defs"]
    parts = ["// Generated from edge/serve/wire/protocol.py by edge/serve/wire/wire_schema.py.\n"]
    parts += [_declaration(name, definition) for name, definition in definitions.items()]
    return "\n".join(parts)


def write(folder: Path) -> None:
    """Write both files into a folder."""
    (folder / SCHEMA_NAME).write_text(schema_text(), encoding="utf-8")
    (folder / TYPES_NAME).write_text(types_text(), encoding="utf-8")


def _declaration(name: str, definition: dict[str, Any]) -> str:
    comment = " ".join(definition.get("description", "").split())
    lines = [f"/** {comment} */"] if comment else []
    if definition.get("type") == "object":
        lines.append(f"export interface {name} {{")
        needed = definition.get("required", ())
        lines += [
            f"  {key}{'' if key in needed else '?'}: {_type(value)};"
            for key, value in definition["properties"].items()
        ]
        lines.append("}\n")
    else:
        lines.append(f"export type {name} = {_type(definition)};\n")
    return "\n".join(lines)


def _type(node: dict[str, Any]) -> str:
    """Return the TypeScript type of a schema node."""
    if "$ref" in node:
        return str(node["$ref"]).removeprefix(_REF)
    if "enum" in node:
        return " | ".join(json.dumps(value) for value in node["enum"])
    if "anyOf" in node:
        return " | ".join(_type(option) for option in node["anyOf"])
    if node.get("type") == "array":
        if "prefixItems" in node:
            return "[" + ", ".join(_type(item) for item in node["prefixItems"]) + "]"
        return f"Array<{_type(node['items'])}>"
    if node["type"] == "object":
        return f"{{ [name: string]: {_type(node['additionalProperties'])} }}"
    return _PLAIN[node["type"]]


if __name__ == "__main__":
    write(Path(sys.argv[1]))
