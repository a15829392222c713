"""`build` and `serve`: the whole site, through MkDocs, from a checkout or an installed package."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.exits import INVALID, UNEXPECTED, Stop
from generator.cli.options import CatalogChoice, catalog_options
from generator.cli.output import note

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

PLUGIN = "aicr-matrix"


@click.command("build")
@catalog_options
@click.option(
    "--site-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("site"),
    show_default=True,
    help="Where the site goes. It is replaced only when the build succeeds.",
)
@click.option("--url", help="Where the site will live; canonical links and commands are spelled with it.")
@click.option(
    "--signing-key",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Ed25519 private key (PEM) that signs each bundle's provenance. Without it nothing is signed, and "
    "the pages say so.",
)
def build_command(catalog: CatalogChoice, site_dir: Path, url: str | None, signing_key: Path | None) -> None:
    """Build the whole site: pages, JSON API, bundles, collector.

    SOURCE_DATE_EPOCH fixes the build date, and with it every byte.

    \b
    Examples:
      aicr-matrix build
      aicr-matrix build --data ./our-overlays --site-dir public --url https://matrix.example.com/
    """
    from mkdocs.commands.build import build
    from mkdocs.exceptions import Abort, BuildError

    from generator.mkdocs_plugin import SIGNING_KEY

    if signing_key is not None:
        os.environ[SIGNING_KEY] = str(signing_key)
    site_dir = site_dir.absolute()
    site_dir.parent.mkdir(parents=True, exist_ok=True)
    _refuse_foreign(site_dir)
    scratch = Path(tempfile.mkdtemp(prefix=f".{site_dir.name}.", dir=site_dir.parent))
    try:
        config = _config(catalog, scratch / "new", url)
        with _quiet_logging():
            build(config)
        _swap(scratch / "new", site_dir, scratch / "old")
    except Abort as error:
        raise Stop(INVALID, str(error)) from error
    except BuildError as error:
        raise Stop(
            UNEXPECTED, f"the site was not built: {error}; the last good build is untouched"
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    count, size = _measure(site_dir)
    note(f"{site_dir}: {count} files, {size / 1e6:.1f} MB")
    note(f"look at it: open {site_dir / 'index.html'}, or serve it: {_serve_hint(site_dir)}")


def _refuse_foreign(site_dir: Path) -> None:
    """Never replace a folder that is not a site of ours: the swap deletes what was there."""
    if (
        site_dir.exists()
        and any(site_dir.iterdir())
        and not (site_dir / "api" / "v1" / "index.json").exists()
    ):
        raise Stop(INVALID, f"{site_dir} is not empty and holds no site of ours; name another --site-dir")


def _swap(new: Path, site_dir: Path, old: Path) -> None:
    if site_dir.exists():
        site_dir.rename(old)
    new.rename(site_dir)


def _measure(folder: str | Path) -> tuple[int, int]:
    """How many files there are, and their bytes together; some twenty thousand, so without a Path for each."""
    count = size = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                below, bytes_below = _measure(entry.path)
                count, size = count + below, size + bytes_below
            else:
                count, size = count + 1, size + entry.stat(follow_symlinks=False).st_size
    return count, size


def _serve_hint(site_dir: Path) -> str:
    here = os.path.relpath(site_dir)
    return f"python3 -m http.server --directory {here if len(here) < len(str(site_dir)) else site_dir} 8000"


def _config(catalog: CatalogChoice, site_dir: Path | None, url: str | None) -> MkDocsConfig:
    from mkdocs.config import load_config

    from generator.toolchain import shell_root

    extra = {} if site_dir is None else {"site_dir": str(site_dir)}
    if url:
        extra["site_url"] = url if url.endswith("/") else url + "/"
    _ = catalog.root  # a missing directory is told before the theme is loaded
    config = load_config(str(shell_root() / "mkdocs.yml"), **extra)
    options = config.plugins[PLUGIN].config
    if catalog.catalog is not None:
        options["catalog"] = str(catalog.catalog.absolute())
    if catalog.data is not None:
        options["data"] = str(catalog.data.absolute())
    return config


class _quiet_logging:  # noqa: N801 - a context manager reads like a verb
    """MkDocs' warnings on stderr, its chatter not."""

    def __enter__(self) -> None:
        self.handler = logging.StreamHandler(sys.stderr)
        self.handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
        self.logger = logging.getLogger("mkdocs")
        self.logger.setLevel(logging.WARNING)
        self.logger.addHandler(self.handler)

    def __exit__(self, *_: object) -> None:
        self.logger.removeHandler(self.handler)


@click.command("serve")
@catalog_options
@click.option("--address", default="127.0.0.1:8000", show_default=True, help="Address and port.")
@click.option("--open", "open_browser", is_flag=True, help="Open the browser once it is up.")
def serve_command(catalog: CatalogChoice, address: str, open_browser: bool) -> None:
    """Preview the site and rebuild it when the catalog or the site's sources change.

    \b
    Examples:
      aicr-matrix serve
      aicr-matrix serve --data ./our-overlays --address 127.0.0.1:9000
    """
    from mkdocs.commands.serve import serve
    from mkdocs.exceptions import Abort

    from generator.toolchain import shell_root

    environment = {"AICR_MATRIX_CATALOG": catalog.catalog, "AICR_MATRIX_DATA": catalog.data}
    os.environ.update({k: str(v.absolute()) for k, v in environment.items() if v is not None})
    try:
        serve(
            config_file=str(shell_root() / "mkdocs.yml"),
            dev_addr=address,
            open_in_browser=open_browser,
            livereload=True,
        )
    except Abort as error:
        raise Stop(INVALID, str(error)) from error


__all__ = ["build_command", "serve_command"]
