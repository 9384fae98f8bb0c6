"""Upgrades the app's first formats, of early 2026, to catalog entries with keys of their own (MIG-10).

The first version had everything in one section: ``{"llm": {"providers": {"anthropic": KEY,
"openaiCompatible": {"apiKey", "baseUrl"}}, "models": [{"task", "provider", "model"}], "catalog": [{"id",
"provider", "model", "providerConfig"?, …}]}}``, where an entry without a key of its own used the account of
its kind. The next one had the accounts under ``models.providers``, as ``anthropic`` and ``openai``. Anything
of another shape stays where it is and is reported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .document import Document, JsonObject
from .schema import MOCK_TYPE, account_of
from .tasks import TASKS

if TYPE_CHECKING:
    from collections.abc import Iterator

# Provider kinds in the first formats, and in later entries.
_KINDS = {"anthropic": "anthropic", "openaiCompatible": "openai", "openai": "openai"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerAccount:
    """An account outside of the entries, as the first formats had it.

    Attributes:
        kind: ``anthropic`` or ``openai``.
        key: Its key.
        base_url: Its base URL; empty if it had none.
    """

    kind: str
    key: str
    base_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A document upgraded from the first formats, as far as they could be understood.

    Attributes:
        document: The document; the same object if nothing changed.
        accounts: The accounts, each to become a provider.
        not_understood: The places that were left unchanged; they may hold keys.
        without_key: The ids of entries that go to another host than the account of their kind, and so do not
            get its key.
    """

    document: Document
    accounts: tuple[FormerAccount, ...] = ()
    not_understood: tuple[str, ...] = ()
    without_key: tuple[str, ...] = ()


@dataclass(slots=True)
class _Work:
    catalog: list[Any]
    assignment: list[Any]
    accounts: dict[str, FormerAccount] = field(default_factory=dict)
    not_understood: list[str] = field(default_factory=list)
    without_key: list[str] = field(default_factory=list)


def rewrite(document: Document) -> Rewritten:
    """Moves the data of the first formats to where `conversion` expects it."""
    llm = document.get("llm")
    models = document.get("models")
    section = models if isinstance(models, dict) else JsonObject()
    work = _Work(list(_items(section, "catalog")), list(_items(section, "assignment")))
    if llm is not None and not isinstance(llm, dict):
        work.not_understood.append("llm")
    new_llm = _rest_of_llm(work, llm) if isinstance(llm, dict) else llm
    new_models = _rest_of_models(work, section)
    if not work.accounts and new_llm is llm and new_models is section:
        return Rewritten(document=document, not_understood=tuple(work.not_understood))
    new = JsonObject()
    for name, value in document.items():
        if name == "llm":
            new["models"] = new_models
            if new_llm:
                new["llm"] = new_llm
        else:
            new.setdefault(name, new_models if name == "models" else value)
    return Rewritten(
        document=new,
        accounts=tuple(work.accounts.values()),
        not_understood=tuple(work.not_understood),
        without_key=tuple(work.without_key),
    )


def _rest_of_models(work: _Work, models: Document) -> Document:
    accounts = models.get("providers")
    rest = accounts
    if isinstance(accounts, dict):
        rest = _without_accounts(work, accounts, "models.providers")
    elif accounts is not None:
        work.not_understood.append("models.providers")
    catalog = [_with_account(work, entry) for entry in work.catalog]
    if rest is accounts and _same_items(catalog, _items(models, "catalog")):
        return models
    new = JsonObject(models)
    new.pop("providers", None)
    if rest:
        new["providers"] = rest
    new["catalog"] = catalog
    new["assignment"] = work.assignment
    return new


def _rest_of_llm(work: _Work, llm: Document) -> Document:
    """The part of the section that could not be understood; the rest is added to `work`."""
    new = JsonObject(llm)
    accounts = llm.get("providers")
    if isinstance(accounts, dict):
        new["providers"] = _without_accounts(work, accounts, "llm.providers")
    elif accounts is not None:
        work.not_understood.append("llm.providers")
    for name, take in (("catalog", _take_entry), ("models", _take_choice)):
        items = llm.get(name)
        if isinstance(items, list):
            new[name] = [item for item in items if not take(work, item)]
        if new.get(name):
            work.not_understood.append(f"llm.{name}")
    for name in ("providers", "catalog", "models"):
        if not new.get(name):
            new.pop(name, None)
    return llm if new == llm else new


