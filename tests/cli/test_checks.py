"""The commands ``try`` and ``scan``, and consent on the command line."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets.demo import DemoServer
from dispatch_widgets.demo.samples import write_sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

    Run = Callable[..., Result]


@pytest.fixture
def server() -> Iterator[DemoServer]:
    """A provider on loopback, and the new sample file in the working folder."""
    with DemoServer(models=60) as running:
        write_sample(Path.cwd(), running, old=False)
        yield running


def _id_of(path: Path, name: str) -> str:
    return next(str(p["id"]) for p in json.loads(path.read_text("utf-8"))["providers"] if p["name"] == name)


def _change(server: DemoServer, **credentials: Any) -> Path:
    path = Path.cwd() / "dispatch.settings.json"
    document = json.loads(path.read_text("utf-8"))
    for provider in document["providers"]:
        if provider["name"] == "Lab":
            provider["credentials"].update(credentials)
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.req("API-5")
def test_try_says_whether_the_model_answers(run: Run, server: DemoServer) -> None:
    """`try` sends one request and prints its time; a failure has a hint and exit code 1 (issue 5)."""
    said = run("try", "classify").stdout
    assert re.search(r"qwen3-8b gave an answer after (less than )?\d+\.\d\d s\. Served by Lab\.", said)
    assert "“This is a canned answer" in said
    assert re.search(r"Tokens: \d+ in, \d+ out\.", said)
    assert len(server.requests) == 1
    told = json.loads(run("try", "embed", "--json").stdout)
    assert (told["ok"], told["task"], told["error"]) == (True, "embed", None)
    assert (told["answer"], told["outputTokens"]) == ("", None)
    assert told["inputTokens"] > 0
    server.play("429")
    result = run("try", "classify", code=1)
    assert "too many requests" in result.stderr
    assert "Wait a little" in result.stderr
    told = json.loads(run("try", "classify", "--json", code=1).stdout)
    assert (told["ok"], told["error"]["kind"]) == (False, "RATE_LIMITED")


def test_try_of_nothing_says_what_to_do(run: Run, server: DemoServer) -> None:
    """A task without a model and an unknown task are errors, and nothing is sent."""
    assert "has no model" in run("try", "grade", code=1).stderr
    assert "is not a task" in run("try", "sing", code=1).stderr
    assert server.requests == ()


@pytest.mark.req("SEC-4")
def test_a_foreign_variable_is_sent_only_with_a_word_for_it(
    run: Run, server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --allow-sending nothing is sent, and the message says what would be (SEC-4)."""
    monkeypatch.setenv("SOMEBODYS_SECRET", server.second_api_key)
    _change(server, apiKey="${SOMEBODYS_SECRET}")
    wanted = f"wants $SOMEBODYS_SECRET sent to 127.0.0.1:{server.port}"
    agreed = f"SOMEBODYS_SECRET@127.0.0.1:{server.port}"
    again = f"If that is right, run it again with --allow-sending {agreed}"
    for command in (("try", "classify"), ("discover", "Lab"), ("diagnose", "Lab")):
        stopped = run(*command, code=1).output
        assert wanted in stopped
        assert again in stopped
        assert "allow_sending(" not in stopped
        assert server.requests == ()
    assert json.loads(run("discover", "Lab", "--json", code=1).stdout)["error"]["hint"] == again
    run("try", "classify", "--allow-sending", agreed)
    run("discover", "Lab", "--allow-sending", agreed)
    assert "Sending $SOMEBODYS_SECRET to 127.0.0.1" in run("diagnose", "Lab", "--allow-sending").stderr
    assert [request.authorised for request in server.requests] == [True, True, True]
    for command in (("discover",), ("diagnose",)):
        run(*command, "--allow-sending", code=2)


@pytest.mark.req("API-5", "UI")
def test_try_of_several_shows_them_side_by_side(run: Run, server: DemoServer) -> None:
    """Tasks and entries in one table with time and tokens; an entry alone is taken too."""
    lines = run("try", "classify", "openai:gpt-4o", "embed").stdout.splitlines()
    assert lines[0].split() == ["Tried", "Model", "Provider", "Answer", "Time", "Tokens", "Cost"]
    assert [line.split()[:2] for line in lines[1:]] == [
        ["classify", "qwen3-8b"],
        ["openai:gpt-4o", "gpt-4o"],
        ["embed", "text-embedding-3-small"],
    ]
    told = json.loads(run("try", "openai:gpt-4o", "--json").stdout)
    assert told["openai:gpt-4o"]["model"] == "gpt-4o"
    server.play("429")
    failed = run("try", "embed", "openai:gpt-4o", code=1)
    assert "RATE_LIMITED" in failed.stdout
    assert "too many requests" in failed.stderr
    assert "no catalog entry" in run("try", "classify", "nobody", code=1).stderr.lower()
    assert "single task" in run("try", "classify", "embed", "--allow-sending", code=2).stderr


@pytest.mark.req("API-5")
def test_what_cannot_be_tried_hides_no_other(run: Run, server: DemoServer) -> None:
    """Of several, a task or entry that cannot be used has a row with its error (API-5)."""
    said = run("try", "grade", "classify", "nobody", code=1)
    rows = [line.split()[:2] for line in said.stdout.splitlines()[1:]]
    assert rows == [["grade", "-"], ["classify", "qwen3-8b"], ["nobody", "-"]]
    assert "grade: The task grade has no model." in said.stderr
    assert len(server.requests) == 1
    told = json.loads(run("try", "grade", "classify", "--json", code=1).stdout)
    assert (list(told), told["classify"]["ok"]) == (["grade", "classify"], True)
    assert told["grade"]["error"]["message"] == "The task grade has no model."


