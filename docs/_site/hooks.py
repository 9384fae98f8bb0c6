"""What the documentation site adds to the pages in docs/.

- the notebooks as tutorial pages, with the outputs that the tests compare;
- the reference: a page for each kind of public name, filled from the docstrings by mkdocstrings, and
  one from the command line's own help;
- the changelog;
- the live demo, if DISPATCH_LIVE_DEMO is 1;
- links that are right in the repository (``../notebooks/…``) made right on the site.
"""

from __future__ import annotations

import inspect
import json
import os
import posixpath
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from mkdocs.structure.files import File

import dispatch_widgets as dw
from dispatch_widgets.cli import main as command_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

sys.path.insert(0, str(Path(__file__).parent))  # MkDocs loads this file alone

import live_demo

ROOT = Path(__file__).parents[2]
HAS_LIVE_DEMO = os.environ.get("DISPATCH_LIVE_DEMO") == "1"
HELP_WIDTH = 96

# Where a module's names are documented; of the others, classes are values.
_PAGES = {
    "shortcuts": "functions",
    "service.default": "functions",
    "_loop": "functions",
    "service": "service",
    "errors": "errors",
    "widgets": "panels",
}
_TITLES = {
    "functions": ("Functions", "These act on the settings file that is found from the working folder."),
    "service": ("The service", "One object for one settings file. The functions are its methods."),
    "values": ("Values", "What the functions give back. All of them are read-only."),
    "errors": ("Errors", "Each carries `code`, `message` and `hint`."),
    "panels": ("Panels", "Each takes a service, or the default one, and stands alone in a cell."),
    "further": ("Further parts", "Named in the guides, and imported from their own modules."),
}
_MARKS = "Marks such as MD-9 name the requirement that a sentence comes from."
_OPTIONS = {
    "errors": ("inherited_members: false", "filters: ['!^as_dict$', '!^_']"),
}
_FURTHER = (
    "discovery.capabilities.infer_capabilities",
    "discovery.diagnose.Diagnosis",
    "presets.Preset",
    "presets.find_preset",
    "settings.store.Backup",
    "settings.registry.Impact",
    "settings.backups.Added",
    "demo.server.DemoServer",
    "demo.session.start",
    "demo.samples.write_sample",
)
# A panel is no text: its picture stands for it.
_PICTURES = {
    "dw.panel(": "providers",
    "dw.ProvidersPanel(": "providers",
    "dw.ModelsPanel(": "models",
    "dw.RouterPanel(": "router",
}
# Where the page of the live demo leads to it. A link of Markdown would have to lead to a page.
_LIVE_DEMO = "<!-- live demo -->"
_LIVE_DEMO_LINK = (
    f'<a class="md-button md-button--primary" href="live/{live_demo.PAGE}">Open the live demo</a>'
)
_NO_LIVE_DEMO = "*These pages were built without it.*"
_LINK = re.compile(r"(?<!!)\[([^\]\n]*)\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^(`{3,}).*?^\1`*$", re.MULTILINE | re.DOTALL)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Leave the benchmarks out of the navigation until they have been run."""
    if not (ROOT / "docs" / "benchmarks.md").exists():
        _drop(config.nav or [], "benchmarks.md")
    return config


def _drop(nav: list[Any], page: str) -> None:
    for item in list(nav):
        if item == page:
            nav.remove(item)
        elif isinstance(item, dict):
            for below in item.values():
                if isinstance(below, list):
                    _drop(below, page)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made of something else than a page."""
    made = {"changelog.md": (ROOT / "CHANGELOG.md").read_text("utf-8"), "reference/cli.md": _cli_page()}
    made |= dict(_reference_pages())
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        made[f"tutorial/{path.stem}.md"] = notebook_page(path)
    for uri, text in made.items():
        files.append(File.generated(config, uri, content=text))
    return files


