"""The command line, against the real service, file and demo server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets import __version__
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.errors import SettingsWriteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

    Run = Callable[..., Result]

FILE = "dispatch.settings.json"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    with DemoServer(models=30) as running:
        monkeypatch.setenv("OPENAI_API_KEY", running.api_key)
        yield running


@pytest.fixture
def old(server: DemoServer) -> Path:
    """The old sample file in the working folder."""
    return write_sample(Path.cwd(), server)


@pytest.fixture
def new(server: DemoServer) -> Path:
    """The new sample file in the working folder."""
    return write_sample(Path.cwd(), server, old=False)


def providers_of(path: Path) -> dict[str, Any]:
    return {p["name"]: p for p in json.loads(path.read_text("utf-8"))["providers"]}


def test_help_names_every_command(run: Run) -> None:
    """The top-level help lists the commands; --version says the package's version."""
    text = run("--help").stdout
    for command in ("demo", "providers", "discover", "migrate", "where", "backups", "restore", "diagnose"):
        assert re.search(rf"^  {command} ", text, re.MULTILINE)
    assert __version__ in run("--version").stdout


def test_wrong_usage_is_exit_code_two(run: Run) -> None:
    """An unknown command or option is wrong usage, told from a failure by its exit code."""
    run("prviders", code=2)
    run("providers", "--jsn", code=2)
    assert "--text" in run("demo", "--text", "--no-browser", code=2).stderr


