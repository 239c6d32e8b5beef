"""The command line that prints what an interface shows."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from costplan.desk.desk import Desk
from costplan.desk.whatif import WhatIf


def command_line(
    desk: Desk, what_if: WhatIf, *, verb: str = "plan", more: Sequence[str] = ()
) -> str:
    """A verb on the open file with a what-if laid over it, quoted for a shell.

    Args:
        desk: what was said when it was opened is said again: prices, draws, settings.
        what_if: the variant and the values that were changed.
        verb: of those that take a file, a variant and settings.
        more: further words, such as `--by`, `owner`.
    """
    words = [
        "costplan",
        *verb.split(),
        f"./{desk.path}" if desk.path.startswith("-") else desk.path,
    ]
    if what_if.variant is not None:
        words.append(f"--variant={what_if.variant}")
    for setting in (*desk.settings, *what_if.settings):
        words += ["--set", "=".join(setting)]
    return shlex.join([*words, *desk.options, *more])


def told(desk: Desk, *names: str) -> tuple[str, ...]:
    """Of the options said when the desk was opened, those with one of these names, to say again."""
    return tuple(option for option in desk.options if option.partition("=")[0] in names)


def words_line(*words: str) -> str:
    """A command line of `costplan`, quoted for a shell."""
    return shlex.join(["costplan", *words])
