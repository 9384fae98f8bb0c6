"""Code for a cell that uses a model: a complete request that runs as it stands, without a key in it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .._terms import ANTHROPIC, OPENAI_COMPATIBLE
from ..errors import FieldProblem, InvalidInputError
from ..settings.schema import MOCK_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGE_LINE = "import dispatch_widgets as dw"

LibraryKey = Literal["client", "litellm", "langchain"]

_HELLO = "Say hello."
_MESSAGES = f'messages=[{{"role": "user", "content": "{_HELLO}"}}]'
_TEXTS = 'input=["Hello", "Good morning"]'


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a snippet uses. There is no key in it, so it can be made without resolving anything.

    Attributes:
        provider_type: ``anthropic``, ``openai-compatible`` or ``mock``.
        is_embedding: Whether it is used for embeddings.
        task: The task; empty for a model by its provider and id.
        provider: The provider's id, or its name if no other has the same; for a model without a task.
        model: The model's id; for a model without a task.
    """

    provider_type: str
    is_embedding: bool
    task: str = ""
    provider: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A library that a snippet can be written for.

    Attributes:
        key: ``client`` (the vendor's SDK), ``litellm`` or ``langchain``.
        name: Its display name.
        package: The module that is imported; empty if none is needed.
        install: The requirement for pip; empty if none is needed.
    """

    key: LibraryKey
    name: str
    package: str = ""
    install: str = ""

    @property
    def is_installed(self) -> bool:
        """Whether the snippet's imports can be found here."""
        from importlib.util import find_spec

        return not self.package or find_spec(self.package) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCode:
    """How code gets at a service.

    Attributes:
        name: The name that ``resolve`` is called on.
        setup: The lines before that.
    """

    name: str = "dw"
    setup: tuple[str, ...] = (PACKAGE_LINE,)


DEFAULT_SERVICE = ServiceCode()
"""The functions of the package, which act on the file that is found."""


def service_code(service: object, path: Path, namespace: Mapping[str, object]) -> ServiceCode:
    """How the code of a cell gets at a service that is not the default one.

    Args:
        service: The service.
        path: Its file.
        namespace: The variables of the notebook. The first that holds the service is used; else a panel or
            picker that shows it; else the code makes a service for the file.
    """
    # Names such as _ and _12 are IPython's for results, and change.
    public = [(name, value) for name, value in namespace.items() if name.isidentifier() and name[0] != "_"]
    for name, value in public:
        if value is service:
            return ServiceCode(name=name, setup=())
    for name, value in public:
        if not isinstance(value, type) and getattr(value, "service", None) is service:
            return ServiceCode(name=f"{name}.service", setup=())
    return ServiceCode(name=f"dw.SettingsService({_literal(_short(path))})")


def _short(path: Path) -> str:
    """A path as short as possible, so that a shared notebook has no name of a home in it."""
    for folder, prefix in ((Path.cwd(), ""), (Path.home(), "~/")):
        if path.is_relative_to(folder):
            return f"{prefix}{path.relative_to(folder).as_posix()}"
    return os.fspath(path)


def libraries_for(use: Use) -> tuple[Library, ...]:
    """The libraries that can use a model, the vendor's own first; none if the model cannot be used so."""
    if use.provider_type == MOCK_TYPE:
        return (Library(key="client", name="Mock client"),)
    if use.provider_type == OPENAI_COMPATIBLE:
        return (
            Library(key="client", name="OpenAI SDK", package="openai", install="openai"),
            Library(key="litellm", name="LiteLLM", package="litellm", install="litellm"),
            Library(
                key="langchain", name="LangChain", package="langchain_openai", install="langchain-openai"
            ),
        )
    if use.provider_type == ANTHROPIC and not use.is_embedding:
        return (
            Library(key="client", name="Anthropic SDK", package="anthropic", install="anthropic"),
            Library(key="litellm", name="LiteLLM", package="litellm", install="litellm"),
            Library(
                key="langchain",
                name="LangChain",
                package="langchain_anthropic",
                install="langchain-anthropic",
            ),
        )
    return ()


def snippet_for(use: Use, library: str = "client", service: ServiceCode = DEFAULT_SERVICE) -> str:
    """The code of a complete request with a library.

    Args:
        use: The model.
        library: A key of `libraries_for`.
        service: How the code gets at the service.

    Raises:
        InvalidInputError: If this library cannot use this model.
    """
    if library not in {each.key for each in libraries_for(use)}:
        raise InvalidInputError(
            [FieldProblem("library", f"{library} has no code for this model.")],
            message=f"There is no code for {library} and {'embeddings' if use.is_embedding else 'chat'} "
            f"with a provider of type {use.provider_type}.",
            hint="Choose another library, or give the task another model.",
        )
    imports, lines = _LIBRARY_CODE[library](use)
    setup = [*service.setup]
    if imports:
        at = setup.index(PACKAGE_LINE) + 1 if PACKAGE_LINE in setup else 0
        setup[at:at] = [imports]
    code = [f"model = {resolve_call(use, service.name)}", *lines]
    return "\n".join([*setup, "", *code] if setup else code)


def resolve_call(use: Use, service: str = "dw") -> str:
    """The call that resolves the model."""
    if use.task:
        return f"{service}.resolve({_literal(use.task)})"
    return f"{service}.resolve_model({_literal(use.provider)}, {_literal(use.model)})"


def _literal(text: str) -> str:
    """A text as a Python literal; JSON's would have lone surrogates for what is not printable."""
    return json.dumps(text, ensure_ascii=False) if text.isprintable() else repr(text)


def _client_code(use: Use) -> tuple[str, list[str]]:
    lines = ["client = model.client()"]
    if use.is_embedding:
        lines += [
            f"answer = client.embeddings.create(model=model.model, {_TEXTS})",
            "print(len(answer.data), len(answer.data[0].embedding))",
        ]
    elif use.provider_type == ANTHROPIC:
        lines += [
            "answer = client.messages.create(",
            f"    model=model.model, max_tokens=1000, {_MESSAGES}",
            ")",
            "print(answer.content[0].text)",
        ]
    else:
        lines += [
            "answer = client.chat.completions.create(",
            f"    model=model.model, {_MESSAGES}",
            ")",
            "print(answer.choices[0].message.content)",
        ]
    return "", lines


def _litellm_code(use: Use) -> tuple[str, list[str]]:
    if use.is_embedding:
        return "import litellm", [
            f"answer = litellm.embedding({_TEXTS}, **model.litellm_kwargs())",
            'print(len(answer.data), len(answer.data[0]["embedding"]))',
        ]
    return "import litellm", [
        "answer = litellm.completion(",
        f"    {_MESSAGES}, **model.litellm_kwargs()",
        ")",
        "print(answer.choices[0].message.content)",
    ]


def _langchain_code(use: Use) -> tuple[str, list[str]]:
    if use.is_embedding:
        return "from langchain_openai import OpenAIEmbeddings", [
            "embeddings = OpenAIEmbeddings(**model.langchain_kwargs())",
            'vectors = embeddings.embed_documents(["Hello", "Good morning"])',
            "print(len(vectors), len(vectors[0]))",
        ]
    module, name = (
        ("langchain_anthropic", "ChatAnthropic")
        if use.provider_type == ANTHROPIC
        else ("langchain_openai", "ChatOpenAI")
    )
    return f"from {module} import {name}", [
        f"chat = {name}(**model.langchain_kwargs())",
        f'print(chat.invoke("{_HELLO}").content)',
    ]


_LIBRARY_CODE = {"client": _client_code, "litellm": _litellm_code, "langchain": _langchain_code}