def _without_accounts(work: _Work, accounts: Document, pointer: str) -> Document:
    """The accounts that could not be understood."""
    rest = JsonObject()
    for name, value in accounts.items():
        account = _account(name, value)
        if account is None or account.kind in work.accounts:
            rest[name] = value
            if value:
                work.not_understood.append(f"{pointer}.{name}")
        else:
            work.accounts[account.kind] = account
    return accounts if len(rest) == len(accounts) else rest


def _account(name: str, value: Any) -> FormerAccount | None:
    given = {"apiKey": value} if isinstance(value, str) else value
    if name not in _KINDS or not isinstance(given, dict) or given.keys() - {"apiKey", "baseUrl"}:
        return None
    key, url = given.get("apiKey"), given.get("baseUrl")
    if not (isinstance(key, str) and key.strip() and (url is None or isinstance(url, str))):
        return None
    return FormerAccount(kind=_KINDS[name], key=key, base_url=url or "")


def _with_account(work: _Work, entry: Any) -> Any:
    """Fills in key and base URL from the account of the entry's kind, unless it has its own.

    The account's key belongs to the account's host (SEC-8), so an entry with another host does not get it.
    """
    if not isinstance(entry, dict) or entry.get("providerId") is not None:
        return entry
    account = work.accounts.get(str(entry.get("providerType")))
    config = entry.get("providerConfig")
    if account is None or not (config is None or isinstance(config, dict)):
        return entry
    new_config = JsonObject(config or {})
    if _is_blank(new_config.get("baseUrl")):
        if account.base_url:
            new_config["baseUrl"] = account.base_url
    elif _is_blank(new_config.get("apiKey")) and not _is_same_host(new_config["baseUrl"], account):
        work.without_key.append(str(entry.get("id")))
        return entry
    if _is_blank(new_config.get("apiKey")):
        new_config["apiKey"] = account.key
    return JsonObject({**entry, "providerConfig": new_config})


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _is_same_host(url: Any, account: FormerAccount) -> bool:
    if not isinstance(url, str):
        return True  # refused as a whole, with its place
    urls = (account_of(account.kind, "", each)[2] for each in (url, account.base_url))
    try:
        host, own = (urlsplit(each) for each in urls)
    except ValueError:  # it is kept as it is, and reported
        return False
    return (host.scheme, host.netloc) == (own.scheme, own.netloc)


def _take_entry(work: _Work, item: Any) -> bool:
    """Adds an entry of the first catalog to `work`; False if it could not be understood."""
    if not isinstance(item, dict) or not all(isinstance(item.get(name), str) for name in ("id", "model")):
        return False
    kind = _kind(item.get("provider"))
    taken = any(isinstance(entry, dict) and entry.get("id") == item["id"] for entry in work.catalog)
    if not kind or taken:
        return False
    entry = JsonObject()
    for name, value in item.items():
        entry["providerType" if name == "provider" else name] = kind if name == "provider" else value
    work.catalog.append(entry)
    return True


def _take_choice(work: _Work, item: Any) -> bool:
    """Adds a task's assignment, and an entry if its model has none; False if it could not be understood."""
    if not isinstance(item, dict) or item.keys() - {"task", "provider", "model"}:
        return False
    task, kind, model = item.get("task"), _kind(item.get("provider")), item.get("model")
    if task not in TASKS or not kind or not isinstance(model, str) or not model:
        return False
    if any(isinstance(found, dict) and found.get("task") == task for found in work.assignment):
        return False
    entry = next(_matching(work.catalog, kind, model), None)
    if entry is None:
        ids = {found.get("id") for found in work.catalog if isinstance(found, dict)}
        entry_id, number = f"{kind}:{model}", 1
        while entry_id in ids:
            number += 1
            entry_id = f"{kind}:{model}-{number}"
        entry = JsonObject(id=entry_id, providerType=kind, model=model)
        work.catalog.append(entry)
    work.assignment.append(JsonObject(task=task, modelId=entry["id"]))
    return True


def _matching(catalog: list[Any], kind: str, model: str) -> Iterator[Document]:
    for entry in catalog:
        if isinstance(entry, dict) and (entry.get("providerType"), entry.get("model")) == (kind, model):
            yield entry


def _kind(provider: Any) -> str:
    if not isinstance(provider, str):
        return ""
    return MOCK_TYPE if provider == MOCK_TYPE else _KINDS.get(provider, "")


def _items(section: Document, name: str) -> list[Any]:
    found = section.get(name)
    return found if isinstance(found, list) else []


def _same_items(one: list[Any], other: list[Any]) -> bool:
    """Whether two lists hold identical objects."""
    return len(one) == len(other) and all(item is found for item, found in zip(one, other, strict=True))
