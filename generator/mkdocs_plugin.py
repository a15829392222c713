"""The MkDocs adapter, the only module that knows MkDocs: builds the model, hands over pages, writes the documents.

Generated pages share one shell per depth and section, rendered by the theme once and filled for each page: that costs
a few milliseconds a page, whatever their number, and keeps them out of the navigation and the prose index.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import unquote

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from mkdocs.config import config_options
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_build_datetime, get_build_timestamp, meta
from mkdocs.utils.templates import TemplateContext

from generator.bundle.provenance import KeyRefused
from generator.cli.reference import reference_markdown
from generator.engine.problems import ProblemsFound
from generator.lint.reference import rules_markdown
from generator.load.catalog import own_catalog_root
from generator.pipeline import Folder, build_site_model
from generator.render.api import find_document, iterate_documents
from generator.render.document import PageDocument
from generator.render.marks import render_marks
from generator.render.navpages import NAV_PAGES, NAV_TITLES, render_nav_page
from generator.render.pages import page_makers
from generator.render.policy import with_policy
from generator.render.shell import SLOTS, Shell, cut_shell
from generator.render.site import Site
from generator.render.text import text_documents
from generator.render.words import spell_date
from generator.toolchain import ASSETS, ToolMissing, ensure_browser_code, shell_root

STYLES = ("tokens", "frame", "parts", "pages", "app")
STYLESHEET = "assets/stylesheets/aicr-matrix.css"
INVALID = 2
# A build makes values by the million and hardly a cycle among them; looking for cycles less often saves a twentieth.
COLLECT_AFTER = 50_000
SIGNING_KEY = "AICR_MATRIX_SIGNING_KEY"  # names a PEM file with an Ed25519 private key
# Pages whose text the program writes; their files hold no more than a title.
WRITTEN_PAGES = {"guides/command-line.md": reference_markdown, "guides/lint-rules.md": rules_markdown}
EXAMPLE_ADDRESS = "https://aicr-matrix.example"  # what the guides say in place of the site's own address


class Invalid(Abort):
    """The catalog is wrong: MkDocs ends with exit code 2 and touches nothing."""

    code = INVALID
    exit_code = INVALID

    def __init__(self, text: str) -> None:
        super().__init__(text)


class _Stub(File):
    """A generated page as links in the guides see it; the adapter writes it."""

    def copy_file(self, dirty: bool = False) -> None:
        """Written after the prose, with the shell around it."""


class _Compiled(BytecodeCache):
    """The theme's templates as compiled, kept over the rebuilds of `serve`: MkDocs makes an environment for each.

    A template whose source has changed is compiled anew.
    """

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill *bucket*, where its template was compiled before."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled for *bucket*."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


class AicrMatrixPlugin(BasePlugin):  # type: ignore[type-arg,no-untyped-call]
    """Everything that comes from recipes/ in the site.

    Options: `catalog`, a directory instead of ours, and `data`, one laid over it. The environment names them too.
    """

    # The older form: a Config class cannot have an option called `data`.
    config_scheme = (
        ("catalog", config_options.Type(str, default="")),
        ("data", config_options.Type(str, default="")),
    )

    site: Site
    nav: Navigation

    def __init__(self) -> None:
        super().__init__()
        self.serving = False
        self.scratch: tempfile.TemporaryDirectory[str] | None = None
        self.compiled = _Compiled()

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Keep this object over the rebuilds of `serve`."""
        self.serving = command == "serve"

    def on_shutdown(self) -> None:
        """Leave nothing behind."""
        if self.scratch is not None:
            self.scratch.cleanup()

    def _spool(self, site: Path) -> Path:
        """The folder where packed bundles wait until *site* is written; a new one for every build.

        It lies beside the site, where files are moved and not copied, unless nothing can be made there.
        """
        if self.scratch is not None:
            self.scratch.cleanup()
        beside = site.parent if os.access(site.parent, os.W_OK) else None
        self.scratch = tempfile.TemporaryDirectory(prefix=f".{site.name}.", dir=beside)
        return Path(self.scratch.name)

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Build the browser code and the model; whatever is wrong is told before MkDocs clears its folder."""
        started = time.monotonic()
        gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])
        try:
            if ensure_browser_code():
                _say("Built the browser code")
        except ToolMissing as missing:
            raise Abort(str(missing)) from missing
        epoch = get_build_timestamp()
        catalog = self.config["catalog"] or os.environ.get("AICR_MATRIX_CATALOG", "")
        data = self.config["data"] or os.environ.get("AICR_MATRIX_DATA", "")
        try:
            self.site = build_site_model(
                Path(catalog) if catalog else None,
                [Path(data)] if data else [],
                epoch=epoch,
                address=config.site_url or "/",
                vectors=shell_root() / "tests" / "vectors",
                signing_key=_signing_key(),
                spool=self._spool(Path(config.site_dir)),
                preview=self.serving,
                progress=_Progress(),
            )
        except (OSError, KeyRefused) as refused:
            raise Invalid(f"{SIGNING_KEY}: {refused}") from refused
        except ProblemsFound as found:
            count = len(found.problems)
            what = f"{count} problem{'s' if count != 1 else ''}"
            raise Invalid(f"{found}\n{what} in the catalog; the site was not built") from found
        digest = self.site.catalog.digest
        config.extra["criteria"] = {d: list(values) for d, values in self.site.matrix.values.items()}
        config.extra["catalog"] = {
            "version": self.site.catalog.version,
            "digest": digest,
            "short_digest": digest.removeprefix("sha256:")[:12],
            "built": spell_date(self.site.built),
        }
        config.nav = _with_guides(config)
        _say(f"Model of {len(self.site.shown_recipes)} recipes in {time.monotonic() - started:.1f} s")
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the stylesheet, the scripts, and a stand-in for every generated page."""
        files.append(_generated(config, STYLESHEET, _stylesheet()))
        for script in sorted(ASSETS.glob("*.js")):
            files.append(_generated(config, f"assets/{script.name}", script.read_bytes()))
        self.makers = page_makers(self.site)
        self.twins: dict[str, str] = {}
        self.shells: dict[tuple[int, str, tuple[str, ...]], Shell] = {}
        for address in self.makers:
            stub = _Stub(f"{address}index.html", None, config.site_dir, config.use_directory_urls)
            stub.generated_by = "aicr-matrix"
            files.append(stub)
        config.extra["addresses"] = list(self.makers)
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Remember the navigation: the shells show it."""
        self.nav = nav
        return nav

    def on_env(self, env: Any, *, config: MkDocsConfig, files: Files) -> Any:
        """Remember the theme's environment, for the shells; render the navigation's pages."""
        self.env = env
        if self.serving:
            env.bytecode_cache = self.compiled
        self.nav_pages = {name: render_nav_page(self.site, name) for name in NAV_PAGES}
        return env

    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Write the pages that come from the program itself; spell the guides with this site's address."""
        if page.file.src_uri in WRITTEN_PAGES:
            markdown = WRITTEN_PAGES[page.file.src_uri]()
        address = (config.site_url or "").rstrip("/")
        return markdown.replace(EXAMPLE_ADDRESS, address) if address else markdown

    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Fill the navigation's own pages that we render."""
        name = page.file.src_uri
        if name in NAV_PAGES:
            body = self.nav_pages[name]
            page.content = body.html
            self.twins[_address_of(name)] = (
                f"# {page.title}\n\n{body.description}\n{body.markdown}"
                f"\nPages are listed in {config.site_url or '/'}llms.txt.\n"
            )
            page.meta.setdefault("description", body.description)
            page.meta["scripts"] = [f"assets/{script}.js" for script in body.scripts]
            page.meta["early"] = [f"assets/data/{data}.js" for data in body.data]
            page.meta["early"] += [f"assets/{script}.js" for script in body.early]
            page.meta["alternates"] = ""
        elif page.markdown is not None and name.endswith(".md"):
            self.twins[page.url if page.url != "./" else ""] = page.markdown.strip() + "\n"
        return context

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Say on the page what it may load and run."""
        return with_policy(output)

    def on_post_template(self, output_content: str, *, template_name: str, config: MkDocsConfig) -> str:
        """The page for what is not there has a policy too; the sitemap needs none."""
        return with_policy(output_content) if template_name.endswith(".html") else output_content

    def _write_site(self, *, config: MkDocsConfig) -> None:
        """Write the generated pages, their twins, the documents and the texts; give the search its entries.

        This plugin stands before the search in mkdocs.yml, so that the entries are there when the index is written.
        The preview writes nothing here: what is asked for is made when it is asked for.
        """
        out = Folder(Path(config.site_dir))
        for address, twin in sorted(self.twins.items()):
            out.write(f"{address}index.md", twin.encode())
        entries = [] if self.serving else list(self._write_pages(out, config))
        self._extend_search(config, entries)
        if not self.serving:
            self._write_documents(out, entries)

    @event_priority(-100)
    def _write_offline_index(self, *, config: MkDocsConfig) -> None:
        """Write the search's own index as a script too: opened from a folder, the theme may not fetch it."""
        index = Path(config.site_dir) / "search" / "search_index.json"
        if index.exists():
            index.with_suffix(".js").write_bytes(b"var __index = " + index.read_bytes())

    on_post_build = CombinedEvent(_write_site, _write_offline_index)

    def _write_pages(self, out: Folder, config: MkDocsConfig) -> Iterator[PageDocument]:
        """Write every generated page; yield each without its text, which nobody needs any more."""
        progress = _Progress()
        for number, make in enumerate(self.makers.values()):
            progress("Writing pages", number, len(self.makers))
            page = make()
            self._write_page(out, config, page)
            yield replace(page, html="", markdown="")

    def _write_page(self, out: Folder, config: MkDocsConfig, page: PageDocument) -> None:
        key = (page.address.count("/"), page.tab, page.scripts)
        if key not in self.shells:
            self.shells[key] = self._shell(config, page)
        out.write(f"{page.address}index.html", self.shells[key].fill(page, config.site_url or "/"))
        out.write(f"{page.address}index.md", page.markdown.encode())

    def _write_documents(self, out: Folder, entries: list[PageDocument]) -> None:
        documents = iterate_documents(self.site, entries, packed=False)
        for address, content in chain(documents, text_documents(self.site, entries)):
            out.write(address, content)
        if self.scratch is not None:
            out.take(Path(self.scratch.name))

    def _extend_search(self, config: MkDocsConfig, entries: list[PageDocument]) -> None:
        """One entry for each of our pages in the prose search."""
        search = config.plugins.get("material/search") or config.plugins.get("search")
        if search is None:
            return
        found = search.search_index.entries
        found += [
            {"location": page.address, "title": page.title, "text": f"{page.description} {page.search}"}
            for page in entries
            if page.indexed
        ]
        found += [
            {"location": _address_of(name), "title": title, "text": self.nav_pages[name].description}
            for name, title in NAV_TITLES.items()
        ]

    def _make_on_demand(self, out: Path, config: MkDocsConfig, path: str) -> None:
        """For the preview: make the page or document at *path*, unless it is there."""
        address = unquote(path.lstrip("/"))
        if ".." in address or (out / address).is_file():
            return
        page = address.removesuffix("index.html").removesuffix("index.md")
        if page in self.makers:
            if not (out / page / "index.html").exists():
                self._write_page(Folder(Path(config.site_dir)), config, self.makers[page]())
            return
        texts = (content for at, content in text_documents(self.site, ()) if at == address)
        content = find_document(self.site, address) if "." in address else None
        content = content if content is not None else next(texts, None)
        if content is not None:
            Folder(Path(config.site_dir)).write(address, content)

    def _shell(self, config: MkDocsConfig, page: PageDocument) -> Shell:
        """The theme's page around *page*, with slots where pages differ."""
        file = File.generated(config, f"{page.address}index.md", content="")
        stand_in = Page(SLOTS.title, file, config)
        stand_in.meta = {
            "title": SLOTS.title,
            "description": SLOTS.description,
            "tab": page.tab,
            "hide": ["navigation", "toc"],
            "scripts": [f"assets/{script}.js" for script in ("common", *page.scripts)],
            "early": [],
            "alternates": SLOTS.alternates,
        }
        stand_in.content = SLOTS.body
        stand_in.canonical_url = SLOTS.canonical
        base = page.root.rstrip("/") or "."
        context = TemplateContext(
            nav=self.nav,
            pages=[],
            base_url=base,
            extra_css=[f"{base}/{path}" for path in config.extra_css],
            extra_javascript=[],
            mkdocs_version="",
            build_date_utc=get_build_datetime(),
            config=config,
            page=stand_in,
        )
        return cut_shell(with_policy(self.env.get_template("generated.html").render(context)))

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Rebuild when the catalog or the site's sources change; make what is asked for when it is asked for."""
        answer = server.get_app()
        making = Lock()  # two requests for one page make it once

        def make_and_answer(environ: dict[str, Any], start_response: Any) -> Any:
            with making:
                self._make_on_demand(Path(config.site_dir), config, environ.get("PATH_INFO", ""))
            assert answer is not None
            return answer(environ, start_response)

        server.set_app(make_and_answer)
        catalog = self.config["catalog"] or os.environ.get("AICR_MATRIX_CATALOG", "")
        watched = [Path(catalog) if catalog else own_catalog_root()]
        data = self.config["data"] or os.environ.get("AICR_MATRIX_DATA", "")
        watched += [Path(data)] if data else []
        sources = shell_root() / "site_src"
        watched += [sources / name for name in ("overrides", "styles", "ts")]
        watched.append(Path(__file__).resolve().parent / "render" / "templates")
        for path in watched:
            if path.exists():
                server.watch(str(path))
        return server


