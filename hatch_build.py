"""Puts the price book, read already, into the wheel: see costplan/prices/snapshot.py."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class SnapshotHook(BuildHookInterface):
    """Runs when a wheel is built; an editable install reads the files themselves."""

    folder = ""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the snapshot and have it packed."""
        if version != "standard" or self.target_name != "wheel":
            return
        sys.path.insert(0, self.root)
        try:
            from costplan.prices.snapshot import FILE, snapshot
        finally:
            sys.path.remove(self.root)
        prices = sorted((Path(self.root) / "pricing").glob("*.yaml"))
        self.folder = tempfile.mkdtemp()
        made = Path(self.folder) / FILE
        made.write_bytes(snapshot([(str(path), path.read_bytes()) for path in prices]))
        build_data["force_include"][str(made)] = f"costplan/_data/{FILE}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Tidy up once the wheel is written."""
        shutil.rmtree(self.folder, ignore_errors=True)
