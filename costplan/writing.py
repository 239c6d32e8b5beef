"""Files written whole or not at all.

A file is written beside its place, forced to the disk, and moved there: whoever reads, and
whatever ends the process, finds the old content or the new one. What was changed by another program
since it was read is never overwritten unasked.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import itertools
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from costplan.errors import ChangedFileError, SaveError

_DRAFT = ".part"
_numbers = itertools.count(1)
"""Two threads that write the same file do not share a draft."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """By what a file is recognised; two are equal where the content is."""

    digest: str
    """SHA-256 of the content."""
    size: int
    """Bytes."""
    modified: int = field(compare=False)
    """When it was last written, in nanoseconds; a file may be touched without a change."""


def read_stamped(path: Path) -> tuple[bytes, Stamp]:
    """The content of a file, and by what it will be recognised.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        data = file.read()
        return data, _stamp(data, os.fstat(file.fileno()).st_mtime_ns)


def save(
    path: Path,
    data: bytes,
    expected: Stamp | None,
    *,
    keep: Callable[[bytes], None] = lambda _: None,
) -> Stamp:
    """Write a file that somebody works on.

    A link keeps pointing where it does, and the file keeps its permissions.

    Args:
        path: the file.
        data: all it should hold.
        expected: what it held when it was read; None where it must not exist yet.
        keep: is given the old content and the new one before anything is written.

    Returns:
        By what the file is recognised now.

    Raises:
        ChangedFileError: it is another than expected, gone, or there already.
        SaveError: it cannot be written; says why in a sentence. What it held is still there.
    """
    try:
        target = _target(path)
        keep_from = _checked(path, target, expected)
        if keep_from is not None:
            keep(keep_from)
        keep(data)
        _replace(target, data, before=lambda: _unchanged(path, target, expected))
        return _stamp(data, target.stat().st_mtime_ns)
    except OSError as error:
        raise SaveError(_sentence(path, error)) from None


def save_new(
    wanted: Path, data: bytes, *, keep: Callable[[Path, bytes], None] = lambda _, __: None
) -> tuple[Path, Stamp]:
    """Write a file that is not there yet; where something is, the name gets a number.

    Args:
        wanted: what it is called: `plan.yaml`, else `plan-2.yaml` and so on.
        data: all it should hold.
        keep: is given the name that was free and the content.

    Returns:
        What it is called, and by what it is recognised.

    Raises:
        SaveError: it cannot be written; says why in a sentence.
    """
    numbers = (f"-{n}" if n > 1 else "" for n in itertools.count(1))
    for path in (wanted.with_stem(f"{wanted.stem}{number}") for number in numbers):
        with contextlib.suppress(ChangedFileError):
            return path, save(path, data, None, keep=functools.partial(keep, path))
    raise AssertionError("numbers do not end")


def write_whole(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a file, whatever it held; a device or pipe gets the bytes as they are.

    Args:
        path: the file; a link keeps pointing where it does, and permissions stay.
        data: all it should hold.
        durable: whether it must outlive a loss of power; what can be made again need not.

    Raises:
        OSError: it cannot be written; what it held before is still there.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(data)  # a folder says what it is
        return
    try:
        _replace(Path(os.path.realpath(path)), data, durable=durable)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def _target(path: Path) -> Path:
    """The file itself, which a link may point at."""
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return target


def _checked(path: Path, target: Path, expected: Stamp | None) -> bytes | None:
    """What the file holds now, which is what was expected and may be replaced."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        if expected is None:
            return None
        raise ChangedFileError(f"{path} was deleted since it was read", gone=True) from None
    if stat.S_ISDIR(mode):
        raise SaveError(f"{path} is a folder now; save under another name")
    if not stat.S_ISREG(mode):
        raise SaveError(f"{path} is a device or pipe; save under another name")
    if expected is None:
        raise ChangedFileError(f"{path} exists already")
    data, found = read_stamped(target)
    if found != expected:
        raise ChangedFileError(f"{path} was changed by another program since it was read")
    if not mode & 0o222 or not os.access(target, os.W_OK):
        raise SaveError(f"{path} is read-only; save under another name, or allow writing to it")
    return data


def _unchanged(path: Path, target: Path, expected: Stamp | None) -> None:
    """Look again just before the file is replaced: keeping its old content took a while."""
    try:
        now = target.stat()
    except FileNotFoundError:
        now = None
    known = (expected.modified, expected.size) if expected else None
    if now is None or (now.st_mtime_ns, now.st_size) != known:
        _checked(path, target, expected)


def _replace(
    target: Path,
    data: bytes,
    *,
    durable: bool = True,
    before: Callable[[], object] = lambda: None,
) -> None:
    _clear(target)
    draft = target.with_name(f".{target.name}.{os.getpid()}-{next(_numbers)}{_DRAFT}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY, 0o666)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            _keep_permissions(target, file.fileno())
            file.flush()
            if durable:
                os.fsync(handle)
        before()
        draft.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    if durable:
        _force(target.parent)


_BINARY = getattr(os, "O_BINARY", 0)


def _keep_permissions(target: Path, handle: int) -> None:
    """As the file has them; its owner too, where this user may give files away."""
    try:
        old = target.stat()
    except FileNotFoundError:
        return
    if hasattr(os, "fchown"):
        made = os.fstat(handle)
        if (made.st_uid, made.st_gid) != (old.st_uid, old.st_gid):
            with contextlib.suppress(OSError):
                os.fchown(handle, old.st_uid, old.st_gid)
        os.fchmod(handle, stat.S_IMODE(old.st_mode))


def _force(folder: Path) -> None:
    """Have the system write down that the file has moved; some cannot, and do so by themselves."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _clear(target: Path) -> None:
    """Remove drafts of this file whose process was ended before it could."""
    head = f".{target.name}."
    with contextlib.suppress(OSError):
        for name in [file.name for file in target.parent.iterdir()]:
            process = name.removeprefix(head).partition("-")[0]
            is_draft = name.startswith(head) and name.endswith(_DRAFT) and process.isdecimal()
            if is_draft and _is_over(int(process)):
                (target.parent / name).unlink(missing_ok=True)


def _is_over(process: int) -> bool:
    """Whether no process has that number, as far as can be told."""
    if os.name == "nt" or process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _stamp(data: bytes, modified: int) -> Stamp:
    return Stamp(hashlib.sha256(data).hexdigest(), len(data), modified)


_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def _sentence(path: Path, error: OSError) -> str:
    """Why a file was not saved, and what to do."""
    folder = path.parent
    if error.errno in _FULL:
        return f"{path} was not saved: the disk is full"
    if error.errno == errno.EROFS:
        return f"{path} was not saved: it is on a disk that cannot be written to"
    if isinstance(error, PermissionError):
        return f"{path} was not saved: you may not write to the folder {folder}"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"{path} was not saved: the folder {folder} is gone"
    why = error.strerror.lower() if error.strerror else str(error)
    return f"{path} was not saved: {why}"
