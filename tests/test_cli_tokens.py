"""`tokens`: files, folders, logs and requests, from the command line to the output."""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import Cli

from costplan import load_scenario, project
from costplan.cli import corpus, progress
from costplan.tokens import TokenCount, count_tokens

MINI, SONNET = "openai/gpt-4o-mini", "anthropic/claude-sonnet-4-5"
AT = ("--at", "2026-11-21")
COUNT = ("tokens", "--model", MINI, "--format", "json", *AT)


def counted(cli: Cli, *arguments: str, stdin: bytes = b"") -> list[dict[str, Any]]:
    """The rows of a count that has no problems."""
    ran = cli(*COUNT, *arguments, stdin=stdin)
    assert (ran.code, ran.err) == (0, "")
    rows: list[dict[str, Any]] = json.loads(ran.out)
    return rows


def test_each_model_has_its_row(cli: Cli, tmp_path: Path) -> None:
    """In the order asked, each by the name it was asked by; two tokens at $0.15 a million."""
    text = tmp_path / "prompt.txt"
    text.write_text("hello world")
    ran = cli("tokens", str(text), "--model", f"{MINI},{SONNET}", "--format", "json", *AT)
    first, second = json.loads(ran.out)
    assert first == {
        "model": MINI, "path": str(text), "tokens": 2, "low": 2, "high": 2, "method": "exact",
        "documents": 1, "characters": 11, "density": 181.82, "cost": "0.0000003", "currency": "USD",
        "distribution": {"mean": 2.0, "p50": 2, "p90": 2, "p99": 2, "max": 2},
    }  # fmt: skip
    assert (second["model"], second["method"]) == (SONNET, "reconstructed")


def test_an_alias_counts_as_the_model_it_stands_for(cli: Cli) -> None:
    """Under its own name, as `rate` shows it."""
    names = f"{SONNET},{SONNET}-20250929"
    ran = cli("tokens", "--model", names, "--format", "json", stdin=b"antidisestablishment")
    alias, model = json.loads(ran.out)
    assert [alias["model"], model["model"]] == names.split(",")
    assert alias | {"model": ""} == model | {"model": ""}


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_standard_input(cli: Cli, form: str) -> None:
    """Without a path, and with `-`, even twice."""
    run = ("tokens", "--model", MINI, "--format", form)
    once = cli(*run, stdin=b"hello").out
    assert once == cli(*run, "-", stdin=b"hello").out == cli(*run, "-", "-", stdin=b"hello").out


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "said"),
    [
        (["--model", "openai/gpt-4o-mimi"], b"", 3, "did you mean 'openai/gpt-4o-mini'?"),
        (["--model", MINI, "no-such.txt"], b"", 2, "no-such.txt: no such file"),
        ([], b"", 2, "which model? --model PROVIDER/MODEL"),
        (["--model", f"{MINI},{SONNET}", "--sample", "x.jsonl"], b"a", 2, "a single --model"),
        (["--model", MINI, "--sample", "s.json", "-o", "s.json"], b"a", 2, "name two paths"),
        (["--model", MINI, "--online", "--request", "no-such.json"], b"", 2, "no such file"),
    ],
)
def test_what_cannot_be_counted(
    cli: Cli, arguments: list[str], stdin: bytes, code: int, said: str
) -> None:
    """Unknown models are 3, everything else 2; nothing is printed."""
    ran = cli("tokens", *arguments, stdin=stdin)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_counting_needs_no_cache(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache folder that cannot be made is done without."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/nowhere")
    assert cli("tokens", "--model", MINI, stdin=b"hello").code == 0


def test_bytes_that_are_no_utf8_are_counted_and_told(cli: Cli, tmp_path: Path) -> None:
    """They count as U+FFFD; this is no error."""
    (tmp_path / "x.txt").write_bytes(b"caf\xe9")
    ran = cli(*COUNT, str(tmp_path / "x.txt"))
    assert ran.code == 0
    assert "x.txt: bytes that are no UTF-8 count as U+FFFD" in ran.err
    assert json.loads(ran.out)[0]["tokens"] == count_tokens("caf\ufffd", MINI).tokens


