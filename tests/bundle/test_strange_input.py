"""Whatever is put in, the readers answer with a finding or their own error, never with anything else."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.bundle import build_bundle, pack_gz, pack_tar, verify_tarball
from generator.bundle.checksums import read_checksums
from generator.bundle.gotemplate import TemplateError, render_template
from generator.bundle.provenance import LEVELS, check
from generator.bundle.strvals import SetSyntaxError, parse_set, typed
from tests.bundle.small import small_catalog, small_recipe

CATALOG = small_catalog()
TAR = pack_tar("top", build_bundle(CATALOG, small_recipe(CATALOG)))
TEMPLATE_PARTS = st.sampled_from(
    [
        *(
            "{{",
            "}}",
            "{{-",
            "-}}",
            " if ",
            "else",
            "end",
            "range ",
            "with ",
            ".a",
            "$x",
            ":=",
            "|",
            "(",
            ")",
            " ",
        ),
        *(
            '"t"',
            "`r`",
            "1",
            "1.5",
            "index",
            "toYaml",
            "nindent 2",
            "default",
            "printf",
            "\n",
            "/*",
            "*/",
            "text",
        ),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=3000))
def test_no_bytes_verify_by_chance(content: bytes) -> None:
    assert not verify_tarball(content).ok
    assert not verify_tarball(b"\x1f\x8b" + content).ok


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(TAR) - 1), st.binary(min_size=1, max_size=40)), min_size=1, max_size=4
    )
)
def test_an_archive_written_over_is_found(changes: list[tuple[int, bytes]]) -> None:
    changed = bytearray(TAR)
    for place, text in changes:
        changed[place : place + len(text)] = text
    same = bytes(changed) == TAR
    assert verify_tarball(bytes(changed)).ok == same
    assert verify_tarball(pack_gz(bytes(changed))).ok == same


@given(st.text(max_size=200))
def test_a_list_of_digests_is_read_or_refused(text: str) -> None:
    digests, wrong = read_checksums(text)
    assert digests or wrong


@settings(max_examples=300)
@given(st.lists(TEMPLATE_PARTS, max_size=25))
def test_a_template_renders_or_says_why_not(parts: list[str]) -> None:
    with suppress(TemplateError):
        render_template("".join(parts), {"a": {"b": [1, {"c": None}]}})


@given(st.text(alphabet="ab.,=[]{}\\01-", max_size=30))
def test_a_setting_is_read_or_refused(text: str) -> None:
    with suppress(SetSyntaxError):
        for path, _ in parse_set(text):
            assert path


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_stay_integers(number: int) -> None:
    assert typed(str(number)) == number


@given(st.binary(max_size=400))
def test_no_bytes_prove_anything(content: bytes) -> None:
    trust = check(content, "a", "0" * 64)
    assert trust.level in LEVELS[2:]
