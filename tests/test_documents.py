"""YAML as nodes with places: its traps told, its attacks refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.documents import (
    MAX_BYTES,
    Mapping,
    Scalar,
    join_path,
    read_document,
    split_path,
)


def test_scalars_are_kept_as_written() -> None:
    """What YAML 1.1 would turn into 750, False, 10 and a string stays what it is."""
    node, problems = read_document("a: 12:30\nb: no\nc: 012\nd: 1e6\ne: 0.10\n", "f.yaml")
    assert not problems
    assert isinstance(node, Mapping)
    texts = [value.text for value in node.items.values() if isinstance(value, Scalar)]
    assert texts == ["12:30", "no", "012", "1e6", "0.10"]


def test_places_count_from_one() -> None:
    """Line and column are those an editor shows."""
    node, _ = read_document("a:\n  b: {c: 1}\n", "f.yaml")
    assert isinstance(node, Mapping)
    below = node.items["a"]
    assert isinstance(below, Mapping)
    assert str(below.keys["b"]) == "f.yaml:2:3"
    assert str(below.items["b"].place) == "f.yaml:2:6"


def test_every_duplicate_key_is_told() -> None:
    """Both later ones, each with the line of the first."""
    _, problems = read_document("a: 1\nb: 2\na: 3\nb: 4\n", "f.yaml")
    assert [str(problem) for problem in problems] == [
        "f.yaml:3:1: a: this key stands twice; first at line 1",
        "f.yaml:4:1: b: this key stands twice; first at line 2",
    ]


def test_merge_keys_fill_what_is_absent() -> None:
    """`<<` brings keys that are not there; those that are stay."""
    node, problems = read_document("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n", "f.yaml")
    assert not problems
    assert isinstance(node, Mapping)
    merged = node.items["b"]
    assert isinstance(merged, Mapping)
    assert {k: v.text for k, v in merged.items.items() if isinstance(v, Scalar)} == {
        "x": "1",
        "y": "3",
    }


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"name: \xff\xfe", "f.yaml:1:7: not text: byte 0xff (expected a YAML file in UTF-8)"),
        (b"\x89PNG\r\n\x1a\n", "f.yaml:1:1: not text: byte 0x89 (expected a YAML file in UTF-8)"),
        (b"a: 1\nb: \x00\n", "f.yaml:2:4: not text: byte 0x00 (expected a YAML file in UTF-8)"),
    ],
)
def test_binary_is_refused_at_its_first_byte(data: bytes, message: str) -> None:
    """A picture is not a scenario, and we say where that shows."""
    node, problems = read_document(data, "f.yaml")
    assert node is None
    assert [str(problem) for problem in problems] == [message]


def test_a_file_of_fifty_megabytes_is_refused_unread() -> None:
    """Size is looked at before the parser is."""
    node, (problem,) = read_document(b"a" * 50_000_000, "f.yaml")
    assert node is None
    assert str(problem) == (
        "f.yaml: the file has 50 MB; at most 4 MB are read (is this the right file?)"
    )
    assert MAX_BYTES == 4_000_000


def test_byte_order_mark_is_not_content() -> None:
    """A file saved by a Windows editor reads as any other."""
    node, problems = read_document(b"\xef\xbb\xbfname: x\n", "f.yaml")
    assert not problems
    assert isinstance(node, Mapping)
    assert list(node.items) == ["name"]


@pytest.mark.parametrize("text", ["a: " + "[" * 100_000, "- " * 100_000, "{a: " * 100_000])
def test_deep_nesting_is_refused(text: str) -> None:
    """A hundred thousand brackets end neither in a traceback nor in a crash of the parser."""
    _, (problem,) = read_document(text, "f.yaml")
    assert problem.message == "this value is nested over 40 deep"
    assert (problem.place.line, problem.place.column > 40) == (1, True)


def test_surrogates_are_not_text() -> None:
    """What a shell makes of bytes that are no UTF-8 is told, as binary is."""
    _, (problem,) = read_document("name: \udcff", "--set")
    assert "not text" in problem.message


PATHS = st.lists(
    st.text(st.characters(categories=("L", "N"), include_characters="./-_"), min_size=1), min_size=1
)


@given(PATHS)
def test_paths_survive_being_written(keys: list[str]) -> None:
    """Dots inside a key are quoted, so that a path can be read again."""
    path = tuple(keys)
    assert split_path(join_path(path)) == path


@pytest.mark.parametrize("text", ["", "a..b", ".a", "a.", 'a."b', '"a"b'])
def test_broken_paths(text: str) -> None:
    """An empty key or an open quote is an error."""
    with pytest.raises(ValueError, match=r"empty key|not closed"):
        split_path(text)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_node_or_a_problem(data: bytes) -> None:
    """Whatever the file holds, reading it ends with one of the two."""
    node, problems = read_document(data, "f.yaml")
    assert node is not None or problems
