"""The documentation site builds without a warning, is whole, and needs nothing from elsewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import dispatch_widgets as dw
from dispatch_widgets.cli import main as command_line

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "docs" / "_site" / "mkdocs.yml"
# What a page fetches by itself, and the attribute that says from where.
LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}


class Links(HTMLParser):
    """The ids, links and loaded files of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes what a tag says."""
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        # <link rel="canonical"> and its like load nothing.
        if tag in LOADED and LOADED[tag] in given and given.get("rel") not in {"canonical", "next", "prev"}:
            self.loaded.append(given[LOADED[tag]])


def build(config: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Builds the site with warnings as errors."""
    # Without --quiet: that would hide the warnings from --strict too.
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", config, "-d", target],
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True, text=True, check=False, timeout=170,
    )  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    target = tmp_path_factory.mktemp("site")
    done = build(CONFIG, target)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Links]:
    """Every page of the site."""
    # 404.html is served at any address, so its links begin at the site's root.
    found = [path for path in site.rglob("*.html") if path.name != "404.html"]
    return {path: Links(path.read_text("utf-8")) for path in found}


def test_a_link_that_leads_nowhere_fails_the_build(tmp_path: Path) -> None:
    """Warnings are errors: a page that is not there, or an anchor, stops the build and is named."""
    for name in ("docs", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "CHANGELOG.md", tmp_path)
    page = tmp_path / "docs" / "index.md"
    page.write_text(page.read_text("utf-8") + "\n[a](nowhere.md) [b](security.md#nothing)\n", "utf-8")
    done = build(tmp_path / "docs" / "_site" / "mkdocs.yml", tmp_path / "site")
    assert done.returncode != 0
    assert "nowhere.md" in done.stderr
    assert "security.md#nothing" in done.stderr


def test_every_internal_link_leads_somewhere(site: Path, pages: dict[Path, Links]) -> None:
    """Pages, files and anchors that are linked exist."""
    broken = []
    for path, page in pages.items():
        for link in page.links + page.loaded:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not link:
                continue
            goal = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            goal = goal / "index.html" if goal.is_dir() else goal
            anchor = unquote(parts.fragment)
            if not goal.exists() or (anchor and goal in pages and anchor not in pages[goal].ids):
                broken.append(f"{path.relative_to(site)}: {link}")
    assert not broken


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[Path, Links]) -> None:
    """Scripts, styles, fonts and pictures are the site's own; it can be read without the internet."""
    foreign = [link for page in pages.values() for link in page.loaded if urlsplit(link).netloc]
    for style in site.rglob("*.css"):
        foreign += re.findall(r"(?:url\(|@import )[\"']?((?:https?:)?//[^\"')]+)", style.read_text("utf-8"))
    assert not foreign


def test_every_public_name_is_in_the_reference(pages: dict[Path, Links]) -> None:
    """The reference has an entry for each name of the package and each command."""
    ids = set().union(*(page.ids for page in pages.values()))
    stub = (Path(dw.__file__).parent / "__init__.pyi").read_text(encoding="utf-8")
    names = [
        f"dispatch_widgets.{home}.{name}"
        for home, name in re.findall(r"^from \.(\S+) import (\w+) as", stub, re.MULTILINE)
    ]
    assert len(names) == len(dw.__all__) - 1  # without __version__
    assert not [name for name in names if name not in ids]
    assert "dispatch_widgets.service.SettingsService.discover_models" in ids
    assert not [name for name in command_line.commands if f"dispatch-widgets-{name}" not in ids]


def test_every_notebook_is_a_page_with_its_outputs(site: Path) -> None:
    """The tutorial shows the notebooks' text, code and compared outputs, and no marks of the tests."""
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert (site / "tutorial" / f"{path.stem}.html").exists()
    text = (site / "tutorial" / "03_discovery_and_its_failures.html").read_text("utf-8")
    assert "RATE_LIMITED" in text
    assert "nbval" not in text.lower()


def test_the_files_that_contributing_names_are_there() -> None:
    """Whoever adds a preset, an error, a step or a panel is sent to files and tables that exist."""
    text = (ROOT / "docs" / "contributing.md").read_text("utf-8")
    code = "".join(path.read_text("utf-8") for path in (ROOT / "dispatch_widgets").rglob("*.py"))
    named = re.findall(r"`([\w./]+\.pyi?|[\w./]+\.md|[\w./]+/)`", text)
    missing = [
        name
        for name in named
        if "NAME" not in name
        and not (ROOT / name).exists()
        and not any(ROOT.glob(f"dispatch_widgets/**/{name}"))
    ]
    assert len(named) > 20
    assert not missing
    for table in ("PRESETS", "DiscoveryKind", "_EXPORTS", "PagePanel"):
        assert f"`{table}`" in text
        assert re.search(rf"^(class )?{table}\b", code, re.MULTILINE) or f"    {table} = " in code, table


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md"])
def test_the_links_of_the_readme_lead_to_files(name: str) -> None:
    """What README and changelog link and show in the repository is there."""
    text = (ROOT / name).read_text("utf-8")
    targets = re.findall(r"\]\(([^)\s]+)\)|\b(?:src|srcset|href)=\"([^\"]+)\"", text)
    for target in (one or other for one, other in targets):
        if not urlsplit(target).scheme and not target.startswith("#"):
            assert (ROOT / target.partition("#")[0]).exists(), target
