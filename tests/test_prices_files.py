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
from costplan.errors import MissingPriceError
from costplan.meters import Meter
from costplan.prices import Price, default_book, load_price_book
from costplan.prices.checksums import broken_releases, main, read_checksums
from costplan.prices.schema import price_schema

ROOT = Path(__file__).parent.parent
PRICING = ROOT / "pricing"
FILES = sorted(PRICING.glob("*.yaml"))
REFERENCE = ROOT.parent / "shared/data/prices/reference.json.gz"


def test_the_three_providers_are_there() -> None:
    """The book ships with the prices of OpenAI, Anthropic and Google."""
    assert {model.provider for model in default_book().models} == {"anthropic", "google", "openai"}


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


def test_reading_a_cache_costs_less_than_reading() -> None:
    """A cached token is cheaper than a fresh one, in every row and every tier."""
    for row in _rows():
        for rates in (row.rates, *(tier.rates for tier in row.tiers)):
            assert rates.get(Meter.CACHE_READ, Decimal(0)) < rates[Meter.INPUT], row.canonical


def test_a_tier_is_never_cheaper() -> None:
    """No provider gives a discount for long prompts."""
    for row in _rows():
        for tier in row.tiers:
            assert all(rate >= row.rates[meter] for meter, rate in tier.rates.items()), (
                row.canonical
            )


def test_no_mode_leaves_long_prompts_open() -> None:
    """Where the standard price has a tier, every mode has it too, or is not for longer prompts."""
    book = default_book()
    for row in _rows():
        name, day = f"{row.provider}/{row.model}", row.from_
        standard = next(
            (p for p in reversed(book.history(name)) if p.from_ <= day and p.rates), row
        )
        sizes = {tier.above for tier in standard.tiers}
        assert {tier.above for tier in row.tiers} == sizes or row.up_to in sizes, row.canonical


def test_batch_is_half_of_standard_give_or_take_a_rounding() -> None:
    """A slipped digit in a batch rate would stand out."""
    book = default_book()
    for row in _rows():
        if row.mode == "batch":
            name = f"{row.provider}/{row.model}"
            day = max(row.from_, row.known)
            standard = book.pinned(known_at=day).price(name, at=day)
            batch = book.pinned(known_at=day).price(name, at=day, mode="batch")
            for meter in (Meter.INPUT, Meter.OUTPUT):
                if meter in standard.rates:
                    ratio = batch.rates[meter] / standard.rates[meter]
                    assert abs(ratio - Decimal("0.5")) < Decimal("0.01"), row.canonical


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
    "input": Meter.INPUT,
    "output": Meter.OUTPUT,
    "cache_read": Meter.CACHE_READ,
    "cache_write_5m": Meter.CACHE_WRITE_5M,
    "cache_write_1h": Meter.CACHE_WRITE_1H,
    "cache_write_12h": Meter.CACHE_WRITE_12H,
}


def _reference() -> list[dict[str, Any]]:
    with gzip.open(REFERENCE) as file:
        rows = json.load(file)["rows"]
    names = {model.name for model in default_book().models}
    return [
        row
        for row in rows
        if f"{row['provider']}/{row['model']}" in names
        and row["mode"] in {"standard", "batch"}
        and row["component"] in COMPONENTS
        and row["confidence"] == "high"
        and row["effective_from_basis"] in {"announced", "release_date"}
        and Decimal(row["usd_per_million"])
    ]


@pytest.mark.skipif(
    not REFERENCE.exists(),
    reason="NOT CHECKED against the reference rows, which are not in this checkout",
)
def test_every_trusted_row_of_the_reference_is_in_the_book() -> None:
    """Each dated literal that independent datasets agree on is in force on its day."""
    book, rows, wrong = default_book(), _reference(), []
    for row in rows:
        meter = COMPONENTS[row["component"]]
        if row["provider"] == "openai" and meter is Meter.CACHE_WRITE_5M:
            meter = Meter.CACHE_WRITE_30M
        prompt = (row["tier_over_input_tokens"] or -1) + 1
        day = date.fromisoformat(row["effective_from"])
        name = f"{row['provider']}/{row['model']}"
        try:
            found = book.price(name, at=day, mode=row["mode"]).at_prompt(prompt).get(meter)
        except MissingPriceError:
            found = None
        if found != Decimal(row["usd_per_million"]):
            wrong.append((name, row["mode"], meter.value, day, row["usd_per_million"], found))
    assert len(rows) > 400
    assert not wrong
