"""The command line: arguments, streams, exit codes; nothing else.

Standard output is data, standard error is narration. Only here are the clock, the environment and
the terminal looked at. Every verb imports what it needs when it runs, so that `--help` is quick.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from costplan.errors import CostplanError, FileError

BROKEN_PIPE = 141
"""What a shell shows for a program whose reader went away: 128 + SIGPIPE."""
INTERRUPTED = 130
INTERNAL = 70
"""A bug in costplan (EX_SOFTWARE)."""
_BEFORE_GARBAGE = 400_000
"""Objects made before it is looked for: more than loading makes, which all stays."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the arguments after the program's name; those of the process when None.

    Returns:
        The exit code: 0 fine, 1 over budget, 2 a usage, syntax or schema problem, 3 an unknown
        model or a missing price; 130 interrupted, 141 a reader went away, 70 a bug.
    """
    # Python's own 700 would cost a tenth of every start, and find next to nothing.
    gc.set_threshold(_BEFORE_GARBAGE, 20, 20)
    from costplan.cli.parser import parse
    from costplan.cli.streams import forget_stdin

    forget_stdin()
    try:
        arguments = parse(sys.argv[1:] if argv is None else argv)
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse, after --help, --version or a wrong option
        return stop.code if isinstance(stop.code, int) else 2
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _abandon_output()
        return BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - a traceback never reaches a user
        return _failed(error)
    return code


def _failed(error: Exception) -> int:
    """Say what went wrong, and which exit code that is."""
    from costplan.cli.streams import note, reason

    if isinstance(error, FileError):
        note(str(error))  # file:line:column: path: message, as editors and CI read it
        return error.exit_code
    if isinstance(error, CostplanError):
        note(f"costplan: {error}")
        return error.exit_code
    if isinstance(error, OSError):
        note(": ".join(filter(None, ("costplan", _named(error), reason(error)))))
        return 2
    if os.environ.get("COSTPLAN_TRACEBACK"):
        raise error
    note(
        f"costplan: this is a bug in costplan: {type(error).__name__}: {error}\n"
        "(set COSTPLAN_TRACEBACK=1 to see where)"
    )
    return INTERNAL


def _named(error: OSError) -> str:
    return str(error.filename) if error.filename else ""


def _abandon_output() -> None:
    """Point standard output at nothing, or Python complains about the pipe once more at exit."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return
