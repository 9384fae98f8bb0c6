"""A model with all that a client needs (API-5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Self

from .._hide_frames import hide_frames
from .._terms import PROVIDER_TYPES
from .._text import html_table, text_table
from ..secrets import Secret
from ..settings.tasks import TASK_NEEDS
from ..urls import normalise_base_url, shown_url

if TYPE_CHECKING:
    from anthropic import Anthropic, AsyncAnthropic
    from openai import AsyncOpenAI, OpenAI

    from .._terms import Capability
    from ..settings.schema import CatalogEntry, Provider
    from ..settings.tasks import Task
    from .arguments import ClientArguments
    from .snippets import Use


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedModel:
    """A model that is ready to use, with its provider, base URL and key.

    Attributes:
        model: The model's id, as requests name it.
        provider_id: The provider's id in the settings file.
        provider_name: The provider's name.
        provider_type: ``anthropic``, ``openai-compatible`` or ``mock``.
        base_url: The base URL of requests; empty for the mock provider.
        api_key: The key, with references resolved. It prints masked; ``get_secret_value()`` returns it.
        task: The task that it was resolved for; empty if it was resolved by provider and model.
        entry_id: The catalog entry of that task; empty if it was resolved by provider and model.
        label: The entry's display name, or the model's id.
        capabilities: Any of ``chat`` and ``embedding``.
    """

    model: str
    provider_id: str
    provider_name: str
    provider_type: str
    base_url: str
    api_key: Secret
    task: Task | Literal[""] = ""
    entry_id: str = ""
    label: str = ""
    capabilities: tuple[Capability, ...] = ()

    def __repr__(self) -> str:
        fields = {name: getattr(self, name) for name in self.__slots__}
        # An unknown type's base URL is as in the file.
        fields["base_url"] = shown_url(self.base_url)
        return f"ResolvedModel({', '.join(f'{name}={value!r}' for name, value in fields.items())})"

    @property
    def is_embedding(self) -> bool:
        """Whether it is used for embeddings: its task needs them, or it can do nothing else."""
        if self.task:
            return TASK_NEEDS[self.task] == "embedding"
        return "embedding" in self.capabilities and "chat" not in self.capabilities

    def client(self, **options: Any) -> Any:
        """A client that is ready to use: of OpenAI's or Anthropic's SDK, or the mock provider's.

        Type checkers know its methods if you ask for the SDK by name: `openai_client`, `anthropic_client`.
        It keeps its key and base URL, so resolve again after you change the provider. Its timeouts are 300 s
        for a response and 10 s for a connection; it follows no redirect, and uses no proxy for this machine.
        What the environment holds for OpenAI or Anthropic (organization, project, headers …) is sent to their
        own hosts only, by copies (``with_options``) too.

        Args:
            **options: Arguments of the SDK's client, such as ``timeout`` (seconds) and ``max_retries``, but
                neither ``api_key`` nor ``base_url``.

        Returns:
            ``openai.OpenAI``, ``anthropic.Anthropic``, or the mock provider's client with their methods.

        Raises:
            MissingPackageError: If the SDK is not installed; says how to install it.
            InvalidInputError: If the provider's type is unknown, or if the options have a key or a base URL.
        """
        from .making import make_client

        return make_client(self, asynchronous=False, options=options)

    def async_client(self, **options: Any) -> Any:
        """The async `client`: ``openai.AsyncOpenAI``, ``anthropic.AsyncAnthropic``.

        Args:
            **options: Arguments of the SDK's client.
        """
        from .making import make_client

        return make_client(self, asynchronous=True, options=options)

    def openai_client(self, **options: Any) -> OpenAI:
        """The same as `client`, for a provider that speaks OpenAI's API, with the type of the SDK.

        Args:
            **options: Arguments of ``openai.OpenAI``.

        Raises:
            MissingPackageError: If the SDK is not installed; says how to install it.
            InvalidInputError: If the provider does not speak OpenAI's API.
        """
        from .making import make_openai_client

        client: OpenAI = make_openai_client(self, asynchronous=False, options=options)
        return client

    def async_openai_client(self, **options: Any) -> AsyncOpenAI:
        """The async `openai_client`.

        Args:
            **options: Arguments of ``openai.AsyncOpenAI``.
        """
        from .making import make_openai_client

        client: AsyncOpenAI = make_openai_client(self, asynchronous=True, options=options)
        return client

    def anthropic_client(self, **options: Any) -> Anthropic:
        """The same as `client`, for a provider that speaks Anthropic's API, with the type of the SDK.

        Args:
            **options: Arguments of ``anthropic.Anthropic``.

        Raises:
            MissingPackageError: If the SDK is not installed; says how to install it.
            InvalidInputError: If the provider does not speak Anthropic's API.
        """
        from .making import make_anthropic_client

        client: Anthropic = make_anthropic_client(self, asynchronous=False, options=options)
        return client

    def async_anthropic_client(self, **options: Any) -> AsyncAnthropic:
        """The async `anthropic_client`.

        Args:
            **options: Arguments of ``anthropic.AsyncAnthropic``.
        """
        from .making import make_anthropic_client

        client: AsyncAnthropic = make_anthropic_client(self, asynchronous=True, options=options)
        return client

    def openai_kwargs(self) -> ClientArguments:
        """Arguments for a client of OpenAI's SDK: ``openai.OpenAI(**model.openai_kwargs())``.

        Such a client has the SDK's defaults: it follows redirects, uses proxies, and reads the environment.
        For other hosts than OpenAI's, the arguments contain an empty header for each one that the environment
        has for OpenAI now. This does not prevent the sending of variables that are set later, or of
        ``OPENAI_ADMIN_KEY`` in calls of ``client.admin``. Prefer `client`.

        They are for OpenAI's own classes: LlamaIndex's class of the same name ignores the base URL and
        sends the key to api.openai.com; see `llama_index_kwargs`. They print with the key masked, and cannot
        be pickled.

        Raises:
            InvalidInputError: If the provider does not speak OpenAI's API.
        """
        from .making import openai_arguments

        return openai_arguments(self)

    def anthropic_kwargs(self) -> ClientArguments:
        """Arguments for a client of Anthropic's SDK: ``anthropic.Anthropic(**model.anthropic_kwargs())``.

        As to the SDK's defaults and the environment, see `openai_kwargs`.

        Raises:
            InvalidInputError: If the provider does not speak Anthropic's API.
        """
        from .making import anthropic_arguments

        return anthropic_arguments(self)

    def litellm_kwargs(self) -> ClientArguments:
        """Arguments for LiteLLM: ``litellm.completion(messages=…, **model.litellm_kwargs())``.

        Raises:
            InvalidInputError: If it is the mock provider, or if ``OPENAI_CUSTOM_HEADERS`` or
                ``ANTHROPIC_CUSTOM_HEADERS`` would replace the key by another credential.
        """
        from .making import litellm_arguments

        return litellm_arguments(self)

    def dspy_kwargs(self) -> ClientArguments:
        """Arguments for DSPy (3.4 or newer): ``dspy.LM(**model.dspy_kwargs())``.

        For an embedding model they are those of ``dspy.Embedder``. With `litellm_kwargs` DSPy would not find
        Anthropic's API.

        Raises:
            InvalidInputError: As for `litellm_kwargs`.
        """
        from .making import dspy_arguments

        return dspy_arguments(self)

    def langchain_kwargs(self) -> ClientArguments:
        """Arguments for LangChain: ``ChatOpenAI(**model.langchain_kwargs())``.

        For an embedding model they are those of ``OpenAIEmbeddings``, for an Anthropic provider those
        of ``ChatAnthropic``.

        Raises:
            InvalidInputError: As for `litellm_kwargs`.
        """
        from .making import langchain_arguments

        return langchain_arguments(self)

    def llama_index_kwargs(self) -> ClientArguments:
        """Arguments for LlamaIndex: ``OpenAILike(**model.llama_index_kwargs())``.

        For an embedding model they are those of ``OpenAILikeEmbedding``. They contain a sync and an async
        client, so that the key is in none of LlamaIndex's own fields.

        Raises:
            MissingPackageError: If OpenAI's SDK is not installed.
            InvalidInputError: If the provider does not speak OpenAI's API, and as for `litellm_kwargs`.
        """
        from .making import llama_index_arguments

        return llama_index_arguments(self)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        from ..errors import NotPickledError
        from .snippets import resolve_call

        raise NotPickledError("A resolved model", call=resolve_call(self._use))

    @property
    def _use(self) -> Use:
        from .snippets import Use

        return Use(
            provider_type=self.provider_type,
            is_embedding=self.is_embedding,
            task=self.task,
            provider=self.provider_id,
            model=self.model,
        )

    def snippet(
        self, *, service: str = "dw", library: Literal["client", "litellm", "langchain"] = "client"
    ) -> str:
        """The code of a complete request to this model for a cell, without the key.

        Args:
            service: The name of the variable with the service; ``dw`` for the default file.
            library: ``client`` for the SDK's client, ``litellm`` or ``langchain``.

        Raises:
            InvalidInputError: If the library cannot use this model.
        """
        from .snippets import DEFAULT_SERVICE, ServiceCode, snippet_for

        code = DEFAULT_SERVICE if service == "dw" else ServiceCode(name=service, setup=())
        return snippet_for(self._use, library, code)

    def _rows(self) -> list[tuple[str, str]]:
        rows = [
            ("Task", self.task),
            ("Model", self.model),
            ("Provider", self.provider_name),
            ("Type", self.provider_type),
            ("Base URL", shown_url(self.base_url)),
            ("Key", str(self.api_key)),
            ("Can do", ", ".join(self.capabilities)),
        ]
        return [(name, value) for name, value in rows if value]

    def __str__(self) -> str:
        return text_table(("Resolved", ""), self._rows())

    def _repr_html_(self) -> str:
        return html_table(("Resolved", ""), self._rows())


@hide_frames
def resolved_model(
    provider: Provider,
    model: str,
    *,
    api_key: str,
    task: Task | Literal[""] = "",
    entry: CatalogEntry | None = None,
    capabilities: tuple[Capability, ...] = (),
) -> ResolvedModel:
    """Makes a resolved model.

    Raises:
        InvalidInputError: If the provider's base URL is invalid.
    """
    known = provider.type in PROVIDER_TYPES
    url = normalise_base_url(provider.base_url, provider.type).url if known else provider.base_url
    return ResolvedModel(
        model=model,
        provider_id=provider.id,
        provider_name=provider.name,
        provider_type=provider.type,
        base_url=url,
        api_key=Secret(api_key),
        task=task,
        entry_id=entry.id if entry else "",
        label=(entry.label if entry else None) or model,
        capabilities=capabilities,
    )
