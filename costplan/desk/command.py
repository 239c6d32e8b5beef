"""The command line that shows what a screen shows."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from costplan.desk.whatif import WhatIf


def command_line(path: str, what_if: WhatIf, options: Sequence[str] = ()) -> str:
    """`costplan plan` on a file with a what-if, quoted for a shell.

    Args:
        path: the scenario file.
        what_if: the variant and the values that were changed.
        options: more words of the command, such as `--draws`, `1000`.
    """
    words = ["costplan", "plan", f"./{path}" if path.startswith("-") else path]
    if what_if.variant is not None:
        words.append(f"--variant={what_if.variant}")
    for setting in what_if.settings:
        words += ["--set", "=".join(setting)]
    return shlex.join([*words, *options])
