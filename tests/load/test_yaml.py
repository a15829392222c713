"""YAML as AICR's own parser reads it, and writing it back."""

from __future__ import annotations

import math
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.engine.problems import ProblemsFound
from generator.load.yamlemit import dump_yaml, format_float
from generator.load.yamltext import parse_yaml, parse_yaml_bytes

# Confirmed against the real program (its YAML dialect is Go's yaml.v3).
SCALARS: list[tuple[str, object]] = [
    ("yes", "yes"), ("on", "on"), ("No", "No"), ("y", "y"), ("1:30", "1:30"), ("true", True), ("False", False),
    ("010", 8), ("0o10", 8), ("0x1F", 31), ("0b11", 3), ("1e3", 1000.0), ("1_000", 1000), ("-12", -12), ("+3", 3),
    ("1.10", 1.1), (".5", 0.5), ("5.", 5.0), ("~", None), ("null", None), ("", None), ("Null", None), ("nUll", "nUll"),
    ("2026-01-02", "2026-01-02T00:00:00Z"), ("2026-13-02", "2026-13-02"), ("18446744073709551615", 2**64 - 1),
    ("18446744073709551616", 18446744073709551616.0), ("v1.32.4", "v1.32.4"), ("1.32.4", "1.32.4"), ("0o9", "0o9"),
    ("'010'", "010"), ('"yes"', "yes"), ("!!str 010", "010"),
    ("!!float 1", 1.0), ("24.04", 24.04), ("08", 8.0), ("1__0", 10), ("=", "="), ("<<x", "<<x"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_a_scalar_means_what_it_means_to_aicr(text: str, value: object) -> None:
    read = parse_yaml(f"key: {text}\n", "x").value["key"]
    assert type(read) is type(value)
    assert read == value


def test_a_scalar_keeps_its_source_text_beside_its_value_or_instead_of_it() -> None:
    tree = parse_yaml("a: 1.10\nb: [true, x]\n", "x")
    assert tree.texts == {("a",): "1.10", ("b", "0"): "true"}
    assert parse_yaml("a: 1.10\nb: null\nc: yes\n", "x", source_text=True).value == {
        "a": "1.10", "b": "null", "c": "yes",
    }  # fmt: skip


def test_every_path_knows_its_line() -> None:
    tree = parse_yaml("a:\n  - b: 1\n    c:\n      d: {e: 2}\n# end\nf: x\n", "file.yaml")
    assert tree.lines["a", "0", "c", "d", "e"] == 4
    assert str(tree.place(("a", "0", "b"))) == "file.yaml:2"
    assert str(tree.place(("a", "0", "c", "none", "such"))) == "file.yaml:3"
    assert str(tree.place(("f",))) == "file.yaml:6"


def test_merge_keys_and_anchors_are_read() -> None:
    text = "base: &b {x: 1, y: 2}\none: {<<: *b, y: 3}\ntwo: {<<: [{z: 9}, *b]}\n"
    assert parse_yaml(text, "x").value == {
        "base": {"x": 1, "y": 2}, "one": {"y": 3, "x": 1}, "two": {"z": 9, "x": 1, "y": 2},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: 2\na: 3\n", "x:3: a stands twice, first in line 1; keep one of the two"),
        ("a: {b: 1, b: 2}\n", "x:1: a.b stands twice, first in line 1; keep one of the two"),
        ("a: 1\n---\nb: 2\n", "x:2: a second document starts here; keep one document per file"),
        ("a: [1\n", "x:2: is not YAML: did not find expected ',' or ']'"),
        ("a: *none\n", "x:1: *none names no finished anchor before it"),
        ("just text\n", "x:1: is not a mapping; begin with `key: value` lines"),
        ("? [a]\n: b\n", "x:1: the document has a key that is not text"),
        ("a: !!int x\n", "x:1: a is not the int its tag says"),
        ("a: .inf\n", "x:1: a is not a finite number; write it in quotes"),
        ("a: !local x\n", "x:1: a has the unknown tag !local; leave it out"),
        ("a: \x00\n", "x:1: is not YAML: control characters are not allowed"),
        ("\t- a: 1\n", "x:1: is not YAML: found character that cannot start any token"),
    ],
)
def test_what_is_wrong_with_the_text_is_told_with_its_line(text: str, problem: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        parse_yaml(text, "x")
    assert str(found.value) == problem


def test_bombs_are_refused_before_they_go_off() -> None:
    laughs = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{n}: &{n} [{','.join(['*' + p] * 10)}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True)
    )
    deep = "a: " + "[" * 5_000
    wide = "a: '" + "x" * (10 * 1024 * 1024) + "'\n"
    for text, words in (
        (laughs, "aliases add more than"),
        (deep, "is nested deeper than"),
        (wide, "is larger than"),
    ):
        with pytest.raises(ProblemsFound, match=words):
            parse_yaml(text, "x")
    with pytest.raises(ProblemsFound, match="is not UTF-8"):
        parse_yaml_bytes(b"a: \xff\n", "x")


_plain = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1),
        st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=30),
        st.sampled_from(["yes", "on", "1:30", "0x1F", "010", "1_000", "null", "~", "", " x", "x ", "a: b", "# x", "- x",
                         "2026-01-02", "line\nbreak\n", "\n", "tab\tx", "'quoted'", "{x}", "[x]", "*x", "&x", "!x"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=15,
)  # fmt: skip


def _same(one: Any, two: Any) -> bool:
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(_same(one[k], two[k]) for k in one)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(_same, one, two))
    # A float without a fraction is written as an integer, as Go's %g does.
    return (
        bool(one == two)
        and isinstance(one, bool) == isinstance(two, bool)
        and isinstance(one, str) == isinstance(two, str)
    )


@given(st.dictionaries(st.text(max_size=12), _plain, max_size=5))
def test_what_is_written_is_read_back_equal(value: dict[str, Any]) -> None:
    for indent in (2, 4):
        assert _same(parse_yaml(dump_yaml(value, indent=indent), "x").value, value)
    assert dump_yaml(value) == dump_yaml(dict(reversed(value.items())))


@given(st.dictionaries(st.text("abc_-", min_size=1, max_size=5), st.text(max_size=20), max_size=5))
def test_other_parsers_read_our_text_as_text(value: dict[str, str]) -> None:
    assert yaml.safe_load(dump_yaml(value)) == value


@pytest.mark.parametrize(
    ("number", "text"),
    [(100000.0, "100000"), (1.23456789e7, "1.23456789e+07"), (0.0001, "0.0001"), (1e-5, "1e-05"), (1.5, "1.5"),
     (-0.0, "-0"), (1e21, "1e+21"), (math.inf, ".inf"), (123456.5, "123456.5")],
)  # fmt: skip
def test_floats_are_written_as_go_writes_them(number: float, text: str) -> None:
    assert format_float(number) == text