@pytest.mark.req("ST-1")
def test_where_says_which_file_and_why(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """ST-1: the path, the reason, and the installed app's own file, which is offered and not taken."""
    app = Path(os.environ["XDG_CONFIG_HOME"]) / "Dispatch" / FILE
    app.parent.mkdir(parents=True)
    app.write_text("{}", encoding="utf-8")
    lines = run("where").stdout.splitlines()
    assert lines[0] == str(Path.cwd() / FILE)
    assert "working folder" in lines[1]
    assert f"  {app}" in lines
    monkeypatch.setenv("DISPATCH_SETTINGS_PATH", str(tmp_path / "mine.json"))
    told = json.loads(run("where", "--json").stdout)
    assert (told["path"], told["why"], told["exists"]) == (str(tmp_path / "mine.json"), "variable", False)


def test_where_does_not_migrate(run: Run, old: Path) -> None:
    """Asking where the file is changes nothing in it; nor does listing its backups."""
    before = old.read_bytes()
    run("where")
    run("backups")
    assert old.read_bytes() == before


@pytest.mark.req("PM-5", "SEC-1")
def test_providers_lists_them_with_masked_keys(run: Run, new: Path, server: DemoServer) -> None:
    """PM-5, SEC-1: a line each in the file's order, with host and the shown form of the key."""
    lines = run("providers").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["Name", "Anthropic", "OpenAI", "Lab"]
    assert f"127.0.0.1:{server.port}" in lines[1]
    assert f"sk-…{server.api_key[-4:]}" in lines[1]
    told = json.loads(run("providers", "--json").stdout)
    assert [(p["name"], p["type"]) for p in told][2] == ("Lab", "openai-compatible")
    assert told[1]["baseUrl"] == server.openai_base_url


@pytest.mark.req("PM-5")
def test_no_file_means_no_providers_and_no_file_is_made(run: Run) -> None:
    """PM-5, MIG-1: without a file there are no providers, and looking does not make one."""
    assert run("providers").stdout == "No providers yet.\n"
    assert run("discover").stdout == "No providers yet.\n"
    assert run("diagnose").stdout == "No providers yet.\n"
    assert json.loads(run("diagnose", "--json").stdout) == {}
    assert json.loads(run("providers", "--json").stdout) == []
    assert not Path(FILE).exists()


@pytest.mark.req("PM-7")
def test_the_mock_provider_has_nothing_to_diagnose(run: Run, new: Path) -> None:
    """The mock provider, which `providers` lists, is no unknown one to `diagnose` (PM-7)."""
    document = json.loads(new.read_text("utf-8"))
    document["models"]["catalog"].append({"id": "m", "providerId": "mock", "model": "mock"})
    new.write_text(json.dumps(document), encoding="utf-8")
    assert "mock" in run("providers").stdout
    assert "nothing to diagnose" in run("diagnose", "mock").stdout
    assert json.loads(run("diagnose", "mock", "--json").stdout) == {}


@pytest.mark.req("MIG-1")
def test_a_command_that_needs_providers_migrates_and_says_so(run: Run, old: Path) -> None:
    """MIG-1: the first command on an old file converts it and says on stderr what it did."""
    result = run("providers")
    assert "has been converted" in result.stderr
    assert "4 providers made" in result.stderr
    assert "OpenAI 3" in result.stdout
    assert "providers" in json.loads(old.read_text("utf-8"))
    assert run("providers").stderr == ""


@pytest.mark.req("API-1")
def test_discover_one_prints_its_models(run: Run, new: Path, server: DemoServer) -> None:
    """API-1: a provider's models by name or id; a table for people, JSON with every field for scripts."""
    result = run("discover", "lab")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["Model", "Name", "Kind", "Context", "Features", "By"]
    assert any("vision" in line for line in run("discover", "OpenAI").stdout.splitlines()[1:])
    assert len(lines) == 1 + len(server.models("second")) + 1
    assert any(line.startswith("nomic-embed-text-v1.5") and "embedding" in line for line in lines)
    assert "20" not in result.stderr
    told = json.loads(run("discover", providers_of(new)["OpenAI"]["id"], "--refresh", "--json").stdout)
    assert told["source"] == "live"
    assert [model["id"] for model in told["models"]] == [model.id for model in server.models()]
    assert told["models"][0]["contextWindow"] == 128_000


@pytest.mark.req("MD-12")
def test_discover_all_counts_and_shows_the_broken_one_beside_the_others(
    run: Run, new: Path, server: DemoServer
) -> None:
    """MD-12: one provider's failure is told on stderr and in the exit code, and hides no other."""
    server.play("500", where="second")
    result = run("discover", code=1)
    lines = result.stdout.splitlines()
    assert len(lines) == 4
    assert re.search(r"OpenAI .* live", lines[2])
    assert "HTTP_STATUS" in lines[3]
    assert result.stderr.startswith("Lab: ")
    told = json.loads(run("discover", "--json", code=1).stdout)
    ids = {name: provider["id"] for name, provider in providers_of(new).items()}
    assert told[ids["Lab"]]["error"]["kind"] == "HTTP_STATUS"
    assert len(told[ids["Anthropic"]]["models"]) == 28


@pytest.mark.req("API-2", "SEC-1")
def test_a_refused_key_is_a_message_and_a_hint_without_the_key(
    run: Run, new: Path, server: DemoServer
) -> None:
    """API-2, SEC-1: message and hint on stderr, exit code 1, also when the server quotes the key."""
    server.play("echo-key")
    result = run("discover", "OpenAI", code=1)
    assert result.stdout == ""
    assert "401" in result.stderr
    assert len(result.stderr.splitlines()) == 2
    assert server.api_key not in result.output


@pytest.mark.req("API-2")
def test_a_failure_is_an_object_for_scripts_too(run: Run, new: Path, server: DemoServer) -> None:
    """API-2: with --json the error of one provider is what it is for all; stderr and exit code stay."""
    server.play("403", where="openai")
    result = run("discover", "OpenAI", "--json", code=1)
    key = providers_of(new)["OpenAI"]["id"]
    assert json.loads(result.stdout) == json.loads(run("discover", "--json", code=1).stdout)[key]
    assert json.loads(result.stdout)["error"]["status"] == 403
    assert result.stderr == run("discover", "OpenAI", code=1).stderr
    for arguments, error_code in (
        (("discover", "Nobody"), "NOT_FOUND"),
        (("diagnose", "Nobody"), "NOT_FOUND"),
        (("try", "grade"), "NOT_FOUND"),
    ):
        assert json.loads(run(*arguments, "--json", code=1).stdout)["error"]["code"] == error_code
    new.write_text("{", encoding="utf-8")
    assert json.loads(run("providers", "--json", code=1).stdout)["error"]["path"] == str(new)


@pytest.mark.req("API-2")
def test_unknown_and_ambiguous_providers_are_told_apart(run: Run, new: Path) -> None:
    """API-2: an unknown name lists the names there are, an ambiguous one the ids to choose from."""
    assert "There are: Anthropic, OpenAI, Lab." in run("discover", "Nobody", code=1).stderr
    document = json.loads(new.read_text("utf-8"))
    document["providers"][2]["name"] = "OpenAI"
    new.write_text(json.dumps(document), encoding="utf-8")
    error = run("discover", "openai", code=1).stderr
    assert "2 providers are called openai." in error
    assert document["providers"][1]["id"] in error
    assert document["providers"][2]["id"] in error


@pytest.mark.req("MD-14")
def test_diagnose_names_the_step_that_fails_and_the_base_url_that_works(
    run: Run, new: Path, server: DemoServer
) -> None:
    """MD-14: a base URL without its /v1 is found out, and the right one is offered; a good one is well."""
    document = json.loads(new.read_text("utf-8"))
    credentials = document["providers"][1]["credentials"]
    credentials["baseUrl"] = credentials["baseUrl"].removesuffix("/v1")
    document["providers"][2]["credentials"]["apiKey"] = "${NOT_SET_ANYWHERE}"
    new.write_text(json.dumps(document), encoding="utf-8")
    text = run("diagnose", "OpenAI", code=1).stdout
    assert "404" in text
    assert f"Take {server.openai_base_url} as the base URL." in text
    told = json.loads(run("diagnose", "--json", code=1).stdout)
    ids = [provider["id"] for provider in document["providers"]]
    assert [told[key]["ok"] for key in ids] == [True, False, False]
    assert told[ids[1]]["suggestedBaseUrl"] == server.openai_base_url
    assert "NOT_SET_ANYWHERE" in told[ids[2]]["steps"][0]["text"]
    assert "28 models" in run("diagnose", "Anthropic").stdout


@pytest.mark.req("SEC-6")
def test_what_a_server_says_cannot_drive_the_terminal(run: Run, new: Path, server: DemoServer) -> None:
    """SEC-6: escape sequences, line breaks and direction marks of a server reach no terminal."""
    server.play("hostile-names")
    for arguments in (("discover", "OpenAI"), ("discover", "OpenAI", "--json")):
        text = run(*arguments).stdout
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e\u200b]", text)
    assert "<img src=x" in text


