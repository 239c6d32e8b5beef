"""The verbs, and a parser that names the nearest right word for a wrong one."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from costplan import __version__
from costplan.errors import suggestion

_DESCRIPTION = """\
Plan what LLM workloads will cost before they run: a scenario file in, spend by month, model and
workload out, with its range. Without a command, the interface opens."""
_EPILOG = """\
start here:
  costplan plan support-assistant.yaml      the plan of an example that ships with costplan
  costplan new                              templates to start your own from
  costplan COMMAND --help                   the options of one command

exit codes: 0 fine; 1 over budget (plan --check-budget); 2 a usage, syntax or schema problem;
3 an unknown model or a missing price"""

_MODULES = {
    "open": "interface",
    "serve": "serve",
    "plan": "plan",
    "compare": "compare",
    "sensitivity": "sensitivity",
    "breakeven": "breakeven",
    "goal": "goal",
    "optimize": "optimize",
    "tokens": "tokens",
    "calibrate": "calibrate",
    "rate": "rate",
    "prices": "prices",
    "check": "files",
    "new": "files",
    "schema": "files",
}
"""The verbs in the order of the help, and where below `costplan.cli` they are."""


class _Help(argparse.RawDescriptionHelpFormatter):
    """Argparse forgets that commands are set in, and breaks the line of the longest; this knows."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog)
        self._action_max_length = len("    sensitivity")


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` whose errors are one sentence with the nearest right name."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("formatter_class", _Help)
        super().__init__(allow_abbrev=False, **settings)

    def parse_known_args(  # type: ignore[override] # typeshed overloads it; this takes all forms
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """Parse, after refusing options that do not exist.

        Argparse itself complains first about what is missing, and so hides the misspelling.
        """
        for word in args or ():
            name = word.partition("=")[0]
            if word == "--" or (self._subparsers and not word.startswith("-")):
                break
            if word.startswith("--") and name not in self._option_string_actions:
                hint = suggestion(name, self._option_string_actions, all_below=0)
                self.error(f"unknown option {name!r}{hint}")
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments and end with exit code 2."""
        self.exit(2, f"{self.prog}: {_said(message)}\nTry '{self.prog} --help'.\n")


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments, with `run` set to the function of their verb.

    Raises:
        SystemExit: after `--help` or `--version`, or when the arguments are wrong.
    """
    return build(argv[0] if argv else "").parse_args(list(argv))


def build(verb: str = "") -> Parser:
    """The parser: with one verb, so that the others need not be loaded, or with all.

    Args:
        verb: the one; all where it is none of them.
    """
    from costplan.cli.interface import open_default

    parser = Parser(prog="costplan", description=_DESCRIPTION, epilog=_EPILOG)
    parser.add_argument("--version", action="version", version=f"costplan {__version__}")
    parser.set_defaults(run=open_default)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    wanted = [_MODULES[verb]] if verb in _MODULES else dict.fromkeys(_MODULES.values())
    for module in wanted:
        import_module(f"costplan.cli.{module}").add_to(commands)
    return parser


def _said(message: str) -> str:
    """Argparse's message, with a hint where it is about a word that is not a choice."""
    wrong = re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)", message)
    if not wrong:
        return message.removeprefix("argument ")
    known = re.findall(r"[\w-]+", wrong[2])
    where = re.match(r"argument (\S+):", message)
    what = where[1] if where and where[1] != "COMMAND" else "command"
    hint = suggestion(wrong[1], known, all_below=20)
    if what == "command" and re.search(r"[./]", wrong[1]):
        hint = f"; to open a file, write 'costplan open {wrong[1]}'"
    return f"unknown {what} {wrong[1]!r}{hint}"
