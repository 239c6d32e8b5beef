"""Puts the real output of every command into the README and the pages of docs/ that show some.

    python scripts/readme.py          # rewrites them
    python scripts/readme.py --check  # fails where one differs

A line `<!-- costplan ... -->` is followed by a block with the command and what it prints. Commands
run in a copy of `scenarios/`, where `broken.yaml` is the file below.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from costplan.cli import main as costplan

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "docs/decisions.md")
BROKEN = """\
name: Support
start: 2026-12
month: 12
workloads:
  chat:
    demand: {requests: 12k/dya}
    request: {input: 500, output: 300}
    routing: {mix: {openai/gpt-6-lunar: 85%, anthropic/claude-haiku-5-5: 10%}}
"""
BLOCK = re.compile(
    r"<!-- (?P<command>(?:costplan|cat) [^\n]*) -->\n(?:\n```console\n.*?\n```\n)?", re.DOTALL
)


def refreshed(text: str) -> str:
    """A page with every block as the commands print it now."""
    with surroundings():
        return BLOCK.sub(lambda match: block(match["command"]), text)


def block(command: str) -> str:
    """One command and its output."""
    return f"<!-- {command} -->\n\n```console\n$ {command}\n{output(command)}\n```\n"


def output(command: str) -> str:
    """What the command prints on standard output; in an error also on standard error."""
    program, *arguments = shlex.split(command)
    if program == "cat":
        return Path(arguments[0]).read_text("utf-8").rstrip("\n")
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = costplan(arguments)
    printed = out.getvalue() or err.getvalue()
    return "\n".join(line.rstrip() for line in printed.splitlines()) + (
        f"\n$ echo $?\n{code}" if code else ""
    )


@contextlib.contextmanager
def surroundings() -> Iterator[None]:
    """A copy of the examples as the current folder, 100 columns, no memory of earlier counts."""
    before, folder = Path.cwd(), tempfile.mkdtemp()
    shutil.copytree(ROOT / "scenarios", folder, dirs_exist_ok=True)
    (Path(folder) / "broken.yaml").write_text(BROKEN, encoding="utf-8")
    changed = {"COLUMNS": "100", "XDG_CACHE_HOME": folder, "NO_COLOR": "1"}
    kept = {name: os.environ.get(name) for name in changed}
    os.environ.update(changed)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
        shutil.rmtree(folder)
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def main() -> int:
    """Rewrite or check."""
    differ = 0
    for name in PAGES:
        text = (ROOT / name).read_text("utf-8")
        new = refreshed(text)
        if "--check" in sys.argv:
            differ |= int(new != text)
        else:
            (ROOT / name).write_text(new, encoding="utf-8")
            print(f"{name}: {len(BLOCK.findall(new))} blocks")
    return differ


if __name__ == "__main__":
    sys.exit(main())
