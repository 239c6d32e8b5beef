"""What a file is meant to be, told without reading all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from costplan.kind import Kind, kind_of

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"name: x\nworkloads: {}\n", Kind.SCENARIO),
        (b"\xef\xbb\xbfworkloads:\r\n", Kind.SCENARIO),
        (b"name: [\nworkloads:\n", Kind.SCENARIO),
        (b'{"name": "x", "workloads": {}}', Kind.SCENARIO),
        (b"provider: x\nworkloads: {}\n", Kind.SCENARIO),
        (b"# a price file\nprovider: x\n", Kind.PRICES),
        (b'"provider": x\n', Kind.PRICES),
        (b"{provider: x, models: []}", Kind.PRICES),
        (b'\n {"scenario": "x",\n "price_book": {}}', Kind.SAVED_PLAN),
        (b'{"workloads": {}, "name": "\\"price_book\\": 1"}', Kind.SCENARIO),
        (b"services: {}\n", Kind.OTHER),
        (b"x:\n  workloads: 1\n  provider: 2\n", Kind.OTHER),
        (b"", Kind.OTHER),
    ],
)
def test_keys_of_the_outermost_level_tell(content: bytes, kind: Kind) -> None:
    """Whether YAML or JSON, and whether it could be parsed or not."""
    assert kind_of(content) is kind


def test_the_shipped_files_are_told_apart() -> None:
    """Every example is a scenario, and every price file one of prices."""
    for folder, kind in (("scenarios", Kind.SCENARIO), ("pricing", Kind.PRICES)):
        files = list((ROOT / folder).glob("*.yaml"))
        assert files
        assert {kind_of(file.read_bytes()) for file in files} == {kind}
