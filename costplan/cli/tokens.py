"""`costplan tokens`: how many tokens texts are on each model."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costplan.cli.options import add_output_options, add_pricing_option, day, read_with, words
from costplan.cli.streams import STDIN, note, present, refuse_overwriting
from costplan.errors import UsageError

if TYPE_CHECKING:
    from costplan.report.counts import PathCount

_DESCRIPTION = """\
Count the tokens of texts, offline: files, folders (their texts, without hidden
files and links to folders), and logs. Without a path, standard input.

  *.jsonl *.ndjson   a document in each line: a JSON string, or an object with
                     text, content, prompt, input or messages; --field names
                     another
  *.parquet          a document in each row (pip install 'costplan[logs]')
  *.csv *.tsv        the same, where --field names the column; else a text
  any other file     one document

All but Parquet may be packed with gzip. A record that cannot be read is told as
file:line:column and left out; all others are counted, and the exit code is 2.
Bytes that are no UTF-8 count as U+FFFD, with a note. The cost is that of
sending each document once, as input at the standard price of today, or of --at.

The method of a count is exact, reconstructed, vendor-equivalent, scaled or
assumed, the surest first; where it may be off, it is between the two numbers.
The ratio is to the first model."""


def add_to(commands: Any) -> None:
    """Add the verb."""
    parser = commands.add_parser(
        "tokens", help="count the tokens of texts, logs and requests", description=_DESCRIPTION
    )
    parser.set_defaults(run=run)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a file or folder; - is stdin")
    parser.add_argument(
        "--model",
        metavar="M[,M...]",
        type=read_with(words),
        help="provider/model, one or more with commas between them",
    )
    parser.add_argument(
        "--request",
        action="store_true",
        help="each file, or line, is the JSON of a request; its own model unless --model is given",
    )
    parser.add_argument(
        "--field", metavar="NAME", help="the field of a record; usage.text reaches in"
    )
    parser.add_argument("--lines", action="store_true", help="each line of any file is a document")
    parser.add_argument(
        "--sample",
        metavar="FILE",
        help="write the tokens of each document to a new FILE, which a scenario takes as sample:",
    )
    parser.add_argument(
        "--online",
        action="store_true",
        help="ask Anthropic or OpenAI: sends them the texts, with the keys in the environment",
    )
    parser.add_argument(
        "--at",
        metavar="DATE",
        type=read_with(day),
        help="the day whose prices are used (default: today)",
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    add_pricing_option(parser)
    add_output_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the counts."""
    from costplan.cli.corpus import Heard, counted
    from costplan.report.count_page import count_page
    from costplan.report.counts import COUNT_FIELDS, count_documents, count_records

    _check(arguments)
    heard = Heard()
    counts = counted(arguments, heard)
    if arguments.sample is not None:
        _write_sample(arguments.sample, counts)
    present(
        arguments,
        document=lambda: count_documents(counts),
        records=lambda: count_records(counts),
        fields=COUNT_FIELDS,
        page=lambda: count_page(counts, compared=bool(arguments.model)),
    )
    return heard.finish()


def _check(arguments: argparse.Namespace) -> None:
    """What argparse cannot say.

    Raises:
        UsageError: options are missing, or do not go together.
    """
    if not arguments.model and not arguments.request:
        raise UsageError("which model? --model PROVIDER/MODEL, or several with commas")
    if arguments.sample is not None:
        if len(arguments.model or ()) != 1:
            raise UsageError(
                "a sample is a number of tokens for each document, as one model counts it; "
                "give --sample a single --model"
            )
        if Path(arguments.sample).exists():
            raise UsageError(f"{arguments.sample} exists already; name another path")
        if arguments.destination == arguments.sample:
            raise UsageError(f"--sample and -o both write to {arguments.sample}; name two paths")
    for path in filter(None, (arguments.sample, arguments.destination)):
        folder = Path(path).parent
        if path != STDIN and not folder.is_dir():  # told now, not when all is counted
            raise UsageError(f"{path}: there is no folder {folder}")
    refuse_overwriting(arguments, *arguments.paths)


def _write_sample(path: str, counts: Sequence[PathCount]) -> None:
    from costplan.tokens.corpus import sample_of

    sizes: Counter[int] = sum((each.tally.sizes for each in counts), Counter())
    if not sizes:
        raise UsageError(f"there are no documents to write to {path}")
    sample = sample_of(sizes)
    with Path(path).open("x", encoding="utf-8", newline="") as file:
        file.writelines(f'{{"tokens": {tokens}}}\n' for tokens in sample)
    drawn = "" if len(sample) == sizes.total() else f", as {len(sample):,} that stand for them"
    note(
        f"wrote {path}: {sizes.total():,} documents{drawn}, in tokens of "
        f"{counts[0].tally.model}; a scenario takes it as input: {{sample: {path}}}"
    )
