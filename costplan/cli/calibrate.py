"""`costplan calibrate`: constants that are only assumed, measured with the provider's counts."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from costplan.cli.options import add_output_options, add_pricing_option, read_with, words
from costplan.cli.sources import book_seen_from, today
from costplan.cli.streams import note, present
from costplan.errors import ExitCode

if TYPE_CHECKING:
    from costplan.report.calibration import Calibrated
    from costplan.tokens.online import OnlineCounter

_DESCRIPTION = """\
Ask Anthropic or OpenAI to count a few small requests with fixed texts of
costplan's, none of yours (about nine a model; counting is free), and keep what
the answers show of what requests are wrapped in. Each is asked once ever.
Needs ANTHROPIC_API_KEY or OPENAI_API_KEY in the environment."""


def add_to(commands: Any) -> None:
    """Add the verb."""
    parser = commands.add_parser(
        "calibrate",
        help="measure what is assumed of a model, with its provider's own counts",
        description=_DESCRIPTION,
    )
    parser.set_defaults(run=run)
    parser.add_argument(
        "--model",
        metavar="M[,M...]",
        required=True,
        type=read_with(words),
        help="provider/model, one or more with commas between them",
    )
    add_pricing_option(parser)
    add_output_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure each model, keep what was found, and print it.

    What was found before an error is kept and printed too.
    """
    from costplan.cli.online import calibrations, online_counter
    from costplan.report.calibration import CALIBRATION_FIELDS, calibration_page, calibration_rows

    book = book_seen_from(arguments)
    canonical = {name: book.model(name).name for name in arguments.model}
    saved = calibrations()
    done: list[Calibrated] = []
    with online_counter(canonical) as counter:
        try:
            for asked, name in canonical.items():
                done.append(_calibrated(counter, asked, name))
                if kept := saved.save(name, done[-1].constants, today()):
                    note(f"{name}: kept in {kept}")
        finally:
            if done:
                present(
                    arguments,
                    document=lambda: calibration_rows(done),
                    records=lambda: calibration_rows(done),
                    fields=CALIBRATION_FIELDS,
                    page=lambda: calibration_page(done),
                )
    return ExitCode.FINE


def _calibrated(counter: OnlineCounter, asked: str, name: str) -> Calibrated:
    """The constants of one model, by the name its provider is asked for and the book's name."""
    from costplan.cli.online import count_offline
    from costplan.report.calibration import Calibrated
    from costplan.tokens import count_tokens
    from costplan.tokens.calibration import calibrated
    from costplan.tokens.online import RefusedError, provider_of
    from costplan.tokens.probes import probes

    chosen = probes(provider_of(asked)[0].name, asked)
    sent = counter.sent
    answers: dict[str, int] = {}
    refused: dict[str, str] = {}
    for probe in chosen:
        try:
            answers[probe.name] = counter.ask(probe.body, asked)
        except RefusedError as error:
            refused[probe.name] = str(error)
    sent = counter.sent - sent
    before = "; the rest were answered before" if sent < len(chosen) else ""
    note(f"{asked}: {sent} of {len(chosen)} questions sent{before}")
    offline = {probe.name: count_offline(probe.body, name) for probe in chosen}
    texts = {
        probe.name: sum(count_tokens(text, name).tokens for text in probe.texts) for probe in chosen
    }
    return Calibrated(name, calibrated(chosen, answers, offline, texts), refused)