def test_a_binary_is_refused_by_name_and_left_out_of_a_folder(cli: Cli, tmp_path: Path) -> None:
    """A folder is its texts, sorted, without what is hidden or made by machines."""
    texts = {"b.md": "one two", "a/c.txt": "three", "a/.git/x": "no", "node_modules/y.js": "no"}
    for name, text in {**texts, ".env": "no"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "z.bin").write_bytes(b"\x7fELF\0\0")
    (tmp_path / "z.gz").write_bytes(gzip.compress(b"x"))
    ran = cli(*COUNT, str(tmp_path))
    assert ran.err == f"{tmp_path}: left out 1 file that is no text\n"
    rows = json.loads(ran.out)
    assert [Path(row["path"]).name for row in rows] == ["b.md", "z.gz", "c.txt"]
    assert [row["tokens"] for row in rows] == [2, 1, 1]
    ran = cli(*COUNT, str(tmp_path / "z.bin"))
    assert (ran.code, ran.out) == (2, "")
    assert "z.bin: no text: it holds NUL bytes" in ran.err


LOG = b"""\
"hello world"
{"text": "hello"}
{"messages": [{"content": "hello"}, {"content": [{"type": "text", "text": "hello"}]}]}
"""


@pytest.mark.parametrize("name", ["x.jsonl", "x.ndjson", "x.jsonl.gz"])
def test_a_log_has_a_document_in_each_line(cli: Cli, tmp_path: Path, name: str) -> None:
    """Two, one and twice one tokens; the row is of the file."""
    path = tmp_path / name
    path.write_bytes(gzip.compress(LOG) if name.endswith(".gz") else LOG)
    (row,) = counted(cli, str(path))
    assert (row["documents"], row["tokens"]) == (3, 5)
    assert row["distribution"] == {"mean": 1.67, "p50": 2, "p90": 2, "p99": 2, "max": 2}


def test_a_field_is_named(cli: Cli, tmp_path: Path) -> None:
    """With dots into objects, also of a CSV."""
    (tmp_path / "x.jsonl").write_text('{"a": {"b": "hello world"}, "text": "no"}\n')
    assert counted(cli, str(tmp_path / "x.jsonl"), "--field", "a.b")[0]["tokens"] == 2
    (tmp_path / "x.csv").write_text('id,body\n1,"hello\nworld"\n2,hello\n')
    (row,) = counted(cli, str(tmp_path / "x.csv"), "--field", "body")
    assert (row["documents"], row["tokens"]) == (2, 4)
    (row,) = counted(cli, str(tmp_path / "x.csv"))
    assert row["documents"] == 1


def test_lines_of_plain_text(cli: Cli) -> None:
    """`--lines` makes each line of standard input a document."""
    (row,) = counted(cli, "--lines", stdin=b"hello world\n\nhello\n")
    assert (row["path"], row["documents"], row["tokens"]) == ("-", 2, 3)