def on_post_build(config: MkDocsConfig) -> None:
    """Build the live demo beside the pages.

    Raises:
        RuntimeError: If something that it needs is missing, or a step fails.
    """
    if HAS_LIVE_DEMO:
        live_demo.build(Path(config.site_dir) / "live")


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Turn links out of docs/ into links on the site."""
    markdown = markdown.replace(_LIVE_DEMO, _LIVE_DEMO_LINK if HAS_LIVE_DEMO else _NO_LIVE_DEMO)
    here = {"changelog.md": "CHANGELOG.md"}.get(page.file.src_uri, f"docs/{page.file.src_uri}")
    if page.file.src_uri.startswith("tutorial/0"):
        here = f"notebooks/{Path(page.file.src_uri).stem}.ipynb"
    parts, end = [], 0
    for fence in _FENCE.finditer(markdown):
        parts += [_relinked(markdown[end : fence.start()], here, page.file.src_uri), fence.group()]
        end = fence.end()
    return "".join([*parts, _relinked(markdown[end:], here, page.file.src_uri)])


def _relinked(text: str, here: str, page: str) -> str:
    def link(found: re.Match[str]) -> str:
        label, target = found.groups()
        if re.match(r"[a-z]+:|#", target):
            return found.group()
        path, hash_sign, anchor = target.partition("#")
        goal = site_page(posixpath.normpath(posixpath.join(posixpath.dirname(here), path)))
        if goal is None:
            return label  # a file of the repository that is no page
        return f"[{label}]({posixpath.relpath(goal, posixpath.dirname(page) or '.')}{hash_sign}{anchor})"

    return _LINK.sub(link, text)


def site_page(path: str) -> str | None:
    """The page or file of the site that a file of the repository is, or None.

    Args:
        path: The file's path below the repository.
    """
    if path == "README.md":
        return "index.md"
    if path == "CHANGELOG.md":
        return "changelog.md"
    if path.startswith("notebooks/") and path.endswith(".ipynb"):
        return f"tutorial/{Path(path).stem}.md"
    if path.startswith("docs/") and not path.endswith(".py"):
        return path.removeprefix("docs/")
    return None


def notebook_page(path: Path) -> str:
    """A notebook as a page: its text, its code, and the outputs that are saved in it.

    Args:
        path: The notebook.
    """
    parts = []
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
            continue
        parts.append(f"```python\n{source}\n```")
        output = "".join(_output_text(output) for output in cell["outputs"]).rstrip()
        if output:
            parts.append(f"```text\n{output}\n```")
        parts += _picture(source.rstrip().rpartition("\n")[2])
    name = f"notebooks/{path.name}"
    parts.insert(1, f"*This page is the notebook `{name}`; run it to see every output.*")
    return "\n\n".join(parts) + "\n"


def _output_text(output: dict[str, Any]) -> str:
    text = output.get("text") or output.get("data", {}).get("text/plain") or output.get("traceback") or ""
    return "".join(text).rstrip("\n") + "\n"


def _picture(last_line: str) -> Iterator[str]:
    for call, name in _PICTURES.items():
        if last_line.startswith(call) and (ROOT / "docs" / "images" / f"{name}-dark.png").exists():
            text = f"The {name.replace('-', ' ')} panel"
            for theme in ("light", "dark"):
                yield f"![{text}](../images/{name}-{theme}.png#only-{theme})"


def _reference_pages() -> Iterator[tuple[str, str]]:
    names: dict[str, list[str]] = {page: [] for page in _TITLES}
    for name, home in vars(dw)["_HOMES"].items():  # the package's own table of what is public
        page = _PAGES.get(home) or _PAGES.get(home.partition(".")[0], "")
        page = page or ("functions" if inspect.isroutine(getattr(dw, name)) else "values")
        names[page].append(f"{home}.{name}")
    names["further"] = list(_FURTHER)
    for page, (title, text) in _TITLES.items():
        options = "".join(f"\n      {option}" for option in _OPTIONS.get(page, ()))
        options = f"\n    options:{options}" if options else ""
        entries = "\n\n".join(f"::: dispatch_widgets.{name}{options}" for name in names[page])
        yield f"reference/{page}.md", f"# {title}\n\n{text} {_MARKS}\n\n{entries}\n"


def _cli_page() -> str:
    parts = ["# The command line", "What `dispatch-widgets COMMAND --help` says."]
    for name, command in [("", command_line), *sorted(command_line.commands.items())]:
        path = f"dispatch-widgets {name}".rstrip()
        context = click.Context(
            command, info_name=path, max_content_width=HELP_WIDTH, terminal_width=HELP_WIDTH
        )
        parts.append(f"## {path}\n\n```text\n{command.get_help(context)}\n```")
    return "\n\n".join(parts) + "\n"
