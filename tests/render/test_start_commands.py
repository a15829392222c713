"""The command a page gives to start a deployment is the one the bundle's README gives, and what it runs is inside."""

from __future__ import annotations

import io
import re
import tarfile
from pathlib import Path

import pytest

from generator.bundle.deployers import DEPLOYERS
from generator.render.pages import page_documents
from generator.render.recipe_page import DEPLOYER_WORDS
from tests.render.small_site import small_site

COMMANDS = Path(__file__).parents[2] / "site_src/ts/views/commands.ts"
NEEDS = {"./deploy.sh": "deploy.sh", "helmfile apply": "helmfile.yaml"}


def test_every_deployer_has_a_command_in_both_languages() -> None:
    assert set(DEPLOYER_WORDS) == set(DEPLOYERS)
    block = COMMANDS.read_text(encoding="utf-8").split("STARTS", 1)[1].split("};", 1)[0]
    twin = dict(re.findall(r'(\w+): \["([^"]+)"\]', block))
    assert twin == {name: start for name, (_, start) in DEPLOYER_WORDS.items()}


@pytest.mark.parametrize("deployer", list(DEPLOYERS))
def test_the_command_starts_what_the_bundle_holds(deployer: str) -> None:
    site = small_site()
    downloads = [d for each in site.downloads.values() for d in each if d.deployer == deployer]
    assert downloads
    _, start = DEPLOYER_WORDS[deployer]
    for download in downloads:
        with tarfile.open(fileobj=io.BytesIO(download.read())) as archive:
            names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
            readme = archive.extractfile(f"{Path(download.url).name.removesuffix('.tar.gz')}/README.md")
            assert readme is not None
            assert start in readme.read().decode()
        assert NEEDS[start] in names
        told = [page.html for page in page_documents(site).values() if Path(download.url).name in page.html]
        assert told and all(start in html for html in told)
