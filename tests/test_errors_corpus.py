"""A corpus of broken scenarios: each with its exact messages, positions and exit code.

`tests/errors/scenarios/NAME.yaml` is the input, `NAME.expected` what `costplan check` prints and
ends with. `pytest --update-golden` writes them anew; read the diff.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Cli, Golden

CORPUS = Path(__file__).parent / "errors" / "scenarios"
BROKEN = sorted(file.stem for file in CORPUS.glob("*.yaml"))


@pytest.mark.parametrize("name", BROKEN)
def test_broken_scenario(
    name: str, cli: Cli, golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every problem at once, where it is, with what to do about it."""
    monkeypatch.chdir(CORPUS)
    ran = cli("check", f"{name}.yaml")
    golden(f"../errors/scenarios/{name}.expected", f"{ran.out}exit {ran.code}\n")
    assert ran.code in {2, 3}
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("name", [name for name in BROKEN if not name.startswith("variant-")])
def test_plan_says_the_same(name: str, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """`plan` refuses what `check` refuses, with the same exit code, on standard error."""
    monkeypatch.chdir(CORPUS)
    expected = (CORPUS / f"{name}.expected").read_text("utf-8")
    ran = cli("plan", f"{name}.yaml")
    assert ran.out == ""
    assert f"exit {ran.code}\n" in expected
    for line in expected.splitlines()[:-1]:
        assert line in ran.err


def test_the_corpus_is_large_enough_to_mean_something() -> None:
    """At least 25 broken files, and nothing expected of a file that is not there."""
    assert len(BROKEN) >= 25
    assert {file.stem for file in CORPUS.glob("*.expected")} == set(BROKEN)


def test_fifty_megabytes(cli: Cli, tmp_path: Path) -> None:
    """A file that cannot be a scenario is refused at once."""
    file = tmp_path / "huge.yaml"
    file.write_bytes(b"# not a scenario\n" * 3_000_000)
    ran = cli("check", str(file))
    assert ran.out == (
        f"{file}: the file has 51 MB; at most 4 MB are read (is this the right file?)\n"
    )
    assert ran.code == 2


def test_binary(cli: Cli, tmp_path: Path) -> None:
    """A picture is told apart at its first byte."""
    file = tmp_path / "picture.yaml"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    ran = cli("check", str(file))
    assert ran.out == f"{file}:1:1: not text: byte 0x89 (expected a YAML file in UTF-8)\n"
    assert ran.code == 2