@pytest.mark.req("MIG-6")
def test_dry_run_shows_the_difference_and_writes_nothing(run: Run, old: Path, server: DemoServer) -> None:
    """MIG-6: before and after with masked keys, and the file keeps its bytes."""
    before = old.read_bytes()
    text = run("migrate", "--dry-run").stdout
    assert old.read_bytes() == before
    assert list(Path.cwd().glob("*backup*")) == []
    assert re.search(r"^-.*providerConfig", text, re.MULTILINE)
    assert re.search(r"^\+ +\"providerId", text, re.MULTILINE)
    assert re.search(r"^\+  \"providers\": \[$", text, re.MULTILINE)
    assert "Nothing has been written." in text
    assert json.loads(run("migrate", "--dry-run", "--json").stdout)["written"] is False


@pytest.mark.req("SEC-1", "MIG-6")
def test_dry_run_shows_no_secret(run: Run, old: Path, canary: str) -> None:
    """A preview masks secret fields, all that is nested in them, and URLs (SEC-1)."""
    document = json.loads(old.read_text(encoding="utf-8"))
    entry = document["models"]["catalog"][0]
    entry["providerConfig"] |= {"accessToken": canary, "secret": {"pin": ["4711-hunter"]}}
    entry["headers"] = {"Authorization": f"Bearer {canary}"}
    entry["docs"] = f"https://me:hunter2@llm.example.edu/?key={canary}"
    old.write_text(json.dumps(document), encoding="utf-8")
    for arguments in (("migrate", "--dry-run"), ("migrate", "--dry-run", "--json"), ("migrate",)):
        text = run(*arguments).output
        assert canary[6:] not in text
        assert "hunter" not in text


@pytest.mark.req("SEC-1")
def test_a_base_url_that_was_edited_by_hand_shows_no_secret(run: Run, new: Path, canary: str) -> None:
    """A base URL is shown without query and user info, with --json too (SEC-1)."""
    document = json.loads(new.read_text(encoding="utf-8"))
    document["providers"][0]["credentials"]["baseUrl"] = f"https://me:hunter2@llm.example.edu/v1?key={canary}"
    new.write_text(json.dumps(document), encoding="utf-8")
    for code, *arguments in ((0, "providers"), (0, "providers", "--json"), (1, "discover"), (1, "diagnose")):
        text = run(*arguments, code=code).output
        assert canary[6:] not in text
        assert "hunter2" not in text
    assert "llm.example.edu" in run("providers").output


