"""Files are written whole or not at all, over nobody's changes, and what they held can be found."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from costplan.errors import ChangedFileError, SaveError
from costplan.versions import MOST, Versions
from costplan.writing import Stamp, read_stamped, save, write_whole

KILLED = Path(__file__).parent / "killed_saves.py"
OLD, NEW = b"old\n" * 50_000, b"new\n" * 60_000


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A file to save."""
    path = tmp_path / "plan.yaml"
    path.write_bytes(b"old")
    return path


def stamp(path: Path) -> Stamp:
    return read_stamped(path)[1]


def test_a_saved_file_holds_the_new_content_and_nothing_lies_beside_it(plan: Path) -> None:
    after = save(plan, b"new", stamp(plan))
    assert plan.read_bytes() == b"new"
    assert after == stamp(plan)
    assert list(plan.parent.iterdir()) == [plan]


def test_a_new_file_is_made_where_there_is_none(tmp_path: Path) -> None:
    assert save(tmp_path / "new.yaml", b"x", None) == stamp(tmp_path / "new.yaml")


@pytest.mark.parametrize("write", [save, write_whole])
def test_a_link_keeps_pointing_and_a_mode_stays(tmp_path: Path, write: object) -> None:
    """Replacing a file replaces its content, not what it is."""
    target, link = tmp_path / "real.txt", tmp_path / "link.txt"
    target.write_text("before")
    target.chmod(0o640)
    link.symlink_to(target)
    if write is save:
        save(link, b"after", stamp(link))
    else:
        write_whole(link, b"after")
    assert link.is_symlink()
    assert target.read_text() == "after"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_device_is_written_to() -> None:
    """`-o /dev/null` is not replaced by a file."""
    write_whole(Path(os.devnull), b"text")
    assert not Path(os.devnull).is_file()


