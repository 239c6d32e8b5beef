"""What-ifs kept in files: what they say then, what stays of a file, what cannot be written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from builders_tui import SCENARIO

from costplan.desk import Desk, WhatIf
from costplan.desk.fitting import Fitting
from costplan.desk.keeping import (
    BringingBack,
    KeepingFile,
    KeepingInScenario,
    KeepingVariant,
    Kept,
    default_file,
    default_variant,
)
from costplan.errors import EditError, SaveError, ScenarioError
from costplan.scenario import load_scenario
from costplan.versions import Versions

REQUESTS = "workloads.support-chat.demand.requests"
MIX = "workloads.support-chat.routing.mix"
WHAT_IF = WhatIf(None, ((REQUESTS, "15k/day"),))
SHIPPED = Path(__file__).parent.parent / "scenarios"


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The current folder, with a plan in it."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    (place / "plan.yaml").write_bytes(SCENARIO.format(months=12).replace("\n", "\r\n").encode())
    return place


@pytest.fixture
def desk(folder: Path) -> Desk:
    made = Desk("plan.yaml", versions=Versions(folder.parent / "state"))
    made.load()
    return made


def plan(desk: Desk, what_if: WhatIf) -> object:
    """What a scenario says, once read anew."""
    desk.load()
    scenario = desk.standing(what_if)
    return scenario.workloads, scenario.start, scenario.months, scenario.budget


@pytest.mark.parametrize("variant", [None, "all-haiku"])
def test_a_variant_holds_what_the_what_if_said(
    desk: Desk, folder: Path, variant: str | None
) -> None:
    before = (folder / "plan.yaml").read_bytes()
    what_if = WhatIf(variant, WHAT_IF.settings)
    wanted = plan(desk, what_if)
    kept = KeepingVariant(what_if, "busier").answer(desk)
    assert kept.what_if == WhatIf("busier")
    assert plan(desk, WhatIf("busier")) == wanted
    after = (folder / "plan.yaml").read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == after.count(b"\r\n")


@pytest.mark.parametrize("variant", [None, "all-haiku"])
def test_a_what_if_written_into_the_scenario_is_what_is_written(
    desk: Desk, variant: str | None
) -> None:
    mix = (MIX, "{openai/gpt-6-luna: 70%, anthropic/claude-haiku-5-5: 30%}")
    what_if = WhatIf(variant, (*WHAT_IF.settings, mix))
    wanted = plan(desk, what_if)
    kept = KeepingInScenario(what_if).answer(desk)
    assert kept.what_if == WhatIf(variant)
    assert plan(desk, WhatIf(variant)) == wanted


def test_a_new_file_finds_what_it_names_from_another_folder(folder: Path) -> None:
    shutil.copytree(SHIPPED / "prompts", folder / "mine" / "prompts")
    shutil.copytree(SHIPPED / "samples", folder / "mine" / "samples")
    shutil.copy(SHIPPED / "support-assistant.yaml", folder / "mine" / "plan.yaml")
    desk = Desk("mine/plan.yaml", versions=Versions(folder.parent / "state"))
    desk.load()
    (folder / "other").mkdir()
    kept = KeepingFile(WhatIf(None, (("months", "3"),)), "other/new").answer(desk)
    assert kept.path == "other/new.yaml"
    made = load_scenario(folder / "other" / "new.yaml")
    assert made.months == 3
    assert set(made.texts.values()) == set(desk.scenario.texts.values())


def test_a_new_file_replaces_none(desk: Desk, folder: Path) -> None:
    (folder / "new.yaml").write_text("mine")
    assert KeepingFile(WHAT_IF, "new.yaml").answer(desk).path == "new-2.yaml"
    assert (folder / "new.yaml").read_text() == "mine"


def test_what_the_command_line_set_is_kept_too(folder: Path) -> None:
    desk = Desk("plan.yaml", settings=(("months", "3"),))
    desk.load()
    KeepingVariant(WHAT_IF, "busier").answer(desk)
    assert load_scenario("plan.yaml").apply("busier").months == 3


def test_an_example_that_ships_is_copied_and_never_written(folder: Path) -> None:
    """With the files it names, into the current folder."""
    before = (SHIPPED / "support-assistant.yaml").read_bytes()
    desk = Desk("support-assistant.yaml")
    desk.load()
    kept = KeepingVariant(WhatIf(None, (("months", "3"),)), "short").answer(desk)
    assert (kept.path, kept.what_if) == ("support-assistant.yaml", WhatIf("short"))
    assert (SHIPPED / "support-assistant.yaml").read_bytes() == before
    assert load_scenario(folder / kept.path).apply("short").months == 3
    again = KeepingFile(WhatIf(), "copy.yaml").answer(desk)
    assert (folder / again.path).exists()


def test_an_example_overwrites_no_file_that_it_names(folder: Path) -> None:
    (folder / "prompts").mkdir()
    (folder / "prompts" / "support.md").write_text("mine")
    desk = Desk("support-assistant.yaml")
    desk.load()
    with pytest.raises(SaveError, match="is another file than the example's"):
        KeepingVariant(WhatIf(None, (("months", "3"),)), "short").answer(desk)
    assert (folder / "prompts" / "support.md").read_text() == "mine"


def test_what_cannot_be_kept_changes_nothing(desk: Desk, folder: Path) -> None:
    before = (folder / "plan.yaml").read_bytes()
    with pytest.raises(EditError, match="there is a variant 'cheapest' already"):
        KeepingVariant(WHAT_IF, "cheapest").answer(desk)
    with pytest.raises(ScenarioError, match="months"):
        KeepingInScenario(WhatIf(None, (("months", "0"),))).answer(desk)
    (folder / "plan.yaml").chmod(0o444)
    with pytest.raises(SaveError, match="is read-only"):
        KeepingVariant(WHAT_IF, "busier").answer(desk)
    assert (folder / "plan.yaml").read_bytes() == before


def test_a_what_if_is_kept_in_the_file_as_somebody_left_it(desk: Desk, folder: Path) -> None:
    """Only its lines change, so what another program wrote meanwhile stays."""
    path = folder / "plan.yaml"
    path.write_bytes(path.read_bytes() + b"# theirs\r\n")
    KeepingVariant(WHAT_IF, "busier").answer(desk)
    assert b"# theirs" in path.read_bytes()
    assert b"busier" in path.read_bytes()


def test_versions_are_brought_back_one_by_one(desk: Desk, folder: Path) -> None:
    """And what another program wrote last is not lost by it."""
    path = folder / "plan.yaml"
    first = path.read_bytes()
    KeepingVariant(WHAT_IF, "a").answer(desk)
    second = path.read_bytes()
    KeepingVariant(WHAT_IF, "b").answer(desk)
    path.write_bytes(theirs := path.read_bytes() + b"# theirs\r\n")
    said = [str(BringingBack().answer(desk)) for _ in range(3)]
    assert path.read_bytes() == first
    assert ["2 more" in said[0], "1 more" in said[1], "the first" in said[2]] == [True] * 3
    assert {second, theirs} <= set(desk.versions.of(path))
    with pytest.raises(SaveError, match="no earlier version"):
        BringingBack().answer(desk)


def test_a_deleted_file_is_brought_back(desk: Desk, folder: Path) -> None:
    KeepingVariant(WHAT_IF, "a").answer(desk)
    saved = (folder / "plan.yaml").read_bytes()
    (folder / "plan.yaml").unlink()
    assert isinstance(BringingBack().answer(desk), Kept)
    assert (folder / "plan.yaml").read_bytes() == saved


def test_no_example_stands_in_for_a_deleted_file_of_its_name(folder: Path) -> None:
    (folder / "fast-tier.yaml").write_text(SCENARIO.format(months=12))
    desk = Desk("fast-tier.yaml")
    desk.load()
    (folder / "fast-tier.yaml").unlink()
    with pytest.raises(FileNotFoundError, match="was deleted"):
        desk.load()
    with pytest.raises(FileNotFoundError, match="was deleted"):
        KeepingVariant(WHAT_IF, "a").answer(desk)


def test_names_that_are_offered_are_free(desk: Desk) -> None:
    assert default_variant(desk.scenario) == "what-if"
    KeepingVariant(WHAT_IF, "what-if").answer(desk)
    assert default_variant(desk.load()) == "what-if-2"
    assert default_file("a/plan.yaml", WHAT_IF) == str(Path("a/plan-what-if.yaml"))
    assert default_file("plan.yml", WhatIf("b")) == "plan-b.yml"


def test_what_still_fits_a_changed_file_stays(desk: Desk, folder: Path) -> None:
    settings = (*WHAT_IF.settings, ("workloads.mail-triage.batch", "30%"))
    assert Fitting(WhatIf("cheapest", settings)).answer(desk).said == ""
    text = (folder / "plan.yaml").read_bytes().decode()
    (folder / "plan.yaml").write_text(text.replace("mail-triage", "mail").replace("cheapest", "x"))
    desk.load()
    fitted = Fitting(WhatIf("cheapest", settings)).answer(desk)
    assert fitted.what_if == WHAT_IF
    assert "variant cheapest, workloads.mail-triage.batch" in fitted.said
