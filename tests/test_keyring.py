"""Keys in the system's keyring, with real back ends of the keyring package."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null

import dispatch_widgets as dw
from dispatch_widgets import (
    ConsentNeededError,
    InvalidInputError,
    KeyringError,
    MissingPackageError,
    SettingsService,
    _keyring,
    store_in_keyring,
)
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.secrets import resolve_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class MemoryKeyring(KeyringBackend):
    """A keyring that lives as long as a test."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}
        self.reads = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.reads += 1
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


class PlaintextKeyring(MemoryKeyring):
    """By its name what ``keyrings.alt`` falls back to."""


class LockedKeyring(MemoryKeyring):
    """One that refuses, and quotes what it was given."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError(f"locked: {service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"locked, could not store {password}")


@pytest.fixture
def backend() -> Iterator[MemoryKeyring]:
    """The keyring of this test; the one from before comes back afterwards."""
    before = keyring.get_keyring()
    made = MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def _use(made: Any) -> None:
    keyring.set_keyring(made)


@pytest.mark.req("SEC-4")
def test_a_key_is_stored_and_read_through_its_reference(
    backend: MemoryKeyring, tmp_path: Path, canary: str
) -> None:
    """The settings file has the reference, the keyring the key; discovery and clients use it (SEC-4)."""
    with DemoServer(models=12, api_key=canary) as server:
        reference = store_in_keyring("dispatch", "demo@home", f" {canary}\n")
        assert reference == "keyring:dispatch/demo@home"
        assert backend.held == {("dispatch", "demo@home"): canary}
        path = tmp_path / "dispatch.settings.json"
        service = SettingsService(path)
        provider = service.add_provider(
            name="K", type="openai-compatible", api_key=reference, base_url=server.openai_base_url
        )
        assert len(service.discover_models(provider.id)) == 12
        assert service.resolve_model("K", "m").api_key.get_secret_value() == canary
        assert canary not in path.read_text(encoding="utf-8")
        assert provider.masked_key == reference
        reads = backend.reads
        with pytest.raises(ConsentNeededError):
            SettingsService(path).discover_models(provider.id)
        assert backend.reads == reads


@pytest.mark.req("SEC-4")
def test_the_keyring_is_not_asked_again_and_again_and_a_new_key_counts_at_once(
    backend: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A panel that draws often asks once a minute; storing forgets what was remembered (SEC-4)."""
    now = [1000.0]
    monkeypatch.setattr(_keyring.time, "monotonic", lambda: now[0])
    store_in_keyring("s", "u", "sk-first-0123456789")
    assert {resolve_key("keyring:s/u", {}) for _ in range(5)} == {"sk-first-0123456789"}
    assert backend.reads == 1
    store_in_keyring("s", "u", "sk-second-0123456789")
    assert resolve_key("keyring:s/u", {}) == "sk-second-0123456789"
    backend.held["s", "u"] = "sk-third-0123456789"
    now[0] += _keyring.REMEMBERED_SECONDS
    assert resolve_key("keyring:s/u", {}) == "sk-third-0123456789"


@pytest.mark.req("SEC-4")
@pytest.mark.parametrize(
    ("make", "words"),
    [(PlaintextKeyring, "plain text"), (fail.Keyring, "no keyring"), (null.Keyring, "no keyring")],
)
def test_a_keyring_that_keeps_no_secret_is_refused(backend: MemoryKeyring, make: Any, words: str) -> None:
    """Nothing is put into, or read from, a plain file or a back end that fails (SEC-4)."""
    made = make()
    _use(made)
    for call in (
        lambda: store_in_keyring("s", "u", "sk-0123456789abc"),
        lambda: resolve_key("keyring:s/u", {}),
    ):
        with pytest.raises(KeyringError, match=words) as caught:
            call()
        assert "environment variable" in caught.value.hint
        assert "0123456789" not in str(caught.value)
    assert not getattr(made, "held", {})


@pytest.mark.req("SEC-4")
def test_in_a_chain_the_safe_ones_are_used_and_the_others_passed_over(
    backend: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package's chain falls back to a plain file silently; we do not (SEC-4)."""
    plain, safe = PlaintextKeyring(), MemoryKeyring()
    plain.held["s", "u"] = "sk-from-the-plain-file-1"
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [plain, safe])
    _use(chainer.ChainerBackend())
    with pytest.raises(KeyringError, match="holds no key"):
        resolve_key("keyring:s/u", {})
    store_in_keyring("s", "u", "sk-0123456789abc")
    assert safe.held == {("s", "u"): "sk-0123456789abc"}
    assert resolve_key("keyring:s/u", {}) == "sk-0123456789abc"
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [plain])
    with pytest.raises(KeyringError, match="plain text"):
        store_in_keyring("s", "u", "sk-0123456789abc")


@pytest.mark.req("SEC-1")
def test_what_a_keyring_says_when_it_refuses_is_not_quoted(backend: MemoryKeyring, canary: str) -> None:
    """A back end's error may hold the key: only its kind is told, and it is no cause either (SEC-1)."""
    _use(LockedKeyring())
    with pytest.raises(KeyringError, match="RuntimeError") as caught:
        store_in_keyring("s", "u", canary)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    with pytest.raises(KeyringError):
        resolve_key("keyring:s/u", {})


@pytest.mark.req("SEC-3")
def test_what_was_pasted_around_a_key_is_not_stored(
    backend: MemoryKeyring, caplog: pytest.LogCaptureFixture
) -> None:
    """The keyring gets the key alone, and that is said; a reference is no key (SEC-3)."""
    store_in_keyring("s", "u", 'export LAB_KEY="sk-0123456789"')
    assert backend.held == {("s", "u"): "sk-0123456789"}
    assert "keyring:s/u: The variable's name before the key was taken off." in caplog.text
    for reference in ("$LAB_KEY", "${LAB_KEY}", "keyring:s/u"):
        with pytest.raises(InvalidInputError, match="reference"):
            store_in_keyring("s", "other", reference)
    assert list(backend.held) == [("s", "u")]


@pytest.mark.req("SEC-3")
def test_what_is_no_key_or_no_name_is_refused(backend: MemoryKeyring) -> None:
    """A masked key, a slash in the service, a blank in a name: nothing is stored (SEC-3)."""
    for service, user, key in (
        ("s", "u", "sk-…a1b2"),
        ("a/b", "u", "sk-0123456789"),
        ("s", "u u", "sk-0123456789"),
        ("", "u", "sk-0123456789"),
    ):
        with pytest.raises(InvalidInputError):
            store_in_keyring(service, user, key)
    assert backend.held == {}
    backend.held["s", "u"] = "two words"
    with pytest.raises(InvalidInputError, match="keyring:s/u") as caught:
        resolve_key("keyring:s/u", {})
    assert "two words" not in str(caught.value)


@pytest.mark.req("SEC-4")
def test_without_the_package_the_install_line_is_named(
    backend: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keyring package is optional; only a reference needs it (SEC-4)."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(MissingPackageError) as caught:
        resolve_key("keyring:s/u", {})
    assert 'pip install "keyring"' in caught.value.hint
    assert resolve_key("sk-plain", {}) == "sk-plain"
    assert dw.store_in_keyring is store_in_keyring
