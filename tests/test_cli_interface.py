"""`costplan` and `costplan open`: which scenario the interface is opened on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from costplan.cli import main
from costplan.desk import Desk

SCENARIO = "name: x\nstart: 2026-12\nworkloads: {}\n"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[Desk, str | None]]:
    """What the interface was opened on, in an empty folder and as if in a terminal."""
    found: list[tuple[Desk, str | None]] = []
    monkeypatch.chdir(tmp_path)
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(
        "costplan.tui.run", lambda desk, variant, **_: found.append((desk, variant))
    )
    return found


type Opened = list[tuple[Desk, str | None]]


def test_the_only_scenario_of_a_folder_is_opened(opened: Opened) -> None:
    """Other YAML files beside it do not count."""
    Path("mine.yaml").write_text(SCENARIO)
    Path("compose.yml").write_text("services: {}\n")
    assert main([]) == 0
    assert [desk.path for desk, _ in opened] == ["mine.yaml"]


@pytest.mark.parametrize("names", [[], ["a.yaml", "b.yaml"]])
def test_none_or_several_open_the_example(opened: Opened, names: list[str]) -> None:
    """With the other examples in its list."""
    for name in names:
        Path(name).write_text(SCENARIO)
    assert main([]) == 0
    ((desk, _),) = opened
    assert desk.path == "support-assistant.yaml"
    assert {"fast-tier.yaml", "six-workloads.yaml"} <= set(desk.others)


def test_options_of_open_reach_the_interface(opened: Opened) -> None:
    """Settings, horizon, draws and variant."""
    options = ["--set", "currency=EUR", "--months", "3", "--start", "2027-01", "--draws", "64"]
    assert main(["open", "x.yaml", "--variant", "v", *options]) == 0
    ((desk, variant),) = opened
    assert (desk.path, desk.draws, variant) == ("x.yaml", 64, "v")
    assert desk.settings == (("currency", "EUR"), ("months", "3"), ("start", "2027-01"))
