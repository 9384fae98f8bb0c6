"""A user's script, which strict type checkers find nothing to say about."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Literal

import dispatch_widgets as dw


def register(kind: dw.ProviderType, keep: Iterable[dw.Capability] = ("chat",)) -> list[str]:
    """Providers, models and tasks, by the module's functions."""
    lab = dw.add_provider(name="Lab", type=kind, api_key="${LAB_KEY}", base_url="http://127.0.0.1:8000/v1")
    lab = dw.update_provider(lab.id, name="Laboratory", type="openai-compatible")
    entry = dw.add_model(provider_id=lab.id, model="small", capabilities=keep, tasks=["summarize", "grade"])
    entry = dw.update_model(entry.id, label="Small", capabilities=["chat", "embedding"])
    task: dw.Task = "digest"
    assignment: dw.Assignment = dw.assign(task, entry.id)
    models: dw.ModelList = dw.discover_models(lab.id, force_refresh=True)
    prices: list[dw.Price | None] = [model.price for model in models]
    lists = {name: len(found) for name, found in dw.refresh_all().items() if isinstance(found, dw.ModelList)}
    print(assignment.entry_id, prices, lists)
    return [provider.host for provider in dw.get_providers()]


def use(service: dw.SettingsService) -> str:
    """The same by a service's methods, and a client of OpenAI's SDK."""
    chosen = service.assignments["grade"].entry_id
    service.assign("grade", chosen)
    summaries: list[str] = [entry.title for entry in service.entries_for("summarize")]
    model = service.resolve("summarize")
    with model.openai_client(timeout=60, max_retries=0) as client:
        answer = client.chat.completions.create(
            model=model.model, messages=[{"role": "user", "content": "\n".join(summaries)}]
        )
        vectors = client.embeddings.create(model=model.model, input=["one"])
    numbers: list[float] = vectors.data[0].embedding
    return (answer.choices[0].message.content or "") + str(len(numbers))


async def use_later() -> list[str]:
    """The async clients of both SDKs."""
    said: list[str] = []
    model = dw.resolve_model("Anthropic", "claude-sonnet-5")
    async with model.async_anthropic_client() as client:
        message = await client.messages.create(
            model=model.model, max_tokens=100, messages=[{"role": "user", "content": "Hello"}]
        )
        said += [block.text for block in message.content if block.type == "text"]
    async with dw.resolve("skill").async_openai_client() as openai_client:
        said += [model.id async for model in openai_client.models.list()]
    result = await dw.try_task_async("embed", timeout_seconds=5)
    return [*said, result.summary]


def fail() -> Literal["", "chat", "embedding"]:
    """Errors carry what they are about."""
    try:
        with dw.resolve("classify").anthropic_client() as client:
            print(client.with_options(timeout=3).max_retries)
    except dw.InvalidInputError as error:
        print([problem.field for problem in error.problems], error.hint)
    except dw.DiscoveryError as error:
        print(error.kind, error.status)
    except dw.UnresolvedTaskError as error:
        print(error.task.upper())
    except dw.DispatchError as error:
        print(error.code, error.message)
    return "chat"


if __name__ == "__main__":
    print(register("openai-compatible"), use(dw.default_service()), asyncio.run(use_later()), fail())
