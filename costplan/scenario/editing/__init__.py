"""Scenario files changed as text: what is not meant stays as it was, to the byte."""

from __future__ import annotations

from costplan.scenario.editing.changing import added, removed, replaced, rewritten
from costplan.scenario.editing.keeping import (
    VARIANT_NAME,
    as_new_file,
    named_files,
    with_settings,
    with_variant,
)

__all__ = [
    "VARIANT_NAME",
    "added",
    "as_new_file",
    "named_files",
    "removed",
    "replaced",
    "rewritten",
    "with_settings",
    "with_variant",
]
