"""What tests share: golden files, and no memory of earlier runs."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

TESTS = Path(__file__).parent
# How long an example takes says nothing about the code on a busy machine.
settings.register_profile("costplan", deadline=None)
settings.load_profile("costplan")

type Golden = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/golden/ anew; read the diff"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """A check that a text is byte for byte what `tests/golden/NAME` holds."""

    def check(name: str, text: str) -> None:
        path = TESTS / "golden" / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode())
        assert text.encode() == path.read_bytes(), f"{name}: see pytest --update-golden"

    return check


@pytest.fixture(autouse=True)
def _own_surroundings(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Keep the developer's cache, terminal width and colours out of the tests."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)


WITHOUT_EXTRAS = TESTS / "without_extras"
"""A folder whose `sitecustomize` hides the extras from a new interpreter."""


@pytest.fixture(autouse=True)
def _without_extras(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """No result depends on which extras are installed; a test that needs one asks for `extras`."""
    from costplan.tokens import engines, store, vocabularies

    def forget() -> None:
        vocabularies.installed.cache_clear()
        engines._gigatoken.cache_clear()
        engines._counted.clear()
        store._versions.cache_clear()

    if "extras" not in request.fixturenames:
        for library in ("splintr", "gigatoken"):
            monkeypatch.setitem(sys.modules, library, None)
        monkeypatch.syspath_prepend(str(WITHOUT_EXTRAS))
        monkeypatch.setenv("PYTHONPATH", str(WITHOUT_EXTRAS), prepend=os.pathsep)
    forget()
    yield
    forget()


@pytest.fixture
def extras() -> None:
    """The extras as they are installed; a test that lacks the one it needs skips, and says so."""


@pytest.fixture
def splintr(extras: None) -> None:
    """The extra `tokenizers`, without which a test says that it checked nothing."""
    pytest.importorskip("splintr", reason="splintr-rs is absent: vocabularies are NOT checked")


@dataclass(frozen=True)
class Ran:
    """What one command did."""

    code: int
    out: str
    err: str


type Cli = Callable[..., Ran]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run `costplan` with arguments, in this process, and tell what it did."""
    from costplan.cli import main, streams

    def run(*arguments: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        monkeypatch.setattr(streams._Input, "content", None)
        code = main(arguments)
        return Ran(code, *capsys.readouterr())

    return run