@pytest.mark.req("MIG-5")
def test_migrate_backs_up_and_restore_brings_the_old_file_back(run: Run, old: Path) -> None:
    """MIG-5: converted with a copy beside it; the copy is listed, and restoring gives the same bytes."""
    before = old.read_bytes()
    text = run("migrate").stdout
    assert "4 providers made" in text
    assert set(providers_of(old)) == {"Anthropic", "OpenAI 1", "OpenAI 2", "OpenAI 3"}
    (backup,) = Path.cwd().glob("*backup*")
    assert backup.name in text
    assert backup.read_bytes() == before
    assert backup.name in run("backups").stdout
    assert json.loads(run("backups", "--json").stdout)[0]["path"] == str(backup)
    assert "Nothing to convert" in run("migrate").stdout
    run("restore", backup.name)
    assert old.read_bytes() == before
    assert "no backup called nothing" in run("restore", "nothing", code=1).stderr


def test_migrate_takes_a_file_elsewhere(run: Run, old: Path, tmp_path: Path) -> None:
    """A file given by path is converted, the one in the working folder is left alone."""
    before = old.read_bytes()
    other = tmp_path / "other.json"
    shutil.copyfile(old, other)
    told = json.loads(run("migrate", str(other), "--json").stdout)
    assert told["written"] is True
    assert Path(told["backup"]).parent == tmp_path
    assert len(told["providers"]) == 4
    assert "providers" in json.loads(other.read_text("utf-8"))
    assert old.read_bytes() == before
    run("migrate", str(tmp_path / "missing.json"), code=2)


@pytest.mark.req("ST-4")
@pytest.mark.parametrize("command", [("providers",), ("discover",), ("migrate",)])
def test_a_broken_file_is_told_with_its_place_and_left_alone(run: Run, command: tuple[str, ...]) -> None:
    """ST-4: a file that is not JSON is an error with line and column, its bytes stay."""
    Path(FILE).write_text('{\n  "providers": [,]\n}', encoding="utf-8")
    error = run(*command, code=1).stderr
    assert error.startswith(f"{Path.cwd() / FILE}: Line 2")
    assert Path(FILE).read_text(encoding="utf-8") == '{\n  "providers": [,]\n}'


@pytest.mark.req("ST-4")
def test_a_file_that_cannot_be_saved_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """ST-4: the message of a save that failed begins with the file's path."""
    target = tmp_path / "gone" / FILE
    monkeypatch.setenv("DISPATCH_SETTINGS_PATH", str(target))
    error = SettingsWriteError("Not saved: its folder does not exist.", path=str(target), hint="Make it.")

    def refused(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("dispatch_widgets.cli.open_service", refused)
    assert run("providers", code=1).stderr.splitlines() == [f"{target}: {error.message}", "Make it."]


def test_a_mistake_of_ours_is_no_traceback(run: Run, monkeypatch: pytest.MonkeyPatch, canary: str) -> None:
    """SEC-1: an unexpected exception is reported by type and place, without its text."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError(canary)

    monkeypatch.setattr("dispatch_widgets.cli.open_service", broken)
    error = run("providers", code=1).stderr
    assert "ZeroDivisionError at test_commands.py:" in error
    assert canary not in error


def test_text_demo_goes_the_whole_road_in_a_process_of_its_own(tmp_path: Path) -> None:
    """The product in one command: old file, migrated, discovered, picked, assigned, resolved."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    real = "sk-real-key-of-the-user-0123456789"
    environment = {
        **os.environ,
        "TMPDIR": str(temporary),
        "OPENAI_API_KEY": real,
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(
        [sys.executable, "-m", "dispatch_widgets", "demo", "--text"],
        env=environment, capture_output=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "4 providers made, 8 entries changed" in done.stdout
    assert re.search(r"OpenAI 1 .*324 chat .* 35 embedding .* live", done.stdout)
    assert re.search(r"^   summarize +My summarizer +OpenAI 1$", done.stdout, re.MULTILINE)
    assert re.search(r"^   Base URL +http://127\.0\.0\.1:\d+/openai/v1$", done.stdout, re.MULTILINE)
    assert not re.search(r"sk-(demo|real)-[a-z0-9-]{8,}", done.stdout)
    assert list(temporary.iterdir()) == []
    assert list(Path.cwd().iterdir()) == []


def test_text_demo_keeps_a_folder_that_was_given(run: Run, tmp_path: Path) -> None:
    """With --folder the converted file stays there and is not overwritten; the environment is as before."""
    folder = tmp_path / "kept"
    before = dict(os.environ)
    run("demo", "--text", "--folder", str(folder))
    assert dict(os.environ) == before
    document = json.loads((folder / FILE).read_text("utf-8"))
    assert {"task": "summarize", "modelId": "openai-1:gpt-5"} in document["models"]["assignment"]
    assert "already" in run("demo", "--text", "--folder", str(folder), code=1).stderr
