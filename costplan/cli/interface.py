"""`costplan` and `costplan open FILE`: the interface in the terminal."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from costplan.cli.options import add_book_options, add_plan_options
from costplan.cli.sources import count_store, memory, price_book, today
from costplan.errors import ExitCode, UsageError
from costplan.kind import Kind, kind_of

DEFAULT = "support-assistant.yaml"


def add_to(commands: Any) -> None:
    """Add the verb."""
    parser = commands.add_parser(
        "open",
        help="open the interface on a scenario",
        description="Open the interface on a scenario: change levers, watch the months, reload.",
    )
    parser.set_defaults(run=run)
    parser.add_argument("file", metavar="FILE", help="a scenario")
    parser.add_argument("--variant", metavar="NAME", help="show that variant first")
    parser.add_argument(
        "--debug",
        metavar="LOG",
        nargs="?",
        type=Path,
        const=Path("costplan-debug.log"),
        help="write what happens to a file (default: costplan-debug.log in this folder)",
    )
    add_plan_options(parser)
    add_book_options(parser)


def open_default(_: argparse.Namespace) -> int:
    """Open the only scenario of this folder, else the shipped example."""
    from costplan.cli.parser import parse

    return run(parse(["open", only_scenario() or DEFAULT]))


def run(arguments: argparse.Namespace) -> int:
    """Open the interface."""
    # What `costplan serve` starts speaks to a browser over pipes.
    is_served = "TEXTUAL_DRIVER" in os.environ
    if not is_served and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "the interface needs a terminal; for output to a file or pipe: "
            f"costplan plan {arguments.file}"
        )
    settings = [*arguments.set]
    settings += [("months", f"{arguments.months}")] if arguments.months else []
    settings += [("start", f"{arguments.start}")] if arguments.start else []
    if arguments.debug:
        from costplan.debug import log_to

        log_to(arguments.debug)
    from costplan.desk import Desk
    from costplan.desk.preferences import Preferences
    from costplan.memory import state_folder
    from costplan.scenario import shipped_scenarios
    from costplan.tui import run as run_interface
    from costplan.versions import Versions

    state = state_folder()
    desk = Desk(
        arguments.file,
        price_book(arguments),
        count_store(),
        memory(),
        Versions(state / "versions" if state else None),
        settings=tuple(settings),
        options=tuple(option_words(arguments)),
        draws=arguments.draws,
        seed=arguments.seed,
        day=today(),
        editor=os.environ.get("VISUAL") or os.environ.get("EDITOR") or "",
        others=tuple(example.name for example in shipped_scenarios()),
    )
    preferences = Preferences.kept(state)
    run_interface(desk, variant=arguments.variant, preferences=preferences)
    return ExitCode.FINE


def option_words(arguments: argparse.Namespace) -> Iterator[str]:
    """What was said of prices and draws, as it would be said again."""
    for name, usual in (("pricing", None), ("known_at", None), ("release", None),
                        ("draws", 4096), ("seed", 0)):  # fmt: skip
        value = getattr(arguments, name)
        if value != usual:
            yield f"--{name.replace('_', '-')}={value}"


def only_scenario() -> str | None:
    """The scenario of the current folder, when there is exactly one."""
    found = [path.name for path in sorted(Path().glob("*.y*ml")) if _is_scenario(path)]
    return found[0] if len(found) == 1 else None


def _is_scenario(path: Path) -> bool:
    """Whether a file looks like a scenario; one with mistakes in it still does."""
    try:
        with path.open("rb") as file:
            start = file.read(100_000)
    except OSError:
        return False
    return kind_of(start) is Kind.SCENARIO