def test_a_file_that_cannot_be_written_keeps_what_it_held(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The draft fails, the file stays, the draft goes."""

    def fail(self: Path, to: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space left") as caught:
        write_whole(plan, b"after")
    assert caught.value.filename == str(plan)
    with pytest.raises(SaveError, match=r"plan.yaml was not saved: the disk is full"):
        save(plan, b"after", stamp(plan))
    assert plan.read_bytes() == b"old"
    assert list(plan.parent.iterdir()) == [plan]


# Changes by somebody else


def test_a_file_that_another_program_changed_is_not_overwritten(plan: Path) -> None:
    """Even where size and time are as before."""
    before = stamp(plan)
    plan.write_bytes(b"new")
    os.utime(plan, ns=(before.modified, before.modified))
    with pytest.raises(ChangedFileError, match="changed by another program") as caught:
        save(plan, b"mine", before)
    assert not caught.value.gone
    assert plan.read_bytes() == b"new"


def test_a_file_that_was_only_touched_is_saved(plan: Path) -> None:
    before = stamp(plan)
    os.utime(plan, ns=(1, 1))
    save(plan, b"mine", before)
    assert plan.read_bytes() == b"mine"


def test_a_change_while_it_is_saved_is_noticed(plan: Path) -> None:
    """The file is looked at again just before it is replaced."""

    def theirs(_: bytes) -> None:
        plan.write_bytes(b"theirs")

    with pytest.raises(ChangedFileError):
        save(plan, b"mine", stamp(plan), keep=theirs)
    assert plan.read_bytes() == b"theirs"


def test_a_deleted_file_is_told_apart_and_can_be_made_again(plan: Path) -> None:
    before = stamp(plan)
    plan.unlink()
    with pytest.raises(ChangedFileError, match="deleted since it was read") as caught:
        save(plan, b"mine", before)
    assert caught.value.gone
    save(plan, b"mine", None)
    assert plan.read_bytes() == b"mine"


def test_a_file_that_should_be_new_overwrites_none(plan: Path) -> None:
    with pytest.raises(ChangedFileError, match="exists already"):
        save(plan, b"mine", None)


# Places that cannot be written


def test_a_read_only_file_is_left_alone_even_by_who_may_do_everything(plan: Path) -> None:
    plan.chmod(0o444)
    with pytest.raises(SaveError, match="is read-only"):
        save(plan, b"new", stamp(plan))
    assert plan.read_bytes() == b"old"


def test_a_folder_in_its_place_is_told(plan: Path) -> None:
    before = stamp(plan)
    plan.unlink()
    plan.mkdir()
    with pytest.raises(SaveError, match="is a folder now"):
        save(plan, b"new", before)


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(SaveError, match=r"the folder .*gone is gone"):
        save(tmp_path / "gone" / "plan.yaml", b"new", None)
    (tmp_path / "file").write_text("")
    with pytest.raises(SaveError, match=r"the folder .*file is gone"):
        save(tmp_path / "file" / "plan.yaml", b"new", None)


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """The nearest to a full disk that needs no disk: a write beyond this fails half-way."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_disk_that_fills_up_keeps_the_old_file(plan: Path) -> None:
    """The system stops the write half-way; nothing of it stays."""
    with files_no_longer_than(10_000), pytest.raises(SaveError, match="the disk is full"):
        save(plan, b"x" * 100_000, stamp(plan))
    assert plan.read_bytes() == b"old"
    assert list(plan.parent.iterdir()) == [plan]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EROFS, "on a disk that cannot be written to"),
        (errno.EACCES, "you may not write to the folder"),
        (errno.EIO, "input/output error"),
    ],
)
@pytest.mark.parametrize("call", ["open", "fsync"])
def test_what_the_system_says_is_told_in_a_sentence(
    plan: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, said: str
) -> None:
    before = stamp(plan)

    def fail(*_args: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(SaveError, match=f"was not saved: .*{said}"):
        save(plan, b"new", before)
    monkeypatch.undo()
    assert plan.read_bytes() == b"old"
    assert list(plan.parent.iterdir()) == [plan]


# Killed


def python(*arguments: str) -> list[str]:
    return [sys.executable, str(KILLED), *arguments]


def test_a_save_that_is_killed_at_any_step_leaves_the_old_file_or_the_new_one(
    tmp_path: Path,
) -> None:
    """Ended before and after every call; once new it stays new."""
    ran = subprocess.run(
        python(str(tmp_path), "steps"), capture_output=True, text=True, check=True, timeout=120
    )
    lines = [line.split() for line in ran.stdout.splitlines()]
    left = [line[2] for line in lines]
    assert all(line[3] == "kept" for line in lines)
    assert left == sorted(left, reverse=True)
    assert left.count("old") > 20
    assert left.count("new") > 4
    assert {line[1] for line in lines[:-1]} == {str(int(signal.SIGKILL))}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.yaml", "state"]


def test_a_save_that_is_killed_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    """Ended from outside, after some milliseconds of saving; the next save clears up."""
    target, chance = tmp_path / "plan.yaml", Random(6)  # noqa: S311 - moments, not secrets
    target.write_bytes(OLD)
    for _ in range(8):
        with subprocess.Popen(
            python(str(tmp_path), "forever"), stdout=subprocess.PIPE, text=True
        ) as saving:
            assert saving.stdout is not None
            assert saving.stdout.readline() == "ready\n"
            time.sleep(chance.random() / 25)
            saving.kill()
        assert target.read_bytes() in {OLD, NEW}
    save(target, b"last", stamp(target))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.yaml", "state"]


# Versions


def test_what_a_file_held_can_be_brought_back_step_by_step(plan: Path, tmp_path: Path) -> None:
    versions = Versions(tmp_path / "state")
    for data in (b"one", b"two", b"three"):
        save(plan, data, stamp(plan), keep=lambda old: versions.keep(plan, old))
    assert versions.of(plan) == (b"old", b"one", b"two", b"three")
    steps, now = [], b"three"
    while (before := versions.before(plan, now)) is not None:
        steps.append(now := before)
    assert steps == [b"two", b"one", b"old"]


def test_a_content_is_kept_once_and_as_its_latest(plan: Path, tmp_path: Path) -> None:
    versions = Versions(tmp_path / "state")
    for data in (b"a", b"b", b"a", b"a"):
        versions.keep(plan, data)
    assert versions.of(plan) == (b"b", b"a")


def test_what_another_program_wrote_comes_after_what_was_saved(plan: Path, tmp_path: Path) -> None:
    """So what was saved, and then overwritten by somebody else, is found."""
    versions = Versions(tmp_path / "state")
    versions.keep(plan, b"saved")
    assert versions.before(plan, b"theirs") == b"saved"


def test_the_oldest_versions_go_and_other_files_have_their_own(tmp_path: Path) -> None:
    versions = Versions(tmp_path / "state")
    for k in range(MOST + 5):
        versions.keep(tmp_path / "a.yaml", b"%d" % k)
    assert versions.of(tmp_path / "a.yaml") == tuple(b"%d" % k for k in range(5, MOST + 5))
    assert versions.of(tmp_path / "b.yaml") == ()


def test_nobody_else_may_read_the_versions(plan: Path, tmp_path: Path) -> None:
    versions = Versions(tmp_path / "state")
    versions.keep(plan, b"x")
    place = versions.place(plan)
    assert place is not None
    assert place.stat().st_mode & 0o077 == 0


def test_without_a_folder_nothing_is_kept(plan: Path) -> None:
    Versions(None).keep(plan, b"x")
    assert Versions(None).of(plan) == ()
