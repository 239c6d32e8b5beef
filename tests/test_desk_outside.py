"""The user's own editor: which command it is, and what is told when it cannot run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from costplan.desk.outside import command_for, edit_outside


@pytest.mark.parametrize(
    ("editor", "command"),
    [
        ("vi", ["vi", "+7", "plan.yaml"]),
        ("/usr/bin/nano -w", ["/usr/bin/nano", "-w", "+7", "plan.yaml"]),
        ("code --wait", ["code", "--wait", "plan.yaml"]),
        ("'/opt/my editor/ed'", ["/opt/my editor/ed", "plan.yaml"]),
    ],
)
def test_the_line_is_told_to_who_takes_one(editor: str, command: list[str]) -> None:
    assert command_for(editor, "plan.yaml", 7) == command


def test_it_edits_the_file(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    script = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text('typed')"
    assert edit_outside(f'{sys.executable} -c "{script}"', str(file), 1) == ""
    assert file.read_text("utf-8") == "typed"


@pytest.mark.parametrize(
    ("editor", "says"),
    [("", "set VISUAL or EDITOR"), ("nowhere-to-be-found", "No such file"), ("vi 'x", "quotation")],
)
def test_why_it_did_not_run(editor: str, says: str) -> None:
    assert says in edit_outside(editor, "plan.yaml", 1)