def test_a_terminal_is_told_of_no_kernel(run: Run, server: DemoServer) -> None:
    """If a variable is missing, the hint is to set it and to run the command again."""
    _change(server, apiKey="${NOBODYS_KEY}")
    for command in (
        ("try", "classify"),
        ("try", "classify", "embed"),
        ("discover",),
        ("discover", "Lab"),
        ("diagnose", "Lab"),
        ("diagnose", "Lab", "--json"),
        ("discover", "Lab", "--json"),
    ):
        said = run(*command, code=1).output
        assert "Set NOBODYS_KEY and run the command again" in said
        assert "kernel" not in said


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize("command", [("try", "classify"), ("discover", "Lab"), ("diagnose", "Lab")])
def test_a_yes_on_the_command_line_is_to_what_it_names(
    run: Run, server: DemoServer, monkeypatch: pytest.MonkeyPatch, command: tuple[str, str]
) -> None:
    """If the file names another host or variable than the option, nothing is sent, and the error names it."""
    monkeypatch.setenv("SOMEBODYS_SECRET", server.second_api_key)
    _change(server, apiKey="${SOMEBODYS_SECRET}", baseUrl="https://good.test/v1")
    said = run("discover", "Lab", code=1).stderr
    assert "--allow-sending SOMEBODYS_SECRET@good.test" in said
    _change(server, baseUrl=server.second_openai_base_url)
    for agreed in ("SOMEBODYS_SECRET@good.test", f"OTHER@127.0.0.1:{server.port}", "good.test", "@"):
        refused = run(*command, "--allow-sending", agreed, code=1).stderr
        assert f"it wants $SOMEBODYS_SECRET sent to 127.0.0.1:{server.port}" in refused
        assert f"--allow-sending SOMEBODYS_SECRET@127.0.0.1:{server.port}" in refused
    _change(server, apiKey=server.second_api_key)
    refused = run(*command, "--allow-sending", "SOMEBODYS_SECRET@good.test", code=1).stderr
    assert "does not want $SOMEBODYS_SECRET sent to good.test any more" in refused
    assert server.connections == 0


@pytest.mark.req("SEC-4")
def test_a_yes_for_one_of_all_is_a_command_to_be_typed(
    run: Run, server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For all providers, the hint is the command for one, with its id quoted for a shell (SEC-4)."""
    monkeypatch.setenv("SOMEBODYS_SECRET", server.second_api_key)
    path = _change(server, apiKey="${SOMEBODYS_SECRET}")
    path.write_text(path.read_text("utf-8").replace(_id_of(path, "Lab"), "the lab; ls"), encoding="utf-8")
    for command in ("discover", "diagnose"):
        said = run(command, code=1)
        agreed = f"--allow-sending SOMEBODYS_SECRET@127.0.0.1:{server.port}`."
        assert f"run `dispatch-widgets {command} 'the lab; ls' {agreed}" in said.output
        told = json.loads(run(command, "--json", code=1).stdout)["the lab; ls"]
        assert agreed in (told["suggestion"] if command == "diagnose" else told["error"]["hint"])
    run("discover", "the lab; ls", "--allow-sending")


@pytest.mark.req("SEC-1")
def test_scan_finds_and_removes_registered_keys(run: Run, server: DemoServer) -> None:
    """`scan` lists places without the key, exits with 1 until they are fixed, and names the copy (SEC-1)."""
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": f"key = '{server.api_key}'"}
    book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    notebook = Path.cwd() / "sub" / "n.ipynb"
    notebook.parent.mkdir()
    notebook.write_text(json.dumps(book), encoding="utf-8")
    found = run("scan", ".", code=1)
    assert re.search(r"n\.ipynb +1 +source +1 +sk-…", found.stdout)
    assert "make a new one" in found.stderr
    told = json.loads(run("scan", "sub", "--json", code=1).stdout)
    assert [(leak["cell"], leak["place"]) for leak in told["leaks"]] == [(1, "source")]
    fixed = run("scan", "sub", "--fix")
    assert "Removed." in fixed.stdout
    assert ".bak" in fixed.stderr
    assert server.api_key not in notebook.read_text("utf-8")
    assert "No key found" in run("scan", "sub").stdout


@pytest.mark.req("SEC-1")
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes and links as POSIX has them")
def test_scan_says_what_it_could_not_read_or_change(run: Run, server: DemoServer) -> None:
    """Unread files are listed with the reason, also as JSON, and the exit code is 1."""
    folder = Path.cwd() / "sub"
    folder.mkdir()
    os.mkfifo(folder / "pipe.ipynb")
    for options in ((), ("--fix",)):
        said = run("scan", "sub", *options, code=1)
        assert "No key found (1 file" in said.stdout
        assert "pipe.ipynb: It is a named pipe, no file." in said.stderr
    told = json.loads(run("scan", "sub", "--json", code=1).stdout)
    assert told["unread"] == [{"path": "sub/pipe.ipynb", "reason": "It is a named pipe, no file."}]
    (folder / "pipe.ipynb").unlink()
    (folder / "out").symlink_to("..")
    assert "not followed" in run("scan", "sub").stderr
    assert json.loads(run("scan", "sub", "--json").stdout)["skipped"] == ["sub/out"]
    Path("n.html").write_text(server.api_key, encoding="utf-8")
    (folder / "n.html").symlink_to("../n.html")
    said = run("scan", "sub", "--fix", code=1)
    assert "leads out" in said.stderr
    assert "Removed" not in said.stdout
    assert Path("n.html").read_text(encoding="utf-8") == server.api_key


def test_scan_of_nothing_is_wrong_usage(run: Run) -> None:
    """A path is needed, and it must exist."""
    run("scan", code=2)
    run("scan", "no-such-folder", code=2)
