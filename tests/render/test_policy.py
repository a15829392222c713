"""The policy of a page: every script that stands in it by its hash, and nothing from elsewhere."""

from __future__ import annotations

import hashlib
from base64 import b64encode

import pytest

from generator.render.policy import page_policy, with_policy

PAGE = (
    '<!doctype html><html><head><meta charset="utf-8"><script>var a = "<b>";</script>'
    '<script id="__config" type="application/json">{}</script></head><body><script src="a.js"></script>'
    "<script>\nb()\n</script></body></html>"
)


def spelled(body: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(body.encode()).digest()).decode()}'"


def test_scripts_that_run_are_named_by_hash_and_data_is_not() -> None:
    directives = dict(part.split(" ", 1) for part in page_policy(PAGE).split("; "))
    assert directives["script-src"].split() == ["'self'", spelled('var a = "<b>";'), spelled("\nb()\n")]


def test_nothing_but_the_own_origin_may_be_reached() -> None:
    directives = dict(part.split(" ", 1) for part in page_policy(PAGE).split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["connect-src"] == "'self'"
    assert directives["form-action"] == "'none'"


def test_the_policy_stands_before_everything_it_covers() -> None:
    made = with_policy(PAGE)
    assert made.index("Content-Security-Policy") < made.index("<script>")
    assert page_policy(made) == page_policy(PAGE)


def test_a_page_without_a_character_set_is_refused() -> None:
    with pytest.raises(ValueError, match="character set"):
        with_policy("<head></head>")
