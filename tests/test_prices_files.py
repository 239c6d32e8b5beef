"""The shipped files: schema, checksums, style, and agreement with data nobody here wrote."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from costplan.documents import Mapping, Node, Scalar, Sequence, read_document
from costplan.errors import CostplanError
from costplan.meters import Meter
from costplan.prices import Price, PriceBook, default_book, load_price_book, read_price_file
from costplan.prices.checksums import broken_releases, main, read_checksums
from costplan.prices.lints import lint
from costplan.prices.price import FEE
from costplan.prices.reading import read_price_files
from costplan.prices.schema import price_schema
from costplan.prices.snapshot import FILE as SNAPSHOT
from costplan.prices.snapshot import snapshot, taken

ROOT = Path(__file__).parent.parent
PRICING = ROOT / "pricing"
FILES = sorted(PRICING.glob("*.yaml"))
REFERENCE = ROOT.parent / "shared/data/prices/reference.json.gz"


PROVIDERS = {
    "anthropic", "azure", "bedrock", "cohere", "deepseek", "fireworks", "google", "groq", "mistral",
    "openai", "together", "vertex", "xai",
}  # fmt: skip


def test_the_providers_people_plan_with_are_there() -> None:
    """The makers of models, the clouds and the hosts, with their models."""
    book = default_book()
    assert {model.provider for model in book.models} == PROVIDERS
    assert len(book.models) > 1000


def test_schema_file_is_generated_from_the_table() -> None:
    """Editors see the rules that the loader applies."""
    assert json.loads((PRICING / "schema.json").read_text(encoding="utf-8")) == price_schema()


def _typed(node: Node, schema: dict[str, Any]) -> Any:
    """The node as the schema wants it: a number only where a number is asked for."""
    if isinstance(node, Mapping):
        known, other = schema.get("properties", {}), schema.get("additionalProperties")
        return {
            key: _typed(value, known.get(key, other if isinstance(other, dict) else {}))
            for key, value in node.items.items()
        }
    if isinstance(node, Sequence):
        kinds = [schema, *schema.get("anyOf", [])]
        items: dict[str, Any] = next((kind["items"] for kind in kinds if "items" in kind), {})
        return [_typed(item, items) for item in node.items]
    assert isinstance(node, Scalar)
    if schema.get("type") in {"number", "integer"}:
        return json.loads(node.text)
    return (
        {"true": True}.get(node.text, node.text) if schema.get("type") == "boolean" else node.text
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_price_file_is_valid_for_the_reference_validator(path: Path) -> None:
    """What our loader accepts, any editor accepts."""
    node, problems = read_document(path.read_bytes(), path.name)
    assert node is not None
    assert not problems
    schema = price_schema()
    jsonschema.Draft7Validator(schema).validate(_typed(node, schema))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_price_file_is_kept_tidy(path: Path) -> None:
    """The editor's schema is on the first line, models are sorted, nothing trails."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# yaml-language-server: $schema=schema.json"
    assert not [line for line in lines if line != line.rstrip() or len(line) > 140]
    node, _ = read_document(path.read_bytes(), path.name)
    assert isinstance(node, Mapping)
    models = node.items["models"]
    assert isinstance(models, Mapping)
    assert list(models.items) == sorted(models.items)


def test_no_released_row_has_changed() -> None:
    """Every line of CHECKSUMS is recomputed: history cannot be rewritten."""
    checksums = read_checksums(PRICING)
    assert checksums
    assert not list(broken_releases(load_price_book(PRICING), checksums))


SMALL = """\
provider: acme
title: Acme
currency: USD
added: 2026.01.01
source: page
sources:
  page: {title: The price page, observed: 2026-01-01, licence: facts}
models:
  m1:
    prices:
      standard:
        - {from: 2025-01-01, rates: {input: 1, output: 2}}
        - {from: 2025-06-01, rates: {input: 3, output: 4}}
"""


def test_checksums_notice_an_edit_a_removal_and_a_release_without_a_line(tmp_path: Path) -> None:
    """Each is told apart, and the command refuses to paper over the first two."""
    file = tmp_path / "acme.yaml"
    file.write_text(SMALL, encoding="utf-8")
    assert main([str(tmp_path)]) == 0
    first = read_checksums(tmp_path)
    assert list(first) == ["2026.01.01"]

    for changed in (SMALL.replace("output: 4", "output: 5"), SMALL[: SMALL.rindex("        -")]):
        file.write_text(changed, encoding="utf-8")
        assert "edited or removed" in next(broken_releases(load_price_book(tmp_path), first))
        assert main([str(tmp_path)]) == 1

    row = "        - {from: 2026-12-20, added: 2026.12.20, rates: {input: 1, output: 5}}\n"
    file.write_text(SMALL + row, encoding="utf-8")
    assert list(broken_releases(load_price_book(tmp_path), first)) == [
        "release 2026.12.20 has rows, but no line in CHECKSUMS"
    ]
    assert main([str(tmp_path)]) == 0
    second = read_checksums(tmp_path)
    assert list(second) == ["2026.01.01", "2026.12.20"]
    assert second["2026.01.01"] == first["2026.01.01"]

    file.write_text(SMALL, encoding="utf-8")
    assert "its rows are gone" in next(broken_releases(load_price_book(tmp_path), second))


def test_the_digest_of_the_book_is_the_line_of_its_release() -> None:
    """What a projection prints can be looked up."""
    book = default_book()
    assert read_checksums(PRICING)[book.release] == book.digest


def _rows() -> Iterator[Price]:
    return (row for row in default_book().rows() if row.rates)


