"""What the command line says to arguments, right and wrong, and what it loads to do so."""

from __future__ import annotations

import argparse
import subprocess
import sys
from decimal import Decimal

import pytest
from conftest import Cli, Golden

import costplan
from costplan.cli import options
from costplan.cli.options import read_with
from costplan.cli.parser import Parser, build
from costplan.decisions.operands import Operand
from costplan.errors import UsageError
from costplan.meters import Meter

VERBS = {
    *("open", "serve", "plan", "compare", "sensitivity", "breakeven", "goal", "optimize"),
    *("tokens", "calibrate", "rate", "prices", "check", "new", "schema"),
}
HEAVY = {"numpy", "textual", "tiktoken", "anthropic", "plotext", "yaml", "ctok", "holidays"}


def test_help_loads_nothing_heavy() -> None:
    """A fresh interpreter shows the help without any of the slow libraries."""
    code = (
        "import sys; from costplan.cli import main; main(['--help']); "
        f"print('LOADED', sorted({HEAVY!r} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "LOADED []"
    assert "usage: costplan" in ran.stdout


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_help(cli: Cli, verb: str) -> None:
    """And is listed by `costplan --help`."""
    assert cli(verb, "--help").code == 0
    assert f"\n    {verb} " in cli("--help").out


def test_a_verb_alone_is_as_among_all() -> None:
    """Each is found without loading the others, and says the same of itself."""
    every = verbs()
    assert set(every) == VERBS
    assert {verb: verbs(verb)[verb].format_help() for verb in every} == {
        verb: parser.format_help() for verb, parser in every.items()
    }
    assert set(verbs("plan")) == {"plan"}


def verbs(verb: str = "") -> dict[str, Parser]:
    """The parsers of a parser's verbs."""
    group = build(verb)._subparsers
    assert group is not None
    (action,) = group._group_actions
    return dict(action.choices or {})


def test_the_version_is_printed(cli: Cli) -> None:
    """One line on standard output."""
    assert cli("--version").out == f"costplan {costplan.__version__}\n"


def test_every_meter_is_an_option_of_rate() -> None:
    """Its name with dashes; there is no other `--output`."""
    shown = build().format_help()
    assert "rate" in shown
    rate = next(iter(build()._subparsers._group_actions)).choices["rate"]  # type: ignore[union-attr, index]
    known = rate._option_string_actions
    assert all(f"--{meter.value.replace('_', '-')}" in known for meter in Meter)


WRONG = """\
pln
plans.yaml
plan x --moths 3
rate --modell x
--verson
prices lst
prices
plan
plan x --mont 3
plan x --months 0
plan x --start 2026-13
plan x --known-at soon
plan x --known-at 2026-02-30
plan x --set batch
plan x --by modle
plan x --format jsno
plan x --confidence 2
plan x --seed -1
plan x y
plan x -f
rate --model a/b --input many
rate --model a/b --input 1e99
rate --model a/b --input -5
rate --model a/b --input 1,5
rate --model a/b --input 5%
rate --model a/b --requests 1,5
rate --model a/b --requests 1.5
plan x --draws 1,5
tokens --model ,
"""


def test_wrong_arguments_are_told_in_one_sentence(cli: Cli, golden: Golden) -> None:
    """On standard error, naming the nearest right word, with exit code 2."""
    transcript = []
    for line in WRONG.splitlines():
        ran = cli(*line.split())
        assert (ran.code, ran.out) == (2, ""), line
        transcript.append(f"$ costplan {line}\n{ran.err}")
    golden("wrong-arguments.txt", "\n".join(transcript))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["plan", "fast-tier.yaml", "--chart", "--format", "json"], "--chart draws above tables"),
        (["plan", "fast-tier.yaml", "--confidence", "0.9"], "give both"),
        (["compare", "#x", "y"], "names no file"),
        (["compare", "a.yaml@2026-02-30", "b"], "there is no day 2026-02-30"),
        (["rate", "--model", "openai/gpt-4o-mini"], "there is nothing to rate"),
    ],
)
def test_combinations_without_meaning_are_refused(
    cli: Cli, arguments: list[str], message: str
) -> None:
    """Each option alone would do; together, or alone, they say nothing."""
    ran = cli(*arguments)
    assert ran.code == 2
    assert message in ran.err


def test_the_interface_needs_a_terminal(cli: Cli) -> None:
    """In a pipe, `costplan` alone says what to do instead."""
    ran = cli()
    assert (ran.code, ran.out) == (2, "")
    assert "the interface needs a terminal" in ran.err
    assert "costplan plan" in ran.err


@pytest.mark.parametrize(
    ("text", "operand"),
    [
        ("a.yaml", Operand("a.yaml")),
        ("a.yaml#fast", Operand("a.yaml", "fast")),
        ("a.yaml@2026-03-01", Operand("a.yaml", None, options.day("2026-03-01"))),
        ("a.yaml#fast@2026-03-01", Operand("a.yaml", "fast", options.day("2026-03-01"))),
        ("-", Operand("-")),
    ],
)
def test_operands_of_compare(text: str, operand: Operand) -> None:
    """FILE, then a variant after #, then a day after @."""
    assert Operand.parse(text) == operand


def test_a_file_with_odd_letters_is_a_file(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What exists on disk is never taken apart."""
    monkeypatch.chdir(str(tmp_path))
    with open("me@home#1.yaml", "w", encoding="utf-8"):  # noqa: PTH123 - the name is the point
        pass
    assert Operand.parse("me@home#1.yaml") == Operand("me@home#1.yaml")


def test_an_operand_ending_in_no_day_says_so() -> None:
    """After @ stands a day."""
    with pytest.raises(UsageError, match="after @: expected a day"):
        Operand.parse("a.yaml@march")


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("workloads.chat.batch=30%", ("workloads.chat.batch", "30%")),
        ('mix."a/b=c"=1', ('mix."a/b=c"', "1")),
        ("name=a=b", ("name", "a=b")),
        ("x=", ("x", "")),
    ],
)
def test_a_setting_is_split_at_its_first_free_equals_sign(text: str, pair: tuple[str, str]) -> None:
    """A quoted segment may hold one of its own."""
    assert options.setting(text) == pair


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("500", "500"),
        ("1_000", "1000"),
        ("1,000.5", "1000.5"),
        ("1e6", "1e6"),
        ("11k", "11000"),
        ("1e18", "1e18"),
    ],
)
def test_quantities_are_decimals(text: str, number: str) -> None:
    """Read from their text, thousands marked or not, as in a scenario."""
    assert options.quantity(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["1,5", "1,50", "12,00", "1.000,5", "9e18", "-1", "inf", "", "1 2", "1e" + "9" * 20]
)
def test_what_could_be_misread_is_no_quantity(text: str) -> None:
    """A comma parts thousands: `1,5` is neither 15 nor 1.5."""
    for read in (options.quantity, options.whole, options.confidence):
        with pytest.raises(ValueError, match=r"expected|comma|large|read"):
            read(text)


@pytest.mark.parametrize(("text", "number"), [("12,000", 12_000), ("12k", 12_000), ("0", 0)])
def test_whole_numbers(text: str, number: int) -> None:
    """Read as quantities are."""
    assert options.whole(text) == number


def test_a_readers_complaint_reaches_the_user() -> None:
    """Argparse would otherwise say `invalid ... value`."""
    with pytest.raises(argparse.ArgumentTypeError, match="there is no day"):
        read_with(options.day)("2026-02-30")
