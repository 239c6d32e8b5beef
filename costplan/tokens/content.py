"""What kind of text it is: the ratio between two tokenizers depends on little else."""

from __future__ import annotations

import re
from enum import StrEnum

_LOOK_AT = 60_000
"""Characters of a long text that are looked at: its beginning, middle and end, a third each."""

# Not compiled here: `re` does so at first use, and remembers.
_CJK = r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff01-\uff60]"
_FOREIGN = r"[^\x00-\u024f\u1e00-\u1eff\u2000-\u2bff\U0001f000-\U0001ffff]"
_CYRILLIC = r"[\u0400-\u052f]"
# Latin letters, without the signs of times and divided by, which stand among them.
_ACCENTED = r"[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]"
_JSON_MARKS = r'["{}\[\]:,]'
_CODE_MARKS = r"[{}()\[\];=<>_/\\|&$#@+*]"


class Content(StrEnum):
    """The classes for which factors were measured (`benchmarks/density.py`)."""

    EN = "en"
    """Prose, documentation and chat in English."""
    LATIN = "latin"
    """The same in another language of Latin script, told by its accents."""
    CYRILLIC = "cyrillic"
    CODE = "code"
    JSON = "json"
    CJK = "cjk"
    MULTI = "multi"
    """Other scripts: Arabic, Greek, Hebrew, Hindi, Thai, Georgian, ..."""


def classify(text: str) -> Content:
    """The class of a text, from the shares of scripts and punctuation in a sample of it."""
    sample = _sample(text)
    solid = len(sample) - sum(map(sample.count, " \n\t\r"))
    if not solid:
        return Content.EN
    cjk = len(re.findall(_CJK, sample)) / solid
    if cjk > 0.15:
        return Content.CJK
    if len(re.findall(_FOREIGN, sample)) / solid - cjk > 0.2:
        cyrillic = len(re.findall(_CYRILLIC, sample)) / solid > 0.2
        return Content.CYRILLIC if cyrillic else Content.MULTI
    if _looks_like_json(sample, solid):
        return Content.JSON
    if _looks_like_code(sample, solid):
        return Content.CODE
    # French has 4 %, German and Italian 1 to 2 %, English with a few names less.
    accents = len(re.findall(_ACCENTED, sample))
    return Content.LATIN if accents > 1 and accents / solid > 0.01 else Content.EN


def _looks_like_json(sample: str, solid: int) -> bool:
    """Opens with a bracket and is full of quotes: also one object per line."""
    opens = sample.lstrip()[:1] in {"{", "["}
    return opens and '"' in sample and len(re.findall(_JSON_MARKS, sample)) / solid > 0.12


def _looks_like_code(sample: str, solid: int) -> bool:
    """Full of operators, or of fewer where most lines are indented (Python with its docstrings).

    The limits part 600 Python files and 200 C headers from 900 licences and READMEs.
    """
    marks = len(re.findall(_CODE_MARKS, sample)) / solid
    lines = sample.splitlines()
    indented = sum(line[:1] in {" ", "\t"} for line in lines) / len(lines)
    return marks > 0.1 or (marks > 0.055 and indented > 0.3)


def _sample(text: str) -> str:
    if len(text) <= _LOOK_AT:
        return text
    third, middle = _LOOK_AT // 3, len(text) // 2
    return text[:third] + text[middle : middle + third] + text[-third:]