def test_no_price_looks_like_a_mistake() -> None:
    """Lints find slipped digits and swapped rates; what is right all the same says why."""
    files = []
    for path in FILES:
        read, problems = read_price_file(path.read_bytes(), path.name)
        assert read is not None, problems
        files.append((path.name, path.read_bytes(), read))
    assert not lint(files)


def test_a_free_model_is_free_on_purpose() -> None:
    """A price of nothing is only there for models that are known to be given away."""
    free = {row.name for row in _rows() if not any(row.rates.values())}
    assert free == {
        "openai/omni-moderation standard",
        "openai/omni-moderation-latest standard",
    }


def test_no_mode_leaves_long_prompts_open() -> None:
    """Where the standard price has a tier, every mode has it too, or is not for longer prompts."""
    book = default_book()
    for row in _rows():
        if row.mode == FEE:
            continue
        name, day = f"{row.provider}/{row.model}", row.from_
        standard = next(
            (p for p in reversed(book.history(name)) if p.from_ <= day and p.rates), row
        )
        sizes = {tier.above for tier in standard.tiers}
        assert {tier.above for tier in row.tiers} == sizes or row.up_to in sizes, row.canonical


def test_loading_needs_no_heavy_library() -> None:
    """Reading prices pulls in neither the interface nor numpy."""
    code = (
        "import sys; from costplan.prices import load_price_book; load_price_book(); "
        "print(*({'numpy', 'textual', 'pydantic', 'anthropic', 'holidays'} & sys.modules.keys()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == ""


COMPONENTS = {
    "audio_hour": "audio_second",
    "audio_input_hour": "audio_second",
    "cache_read_audio": "audio_cache_read",
    "cache_read_image": "image_cache_read",
    "document_1k_pages": "page",
    "file_search_per_1k": "file_search",
    "input_1m_chars": "character",
    "reasoning_output": "reasoning",
    "web_search_per_1k": "web_search",
}
"""Components of the reference whose names are not our meters' names."""

ELSEWHERE = {
    # The reference has the day of the preview here; the model itself came out on 2025-07-22.
    ("google/gemini-2.5-flash-lite", "reasoning"),
}


def _reference() -> list[dict[str, Any]]:
    """Rows of high confidence whose day was announced or is that of a release."""
    with gzip.open(REFERENCE) as file:
        rows = json.load(file)["rows"]
    return [
        row
        for row in rows
        if row["confidence"] == "high"
        and (row["effective_from_basis"] or "").split("(")[0] in {"announced", "release_date"}
        # An embedding has no output, which the reference writes as an output for nothing.
        and Decimal(row["usd_per_million"])
    ]


def _found(book: PriceBook, row: dict[str, Any], meter: Meter) -> Decimal | None:
    """What the book says about a row of the reference."""
    day = date.fromisoformat(row["effective_from"])
    model = book.model(f"{row['provider']}/{row['model']}", at=day)
    price = book.price(model, at=day, mode=row["mode"])
    rates = price.at_prompt((row["tier_over_input_tokens"] or -1) + 1)
    if row["time_window_utc"]:
        (window,) = price.windows
        rates = window.rates
    fee = book.fee(model, meter, at=day)
    meter = meter if meter in rates else model.billed_as.get(meter, meter)
    return rates.get(meter, fee.rates[meter] if fee else None)


@pytest.mark.skipif(
    not REFERENCE.exists(),
    reason="NOT CHECKED against the reference rows, which are not in this checkout",
)
def test_every_trusted_row_of_the_reference_is_in_the_book() -> None:
    """Each dated literal that independent datasets agree on is in force on its day."""
    book, rows, wrong = default_book(), _reference(), []
    for row in rows:
        meter = Meter(COMPONENTS.get(row["component"], row["component"]))
        if row["provider"] == "openai" and meter is Meter.CACHE_WRITE_5M:
            meter = Meter.CACHE_WRITE_30M
        name = f"{row['provider']}/{row['model']}"
        try:
            found = _found(book, row, meter)
        except CostplanError:
            found = None
        if found != Decimal(row["usd_per_million"]) and (name, meter) not in ELSEWHERE:
            wrong.append((name, row["mode"], meter.value, row["effective_from"], found))
    assert len(rows) > 900
    assert not wrong


def test_a_snapshot_is_of_just_these_files(tmp_path: Path) -> None:
    """A wheel carries the book read already; an edit of one byte, and it is read anew."""
    files = [("/somewhere/acme.yaml", SMALL.encode())]
    assert taken(tmp_path, files, "here") is None
    (tmp_path / SNAPSHOT).write_bytes(snapshot(files))
    book = taken(tmp_path, [("/elsewhere/acme.yaml", SMALL.encode())], "here")
    assert book is not None
    assert (book.root, book.digest) == ("here", read_price_files(files, "").digest)
    assert taken(tmp_path, [("acme.yaml", SMALL.encode() + b"\n")], "here") is None
    assert taken(tmp_path, [("other.yaml", SMALL.encode())], "here") is None
    assert taken(tmp_path, [*files, ("more.yaml", b"")], "here") is None


def test_a_damaged_snapshot_is_passed_over(tmp_path: Path) -> None:
    """Cut short, or with other bytes in it: the files themselves are read."""
    files = [("acme.yaml", SMALL.encode())]
    whole = snapshot(files)
    for damaged in (whole[:40], whole[:-9], whole[:32] + b"no book"):
        (tmp_path / SNAPSHOT).write_bytes(damaged)
        assert taken(tmp_path, files, "here") is None