def test_a_record_that_cannot_be_read_loses_no_other(cli: Cli, tmp_path: Path) -> None:
    """Told by line and column; the rest is counted, and the exit code says that it is not all."""
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"text": "hello"}\n{"text": \n{"txt": "hello"}\n' + b"[\n" * 20 + LOG)
    ran = cli(*COUNT, str(path))
    assert ran.code == 2
    assert f"{path}:2:9: not JSON" in ran.err
    assert f"{path}:3:1: expected one of the fields text, content" in ran.err
    assert "--field: txt" in ran.err
    assert f"{path}: left out 22 records that cannot be read" in ran.err
    assert len(ran.err.splitlines()) == 3 + 1 + 1  # of 21 alike three, the other, how many
    (row,) = json.loads(ran.out)
    assert (row["documents"], row["tokens"]) == (4, 6)


def test_a_misspelt_field_names_the_nearest(cli: Cli, tmp_path: Path) -> None:
    """In each record, so that a log of several shapes is counted as far as it can be."""
    path = tmp_path / "x.jsonl"
    path.write_text('{"prompt": "hello"}\n')
    ran = cli(*COUNT, str(path), "--field", "promt")
    assert ran.code == 2
    assert f"{path}:1:1: there is no field 'promt'; did you mean 'prompt'?" in ran.err
    assert json.loads(ran.out) == []


def test_parquet_without_its_extra_names_it(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And costs nobody who has no Parquet anything."""
    (tmp_path / "x.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    ran = cli(*COUNT, str(tmp_path / "x.parquet"))
    assert (ran.code, "pip install 'costplan[logs]'" in ran.err) == (2, True)


def test_parquet(cli: Cli, tmp_path: Path) -> None:
    """A document in each row of a usual column, or of the one that is named."""
    duckdb = pytest.importorskip("duckdb", reason="duckdb is absent: Parquet is not checked")
    path = tmp_path / "x.parquet"
    values = "('hello world', 'a', {'in': 'x'}), ('hello', 'b c', NULL), (NULL, 'd', {'in': 'y'})"
    duckdb.sql(f"SELECT * FROM (VALUES {values}) AS t(text, other, deep)").write_parquet(str(path))  # noqa: S608
    (row,) = counted(cli, str(path))
    assert (row["documents"], row["tokens"]) == (2, 3)
    (row,) = counted(cli, str(path), "--field", "other")
    assert (row["documents"], row["tokens"]) == (3, 4)
    (row,) = counted(cli, str(path), "--field", "deep.in")
    assert (row["documents"], row["tokens"]) == (2, 2)
    ran = cli(*COUNT, str(path), "--field", "deep.im")
    assert (ran.code, "no field 'im'" in ran.err) == (2, True)
    ran = cli(*COUNT, str(path), "--field", "othr")
    assert (ran.code, "no column 'othr'; did you mean 'other'?" in ran.err) == (2, True)
    path.write_bytes(b"PAR1 and nothing else")
    ran = cli(*COUNT, str(path), "-", stdin=b"hello")
    assert (ran.code, [row["path"] for row in json.loads(ran.out)]) == (2, ["-"])
    assert ran.err.startswith(f"{path}: ")


def test_a_log_that_is_cut_off_is_counted_as_far_as_it_goes(cli: Cli, tmp_path: Path) -> None:
    """What can be unpacked is counted; the rest is told."""
    path = tmp_path / "x.jsonl.gz"
    lines = b"".join(b'"%d hello world"\n' % n for n in range(20_000))
    path.write_bytes(gzip.compress(lines)[:-4_000])
    ran = cli(*COUNT, str(tmp_path))
    (row,) = json.loads(ran.out)
    assert (ran.code, 0 < row["documents"] < 20_000) == (2, True)
    assert f"{path}: cannot be unpacked any further" in ran.err


def test_side_by_side_with_density_cost_and_spread(cli: Cli, tmp_path: Path) -> None:
    """The table has what the JSON has, and totals."""
    for k in range(45):
        (tmp_path / f"{k:02}.txt").write_text("hello " * (k + 1))
    ran = cli("tokens", str(tmp_path), "--model", f"{MINI},{SONNET}")
    assert ran.code == 0
    assert "the 40 largest of 45 paths" in ran.out
    assert "44.txt" in ran.out
    assert "03.txt" not in ran.out
    assert "Ratio" in ran.out
    assert "P90" in ran.out
    ran = cli("tokens", str(tmp_path), "--model", MINI, "--format", "csv")
    assert ran.out.count("\n") == 46


def test_a_text_without_a_price_has_no_cost(cli: Cli) -> None:
    """On a day before the model was sold it is counted all the same; later it has one."""
    for day, cost in (("2023-01-01", None), ("2026-11-21", "0.00000015")):
        ran = cli("tokens", "--model", MINI, "--format", "json", "--at", day, stdin=b"hello")
        assert (ran.code, json.loads(ran.out)[0]["cost"]) == (0, cost)
    table = cli("tokens", "--model", MINI, "--at", "2023-01-01", stdin=b"hello").out
    assert "the price book has no price of its input on that day" in table


SCENARIO = """\
name: Sampled
start: 2026-12
months: 1
workloads:
  chat:
    demand: {requests: 1000/month}
    request: {input: {sample: sizes.jsonl}, output: 1}
    routing: {mix: {openai/gpt-4o-mini: 100%}}
"""


def test_a_sample_is_planned_with(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Documents of 1, 2 and 6 tokens: a thousand requests have 3,000 input tokens."""
    monkeypatch.chdir(tmp_path)
    Path("log.jsonl").write_text(
        "".join(f'"{"hello " * n}."\n'.replace(" .", "") for n in (1, 6, 2))
    )
    ran = cli(*COUNT, "log.jsonl", "--sample", "sizes.jsonl")
    assert ran.code == 0
    assert "wrote sizes.jsonl: 3 documents" in ran.err
    assert Path("sizes.jsonl").read_text() == '{"tokens": 1}\n{"tokens": 2}\n{"tokens": 6}\n'
    Path("plan.yaml").write_text(SCENARIO)
    (item,) = (i for i in project(load_scenario("plan.yaml")).line_items if i.meter == "input")
    assert item.quantity == pytest.approx(3_000)
    Path("sizes.jsonl").write_text("mine")
    ran = cli(*COUNT, "log.jsonl", "--sample", "sizes.jsonl")
    assert (ran.code, ran.out, "exists already" in ran.err) == (2, "", True)
    assert Path("sizes.jsonl").read_text() == "mine"


CHAT = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hello world"}]}


def test_a_request_is_counted_with_its_parts(cli: Cli, tmp_path: Path) -> None:
    """Two tokens of text, 4 for the message and 3 for the request; on the model it names."""
    path = tmp_path / "body.json"
    path.write_text(json.dumps(CHAT))
    ran = cli("tokens", "--request", str(path), "--format", "json", *AT)
    (row,) = json.loads(ran.out)
    assert (row["model"], row["tokens"]) == ("gpt-4o-mini", 9)
    assert {"system", "tools", "messages", "images", "frame"} <= row["parts"].keys()
    assert row["parts"]["frame"]["tokens"] + row["parts"]["messages"]["tokens"] == 9
    assert row["cost"] == "0.00000135"
    table = cli("tokens", "--request", str(path)).out
    assert re.search(r"^Frame +7 +exact$", table, re.MULTILINE)  # 4 for the message, 3 for all
    assert re.search(r"^Images +0$", table, re.MULTILINE)
    (one, other) = json.loads(
        cli("tokens", "--request", str(path), "--model", f"{MINI},{SONNET}", "--format", "json").out
    )
    assert (one["tokens"], other["model"]) == (9, SONNET)


def test_a_log_of_requests(cli: Cli, tmp_path: Path) -> None:
    """One that is none is told by its line; the others are counted."""
    path = tmp_path / "calls.jsonl"
    path.write_text(f'{json.dumps(CHAT)}\n{{"a": 1}}\n3\n{json.dumps(CHAT)}\n')
    ran = cli(*COUNT, "--request", str(path))
    assert ran.code == 2
    assert f"{path}:2:1: not a request" in ran.err
    assert f"{path}:3:1: expected the JSON object" in ran.err
    (row,) = json.loads(ran.out)
    assert (row["documents"], row["tokens"]) == (2, 18)


def test_online_asks_and_says_so(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each text goes to the counter that asks providers; without a key nothing is counted."""

    @contextmanager
    def counter(models: tuple[str, ...], **_: object) -> Iterator[SimpleNamespace]:
        exact = TokenCount(7, 7, 7, "exact")

        def count_request(_body: Mapping[str, Any], _model: str) -> TokenCount:
            return exact

        yield SimpleNamespace(count_text=lambda *_: exact, count_request=count_request)

    monkeypatch.setattr("costplan.cli.online.online_counter", counter)
    assert counted(cli, "--online", stdin=b"hello")[0]["tokens"] == 7
    body = json.dumps(CHAT).encode()
    assert counted(cli, "--online", "--request", stdin=body)[0]["tokens"] == 7
    monkeypatch.undo()
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    ran = cli(*COUNT, "--online", stdin=b"hello")
    assert (ran.code, ran.out, "OPENAI_API_KEY" in ran.err) == (2, "", True)


def test_a_large_corpus_goes_past_the_store(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few texts are remembered between runs; many are not written to disk one by one."""
    stored: list[int] = []
    monkeypatch.setattr(
        "costplan.tokens.store.CountStore.count_many",
        lambda _s, texts, _m: stored.append(len(texts)),
    )
    monkeypatch.setattr(corpus, "_FEW", 2)
    assert counted(cli, "--lines", stdin=b"a\nb\nc\n")[0]["tokens"] == 3
    assert stored == []


def test_a_bar_only_for_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """On standard error, of a corpus worth one, unless it was asked to be quiet."""
    pytest.importorskip("rich")
    assert _bar_shown(monkeypatch, 10**9, terminal=True, quiet=False)
    for size, terminal, quiet in ((10, True, False), (10**9, False, False), (10**9, True, True)):
        assert not _bar_shown(monkeypatch, size, terminal=terminal, quiet=quiet)


def _bar_shown(monkeypatch: pytest.MonkeyPatch, size: int, *, terminal: bool, quiet: bool) -> bool:
    import rich.progress

    made: list[object] = []

    class Bar(rich.progress.Progress):
        def __init__(self, *columns: Any, **settings: Any) -> None:
            made.append(settings)
            super().__init__(*columns, **settings | {"disable": True})

    monkeypatch.setattr("rich.progress.Progress", Bar)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    with progress.reading_bar(size, quiet=quiet) as advance:
        advance(size)
    return bool(made)
