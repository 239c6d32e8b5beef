"""The ways costplan is installed: its prices and examples are found in each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DATA = (
    "prices.snapshot",
    "pricing/CHECKSUMS",
    "pricing/openai.yaml",
    "scenarios/fast-tier.yaml",
    "scenarios/prompts/support.md",
    "scenarios/templates/rag-search.yaml",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel, an sdist, and a wheel made from that sdist in `from-sdist`."""
    folder = tmp_path_factory.mktemp("built")
    code = (
        "import sys; from hatchling.build import build_sdist, build_wheel\n"
        "print(build_wheel(sys.argv[1])); print(build_sdist(sys.argv[1]))"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=ROOT, check=True, capture_output=True
    )
    (sdist,) = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (source,) = (folder / "unpacked").iterdir()
    again = folder / "from-sdist"
    again.mkdir()
    only_wheel = code.partition("print(build_sdist")[0]
    subprocess.run(
        [sys.executable, "-c", only_wheel, str(again)], cwd=source, check=True, capture_output=True
    )
    return folder


def plan_from(path: Path, folder: Path) -> dict[str, str]:
    """`costplan plan fast-tier.yaml` with the package found at `path`, run in an empty folder."""
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    env = {**os.environ, "PYTHONPATH": str(path)}
    where = "import costplan; print(costplan.__file__)"
    found = subprocess.run(
        [sys.executable, "-P", "-c", where],
        env=env,
        cwd=empty,
        check=True,
        capture_output=True,
        text=True,
    )
    assert str(path) in found.stdout
    command = [sys.executable, "-P", "-m", "costplan", "plan", "fast-tier.yaml", "--format", "json"]
    ran = subprocess.run(command, env=env, cwd=empty, capture_output=True, text=True, check=True)
    return {row["model"]: row["expected"] for row in json.loads(ran.stdout)["by_model"]}


PUBLISHED = {
    "openai/gpt-4o-mini": "0.255",
    "anthropic/claude-3-haiku": "0.5",
    "anthropic/claude-3-5-haiku": "1.6",
}


def test_wheel_holds_the_data(built: Path) -> None:
    """Packed inside the package, where nothing else can be named `pricing`."""
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"costplan/_data/{name}" for name in DATA} <= names
    assert not any(name.startswith(("pricing/", "scenarios/", "tests/")) for name in names)


def test_wheel_unpacked(built: Path, tmp_path: Path) -> None:
    """As pip installs it."""
    (wheel,) = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    assert plan_from(tmp_path / "site", tmp_path) == PUBLISHED


def test_wheel_as_a_zip(built: Path, tmp_path: Path) -> None:
    """Imported straight from the archive."""
    (wheel,) = built.glob("*.whl")
    assert plan_from(wheel, tmp_path) == PUBLISHED


def test_wheel_from_the_sdist(built: Path, tmp_path: Path) -> None:
    """What a distribution builds from the source archive."""
    (wheel,) = (built / "from-sdist").glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    assert plan_from(tmp_path / "site", tmp_path) == PUBLISHED


def test_checkout(tmp_path: Path) -> None:
    """A checkout, or an editable install: the folders beside the package, live."""
    assert plan_from(ROOT, tmp_path) == PUBLISHED
