"""Broken price files: every problem at once, each with its place, its path and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from costplan.errors import ExitCode, PriceFileError
from costplan.prices import load_price_book, read_price_file

CORPUS = sorted((Path(__file__).parent / "errors" / "prices").glob("*.yaml"))


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_a_broken_price_file_says_exactly_what_is_wrong(path: Path) -> None:
    """The lines beside the file are the whole message, and the file is not used."""
    read, problems = read_price_file(path.read_bytes(), path.name)
    expected = path.with_suffix(".expected").read_text(encoding="utf-8").splitlines()
    assert [str(problem) for problem in sorted(problems)] == expected
    assert read is None


def test_every_file_of_a_folder_is_reported_at_once(tmp_path: Path) -> None:
    """Two broken files are told in one error, which ends the command with code 2."""
    for path in CORPUS[:2]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(PriceFileError) as caught:
        load_price_book(tmp_path)
    told = {Path(problem.place.file).name for problem in caught.value.problems}
    assert told == {path.name for path in CORPUS[:2]}
    assert caught.value.exit_code == ExitCode.INVALID


def test_two_files_of_one_provider(tmp_path: Path) -> None:
    """A copy left in the folder is noticed, not merged."""
    text = (
        "{provider: acme, title: Acme, currency: USD, added: 2026.01.01, source: page, "
        "sources: {page: {title: Page, observed: 2026-01-01, licence: facts}}, "
        "models: {m1: {prices: {standard: [{from: 2025-01-01, rates: {input: 1}}]}}}}"
    )
    for name in ("acme.yaml", "copy.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(PriceFileError, match=r"copy\.yaml:1:1: provider: acme\.yaml holds"):
        load_price_book(tmp_path)
