"""Taking the plan along: what is written is what the command line prints, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from plans import book

from costplan.cli import main
from costplan.desk import Desk, WhatIf
from costplan.desk.taking import Exporting, Writing, default_name
from costplan.errors import SaveError, UsageError

SCENARIO = "support-assistant.yaml"


@pytest.mark.parametrize(
    ("ending", "form"), [("csv", "csv"), ("json", "json"), ("md", "markdown"), ("CSV", "csv")]
)
def test_an_export_is_what_the_command_line_prints(
    ending: str, form: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """To the byte, variant and settings and all."""
    path = tmp_path / f"plan.{ending}"
    desk = Desk(f"scenarios/{SCENARIO}", book(), draws=64)
    desk.load()
    what_if = WhatIf("all-haiku", (("assumptions.growth", "2%"),))
    assert Exporting(what_if, str(path)).answer(desk) == f"wrote {path}"
    capfd.readouterr()
    arguments = ["--variant", "all-haiku", "--set", "assumptions.growth=2%", "--draws", "64"]
    assert main(["plan", f"scenarios/{SCENARIO}", *arguments, "--format", form]) == 0
    assert path.read_bytes().decode() == capfd.readouterr().out


def test_another_ending_is_refused(tmp_path: Path) -> None:
    desk = Desk(f"scenarios/{SCENARIO}", book(), draws=64)
    desk.load()
    with pytest.raises(UsageError, match=r"end the name with \.csv, \.json or \.md"):
        Exporting(WhatIf(), str(tmp_path / "plan.xlsx")).answer(desk)
    assert not list(tmp_path.iterdir())


def test_what_is_there_already_is_left_alone(tmp_path: Path) -> None:
    """The new file gets a number."""
    path = tmp_path / "a.svg"
    path.write_text("old", encoding="utf-8")
    desk = Desk(SCENARIO)
    assert (
        Writing(str(path), "1").answer(desk) == f"wrote {tmp_path}/a-2.svg ({path} exists already)"
    )
    assert Writing(str(path), "2").answer(desk).startswith(f"wrote {tmp_path}/a-3.svg")
    written = {file.name: file.read_text("utf-8") for file in tmp_path.iterdir()}
    assert written == {"a.svg": "old", "a-2.svg": "1", "a-3.svg": "2"}


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    """How a disk fills up is tested where files are written (test_writing.py)."""
    with pytest.raises(SaveError, match=r"gone"):
        Writing(str(tmp_path / "gone" / "a.csv"), "x").answer(Desk(SCENARIO))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("what_if", "name"),
    [
        (WhatIf(), "support-assistant.csv"),
        (WhatIf("all-haiku"), "support-assistant-all-haiku.csv"),
        (WhatIf("a", (("months", "3"),)), "support-assistant-a-what-if.csv"),
    ],
)
def test_the_name_says_what_is_in_it(what_if: WhatIf, name: str) -> None:
    assert default_name(f"scenarios/{SCENARIO}", what_if, "csv") == name
