"""The Content-Security-Policy of a finished page: own files only, inline scripts by hash, no connection elsewhere."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL)
_RUNS = re.compile(r'\btype="(?!text/javascript|module)')
_SOURCE = re.compile(r"\bsrc=")
_HEAD = re.compile(r"<meta charset=[^>]*>")


def page_policy(html: str) -> str:
    """The policy for *html*: what it may load, and the hash of each script that stands in it.

    Styles may stand inline: the theme and pictures use them, and they can neither read nor send anything here.
    """
    hashes = dict.fromkeys(
        f"'sha256-{b64encode(hashlib.sha256(found['body'].encode()).digest()).decode()}'"
        for found in _SCRIPT.finditer(html)
        if not _SOURCE.search(found["attributes"]) and not _RUNS.search(found["attributes"])
    )
    directives = (
        "default-src 'none'",
        " ".join(("script-src 'self'", *hashes)),
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return "; ".join(directives)


def with_policy(html: str) -> str:
    """*html* with its policy as the first thing after the declaration of its character set.

    Raises ValueError when the page declares none: a policy that comes later would not cover what stands before.
    """
    meta = f'<meta http-equiv="Content-Security-Policy" content="{page_policy(html)}">'
    made, count = _HEAD.subn(lambda found: found[0] + meta, html, count=1)
    if not count:
        raise ValueError("the theme's page declares no character set to put the policy after")
    return made
