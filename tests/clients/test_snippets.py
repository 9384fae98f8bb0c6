"""Every snippet runs as it stands in a process of its own, against the demo server."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, get_args

import pytest

from dispatch_widgets import InvalidInputError, SettingsService
from dispatch_widgets.clients.snippets import (
    DEFAULT_SERVICE,
    LibraryKey,
    ServiceCode,
    Use,
    libraries_for,
    resolve_call,
    service_code,
    snippet_for,
)

if TYPE_CHECKING:
    from dispatch_widgets.demo import DemoServer

SAID = "This is a canned answer of the demo server. You wrote: “Say hello.”"
MOCK_SAID = "This is a canned answer of the mock provider. You wrote: “Say hello.”"

# Each snippet in a namespace of its own, so that the libraries are imported once.
_RUN = """
import pathlib, sys
for path in sys.argv[1:]:
    code = pathlib.Path(path).read_text(encoding="utf-8")
    exec(compile(code, path, "exec"), {"__name__": "__main__"})
"""


@pytest.fixture
def uses(service: SettingsService, server: DemoServer) -> list[tuple[Use, str]]:
    """A use of each kind, and what its snippets print."""
    embedding = next(model.id for model in server.models() if model.kind == "embedding")
    chat = next(model.id for model in server.models() if model.kind == "chat")
    claude = server.models("anthropic")[0].id
    o, a = service.get_providers()[:2]
    service.add_model(provider_id=o.id, model=chat, tasks=["summarize"])
    service.add_model(provider_id=o.id, model=embedding, tasks=["embed"])
    service.add_model(provider_id=a.id, model=claude, tasks=["grade"])
    service.add_model(provider_id="mock", model="mock", tasks=["skill"])
    return [
        (Use(provider_type=o.type, is_embedding=False, task="summarize"), SAID),
        (Use(provider_type=o.type, is_embedding=True, task="embed"), "2 256"),
        (Use(provider_type=a.type, is_embedding=False, task="grade"), SAID),
        (Use(provider_type=o.type, is_embedding=False, provider="O", model=chat), SAID),
        (Use(provider_type=o.type, is_embedding=True, provider=o.id, model=embedding), "2 256"),
        (Use(provider_type="mock", is_embedding=False, task="skill"), MOCK_SAID),
    ]


def run_all(snippets: list[str], folder: Path) -> list[str]:
    """Runs snippets in one new process, without this one's variables, and gives the lines that they print."""
    paths = []
    for number, snippet in enumerate(snippets):
        paths.append(folder / f"snippet_{number}.py")
        paths[-1].write_text(snippet, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *paths],
        capture_output=True, encoding="utf-8", check=False, timeout=170, cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.req("API-5", "UI")
@pytest.mark.parametrize("library", get_args(LibraryKey))
def test_every_snippet_runs_as_it_stands(
    library: str,
    uses: list[tuple[Use, str]],
    server: DemoServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Chat and embeddings, by task and by name, with each library that is installed; none has a key."""
    monkeypatch.setenv("DISPATCH_SETTINGS_PATH", str(tmp_path / "dispatch.settings.json"))
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # else it asks the network at import
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    fitting = [
        (use, said)
        for use, said in uses
        for each in libraries_for(use)
        if each.key == library and each.is_installed
    ]
    if not fitting:
        pytest.skip(f"{library} is not installed")
    snippets = [snippet_for(use, library) for use, _ in fitting]
    assert not any(server.api_key in snippet for snippet in snippets)
    assert run_all(snippets, tmp_path) == [said for _, said in fitting]


@pytest.mark.req("API-5", "UI")
def test_the_service_is_the_notebooks_own_variable_where_it_is_not_the_default(
    service: SettingsService, uses: list[tuple[Use, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """The variable that holds it, else that of a panel that shows it; IPython's results do not count."""
    use, said = uses[0]
    names = {"_": service, "_12": service, "other": object(), "lab": service, "again": service}
    code = service_code(service, service.path, names)
    assert code == ServiceCode(name="lab", setup=())
    namespace: dict[str, object] = {"lab": service}
    exec(snippet_for(use, "client", code), namespace)  # noqa: S102 - that is what a cell does
    assert capsys.readouterr().out.strip() == said
    namespace["client"].close()  # type: ignore[attr-defined]

    panel = SimpleNamespace(service=service)
    assert service_code(service, service.path, {"_": service, "p": panel}).name == "p.service"


@pytest.mark.req("API-5", "UI")
def test_without_a_variable_the_snippet_makes_the_service(
    service: SettingsService, uses: list[tuple[Use, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs in a new process too, and names no folder of the user's where it need not."""
    monkeypatch.chdir(service.path.parent)
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    use, said = uses[0]
    code = snippet_for(use, "client", service_code(service, service.path, {}))
    assert 'dw.SettingsService("dispatch.settings.json")' in code
    assert run_all([code], tmp_path) == [said]
    monkeypatch.setattr(Path, "home", lambda: tmp_path.parent)
    monkeypatch.chdir(tmp_path / "home")
    made = service_code(service, service.path, {"service": 3}).name
    assert made == f'dw.SettingsService("~/{tmp_path.name}/dispatch.settings.json")'


@pytest.mark.req("API-5", "UI")
@pytest.mark.parametrize("library", get_args(LibraryKey))
@pytest.mark.parametrize("service", [DEFAULT_SERVICE, ServiceCode(name="lab", setup=())])
def test_every_snippet_begins_with_its_imports(library: str, service: ServiceCode) -> None:
    """Imports stand at the top, each name that is used is made in it, and ids may hold anything."""
    odd = 'a"b\\c\nd'
    for type_, is_embedding in (
        ("openai-compatible", True),
        ("openai-compatible", False),
        ("anthropic", False),
    ):
        use = Use(provider_type=type_, is_embedding=is_embedding, provider=odd, model=odd)
        body = ast.parse(snippet_for(use, library, service)).body
        kinds = [isinstance(each, ast.Import | ast.ImportFrom) for each in body]
        assert kinds == sorted(kinds, reverse=True)
        calls = [each for each in ast.walk(body[sum(kinds)]) if isinstance(each, ast.Constant)]
        assert [each.value for each in calls] == [odd, odd]


@pytest.mark.req("API-5")
def test_a_library_that_cannot_use_a_model_has_no_snippet() -> None:
    """Anthropic has no embeddings, the mock provider no address, an unknown type nothing."""
    for use in (
        Use(provider_type="anthropic", is_embedding=True, task="embed"),
        Use(provider_type="newer", is_embedding=False, task="grade"),
    ):
        assert libraries_for(use) == ()
        with pytest.raises(InvalidInputError):
            snippet_for(use)
    with pytest.raises(InvalidInputError, match="litellm"):
        snippet_for(Use(provider_type="mock", is_embedding=False, task="grade"), "litellm")


@pytest.mark.parametrize(
    "text", ["Modell 😀", 'a "b" \\ c', "line\nbreak", "\u202eright to left", "private \U000f0000", "\udc80"]
)
def test_a_text_in_a_snippet_is_the_same_text_in_python(text: str) -> None:
    """Ids and names of any characters are valid literals, and what is printable can be read."""
    use = Use(provider_type="openai-compatible", is_embedding=False, provider=text, model=text)
    call = ast.parse(resolve_call(use), mode="eval").body
    assert isinstance(call, ast.Call)
    assert [ast.literal_eval(each) for each in call.args] == [text, text]
    assert resolve_call(use).isprintable()
    assert ("😀" in resolve_call(use)) is ("😀" in text)
