"""The user's own editor, opened on the file."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import PurePath

_TAKES_LINE = {"vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "ne"}
"""Editors that are told the line as `+LINE` before the file."""


def command_for(editor: str, path: str, line: int) -> list[str]:
    """The command that opens a file at a line, as far as the editor takes one.

    Args:
        editor: as `VISUAL` or `EDITOR` name it, options included.
        path: the file.
        line: from 1.

    Raises:
        ValueError: a quote in the name is not closed, or there is none.
    """
    words = shlex.split(editor)
    if not words:
        raise ValueError("no editor is named; set VISUAL or EDITOR")
    at = [f"+{line}"] if PurePath(words[0]).name in _TAKES_LINE else []
    return [*words, *at, path]


def edit_outside(editor: str, path: str, line: int) -> str:
    """Run the editor until the user leaves it.

    Returns:
        Why it did not run; empty where it did.
    """
    try:
        subprocess.run(command_for(editor, path, line), check=False)  # noqa: S603 - the user's own
    except (OSError, ValueError) as error:
        return f"cannot open {editor or 'an editor'}: {error}"
    return ""
