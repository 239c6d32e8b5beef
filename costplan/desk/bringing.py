"""What an example names comes along where it is copied to."""

from __future__ import annotations

from pathlib import Path

from costplan.errors import SaveError
from costplan.scenario.texts import Texts
from costplan.writing import save


def bring_named(texts: Texts, folder: Path, *, must_agree: bool = False) -> None:
    """Put the files that were read for an example into another folder; what is there stays.

    Args:
        texts: what read them, and knows which they are.
        folder: where the copy of the example stands.
        must_agree: whether a file that is there already has to be the example's.

    Raises:
        SaveError: one cannot be written, or is another than the example's and must not be.
        OSError: one cannot be read.
    """
    for name in texts.seen:
        source, target = texts.folder.joinpath(name), folder / name
        if not source.is_file():
            continue
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            save(target, source.read_bytes(), None)
        elif must_agree and target.read_bytes() != source.read_bytes():
            raise SaveError(f"{target} is another file than the example's; name another folder")
