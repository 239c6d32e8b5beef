"""Commented scenarios to begin with: what `costplan new` writes."""

from __future__ import annotations

from dataclasses import dataclass

from costplan.resources import shipped

SCHEMA_FILE = "costplan.schema.json"
"""What a new scenario's first line points editors to; `costplan new` writes it beside."""


@dataclass(frozen=True, slots=True)
class Template:
    """A scenario to copy."""

    name: str
    summary: str
    """Its description, in one line."""
    text: str


def templates() -> tuple[Template, ...]:
    """Every template, by name."""
    folder = shipped("scenarios") / "templates"
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    return tuple(
        _template(file.name.removesuffix(".yaml"), file.read_text("utf-8"))
        for file in files
        if file.name.endswith(".yaml")
    )


def _template(name: str, text: str) -> Template:
    lines = text.splitlines()
    described = next(line for line in lines if line.startswith("description: "))
    here = text.replace("$schema=../schema.json", f"$schema={SCHEMA_FILE}", 1)
    return Template(name, described.removeprefix("description: "), here)
