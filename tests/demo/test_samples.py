"""The sample settings files."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING

import pytest

from dispatch_widgets.demo import DemoServer
from dispatch_widgets.demo.samples import write_sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server() -> Iterator[DemoServer]:
    with DemoServer(models=8) as running:
        yield running


@pytest.mark.parametrize("old", [True, False])
def test_samples_lead_to_loopback_only(tmp_path: Path, server: DemoServer, old: bool) -> None:
    """Every base URL and endpoint in a sample is on loopback: no request of the demo can leave."""
    text = write_sample(tmp_path, server, old=old).read_text("utf-8")
    urls = [url for url in re.findall(r"https?://[^/\"]+", text) if "example.org" not in url]
    assert len(urls) >= 4
    assert all(url.startswith("http://127.0.0.1:") for url in urls)


@pytest.mark.req("MIG-2", "MIG-4")
def test_old_sample_has_every_case_of_the_migration(tmp_path: Path, server: DemoServer) -> None:
    """MIG-2, MIG-4: Anthropic, two OpenAI-compatible accounts, an entry without a key, a mock one."""
    document = json.loads(write_sample(tmp_path, server).read_text("utf-8"))
    assert "providers" not in document
    catalog = document["models"]["catalog"]
    kinds = [entry["providerType"] for entry in catalog]
    assert (kinds.count("anthropic"), kinds.count("openai"), kinds.count("mock")) == (2, 5, 1)
    keys = {entry.get("providerConfig", {}).get("apiKey") for entry in catalog}
    assert keys == {server.api_key, server.second_api_key, None}
    ids = {entry["id"] for entry in catalog}
    assert len(ids) == len(catalog)
    assert {given["modelId"] for given in document["models"]["assignment"]} <= ids


def test_sample_entries_are_on_the_server(tmp_path: Path, server: DemoServer) -> None:
    """Each model that a sample names is listed by the account it names, even by the shortest list."""
    listed = {model.id for name in ("openai", "anthropic", "second") for model in server.models(name)}  # type: ignore[arg-type]
    for old in (True, False):
        folder = tmp_path / str(old)
        folder.mkdir()
        document = json.loads(write_sample(folder, server, old=old).read_text("utf-8"))
        named = {entry["model"] for entry in document["models"]["catalog"]} - {"mock"}
        assert named <= listed


@pytest.mark.req("ST-7")
def test_new_sample_has_the_shape_of_today(tmp_path: Path, server: DemoServer) -> None:
    """ST-7: providers hold the credentials, entries refer to them and hold none."""
    text = write_sample(tmp_path, server, old=False).read_text("utf-8")
    document = json.loads(text)
    ids = {provider["id"] for provider in document["providers"]}
    assert {entry["providerId"] for entry in document["models"]["catalog"]} == ids
    assert "providerConfig" not in text
    assert not text.endswith("\n")


@pytest.mark.req("ST-2")
def test_sample_is_private_and_never_overwrites(tmp_path: Path, server: DemoServer) -> None:
    """ST-2: a sample is 0600 like every settings file, and a file that is there is left alone."""
    path = write_sample(tmp_path, server)
    if sys.platform != "win32":
        assert os.stat(path).st_mode & 0o777 == 0o600  # noqa: PTH116
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        write_sample(tmp_path, server)
    assert path.read_bytes() == before