def _generated(config: MkDocsConfig, address: str, content: bytes) -> File:
    return File.generated(config, address, content=content)


def _signing_key() -> bytes:
    """The key that signs provenance, from the file the environment names; empty when it names none."""
    path = os.environ.get(SIGNING_KEY, "")
    return Path(path).read_bytes() if path else b""


def _address_of(name: str) -> str:
    """The address of a page of the navigation by its source: `matrix/index.md` is `matrix/`."""
    return name.removesuffix("index.md")


def _stylesheet() -> bytes:
    """The styles as one file, in the order in which they build on each other, the marks last."""
    folder = shell_root() / "site_src" / "styles"
    texts = [(folder / f"{name}.css").read_text(encoding="utf-8") for name in STYLES]
    return "\n".join([*texts, render_marks(texts[0])]).encode()


def _with_guides(config: MkDocsConfig) -> list[Any]:
    """The navigation with every guide in it: the front page first, then as their `order` says, then by name."""
    folder = Path(config.docs_dir) / "guides"
    found = []
    for path in folder.glob("*.md"):
        _, front = meta.get_data(path.read_text(encoding="utf-8"))
        found.append((path.stem != "index", front.get("order", 100), path.stem, f"guides/{path.name}"))
    guides = [address for *_, address in sorted(found)]
    return [
        {"Guides": guides} if isinstance(item, dict) and "Guides" in item else item
        for item in config.nav or []
    ]


def _say(text: str) -> None:
    print(text, file=sys.stderr)


class _Progress:
    """Says on a terminal how far a stage is; elsewhere it is silent."""

    def __init__(self) -> None:
        self.shown = 0.0
        self.terminal = sys.stderr.isatty()

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if not self.terminal or (now - self.shown < 0.1 and done + 1 < total):
            return
        self.shown = now
        line = f"{what} {done + 1}/{total}" if total > 1 else what
        print(f"\r\033[K{line}", end="\n" if done + 1 >= total else "", file=sys.stderr, flush=True)
