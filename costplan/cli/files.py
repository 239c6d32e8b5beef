"""`costplan check`, `new` and `schema`: the files themselves."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costplan.cli.options import add_book_options, add_output_options
from costplan.cli.sources import (
    Given,
    count_store,
    given,
    memory,
    price_book,
    scenario_in,
)
from costplan.cli.streams import (
    STDIN,
    chosen_format,
    deliver,
    note,
    print_data,
    reason,
    width,
)
from costplan.errors import (
    ExitCode,
    FileError,
    Place,
    Problem,
    UnknownNameError,
    UsageError,
)
from costplan.kind import Kind, kind_of
from costplan.writing import write_whole

if TYPE_CHECKING:
    from costplan.prices import PriceBook


def add_to(commands: Any) -> None:
    """Add the verbs."""
    check = commands.add_parser(
        "check",
        help="every problem of scenario and price files",
        description="Print every problem as file:line:column: path: message.",
    )
    check.set_defaults(run=run_check)
    check.add_argument(
        "files", nargs="+", metavar="FILE", help="a scenario or price file, or a folder of them"
    )
    add_book_options(check)
    add_output_options(check, ("table", "json"))
    new = commands.add_parser(
        "new",
        help="start a scenario from a template",
        description="Write a template to PATH, which must not exist yet. Bare: list the templates.",
    )
    new.set_defaults(run=run_new)
    new.add_argument("template", nargs="?", metavar="TEMPLATE")
    new.add_argument("path", nargs="?", metavar="PATH", help="default: TEMPLATE.yaml")
    schema = commands.add_parser("schema", help="the JSON Schema of scenario or price files")
    schema.set_defaults(run=run_schema)
    schema.add_argument("kind", choices=("scenario", "prices"))


def run_check(arguments: argparse.Namespace) -> int:
    """Print the problems; the exit code is that of the worst."""
    files = [file for name in arguments.files for file in _expanded(name)]
    book = cache(lambda: price_book(arguments))  # checking price files needs none
    found = {problem for file in files for problem in _problems(file, book)}
    problems = sorted({*found, *_lints(files, book)})
    if chosen_format(arguments) == "json":
        from costplan.report.document import json_text

        deliver(json_text([_document(problem) for problem in problems]), arguments)
    else:
        deliver("".join(f"{problem}\n" for problem in problems), arguments)
    note(f"{_counted(len(files), 'file')} checked, {_counted(len(problems), 'problem')}")
    return FileError(problems).exit_code if problems else ExitCode.FINE


def _expanded(name: str) -> list[str]:
    """A folder is all the YAML files in it."""
    folder = Path(name)
    if name == STDIN or not folder.is_dir():
        return [name]
    found = sorted(str(path) for path in folder.iterdir() if path.suffix in {".yaml", ".yml"})
    if not found:
        raise UsageError(f"{name}: no YAML files in this folder")
    return found


def _problems(name: str, book: Callable[[], PriceBook]) -> Iterator[Problem]:
    try:
        file = given(name)
    except (OSError, UnknownNameError) as error:
        message = reason(error) if isinstance(error, OSError) else str(error)
        yield Problem(Place(name), "", message)
        return
    try:
        yield from _problems_in(file, book)
    except FileError as error:
        yield from error.problems


def _problems_in(file: Given, book: Callable[[], PriceBook]) -> Iterator[Problem]:
    from costplan.planning import check
    from costplan.prices import read_price_file
    from costplan.report.table import warning_line

    if kind_of(file.content) is Kind.PRICES:
        yield from read_price_file(file.content, file.name)[1]
        return
    scenario = scenario_in(file, book)
    for warning in check(scenario, book(), counts=count_store(), memory=memory()):
        note(f"{file.name}: warning: {warning_line(warning)}")


def _lints(names: list[str], book: Callable[[], PriceBook]) -> Iterator[Problem]:
    """What is probably a mistake in the price files among them; those are compared together."""
    from costplan.prices import read_price_file
    from costplan.prices.lints import lint, strangers

    readable = []
    for name in names:
        try:
            file = given(name)
        except (OSError, UnknownNameError):
            continue  # told already
        if kind_of(file.content) is Kind.PRICES:
            read, _ = read_price_file(file.content, file.name)
            readable += [(file.name, file.content, read)] if read else []
    yield from lint(readable)
    for each in readable:
        for problem, certain in strangers(*each, book()):
            if certain:
                yield problem
            else:
                note(f"warning: {problem}")


def _document(problem: Problem) -> dict[str, object]:
    return {
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "path": problem.path,
        "message": problem.message,
        "exit_code": int(problem.exit_code),
    }


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def run_new(arguments: argparse.Namespace) -> int:
    """Write a template, or list them all."""
    from costplan.scenario import templates

    known = {template.name: template for template in templates()}
    if arguments.template is None:
        rows = tuple((template.name, template.summary) for template in known.values())
        print_data(_listing(rows))
        return ExitCode.FINE
    if arguments.template not in known:
        raise UnknownNameError("template", arguments.template, known)
    _write_new(known[arguments.template].text, arguments)
    return ExitCode.FINE


def _listing(rows: tuple[tuple[str, str], ...]) -> str:
    from costplan.report.table import Page, Table, columns

    table = Table("", columns(["Template", "For"], []), rows)
    return Page("", (), (table,), ("costplan new TEMPLATE [PATH] writes one.",)).text(width())


def _write_new(text: str, arguments: argparse.Namespace) -> None:
    if arguments.path == STDIN:
        print_data(text)
        return
    path = Path(arguments.path or f"{arguments.template}.yaml")
    if path.is_dir():
        path /= f"{arguments.template}.yaml"
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} exists already; name another path") from None
    _write_schema(path.parent)
    note(f"wrote {path}; see its plan with: costplan plan {path}")


def _write_schema(folder: Path) -> None:
    """What the first line of a template points editors to, unless it is there already."""
    from costplan.report.document import json_text
    from costplan.scenario import scenario_schema
    from costplan.scenario.starters import SCHEMA_FILE

    if not (folder / SCHEMA_FILE).exists():
        write_whole(folder / SCHEMA_FILE, json_text(scenario_schema()).encode())
        note(f"wrote {folder / SCHEMA_FILE}, from which editors complete")


def run_schema(arguments: argparse.Namespace) -> int:
    """Print a JSON Schema."""
    from costplan.report.document import json_text

    if arguments.kind == "scenario":
        from costplan.scenario import scenario_schema as schema
    else:
        from costplan.prices.schema import price_schema as schema
    print_data(json_text(schema()))
    return ExitCode.FINE
