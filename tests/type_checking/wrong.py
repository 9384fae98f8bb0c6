"""A user's script with mistakes: each line that ends with ``# wrong`` is one, and no other."""

from __future__ import annotations

import dispatch_widgets as dw


def mistakes(service: dw.SettingsService) -> None:
    """What an editor is to underline."""
    dw.add_provider(name="Lab", type="openai", api_key="k")  # wrong
    dw.add_provider(name="Lab", type="anthropic", key="k")  # wrong
    dw.add_provider("Lab", type="anthropic", api_key="k")  # wrong
    dw.update_provider("lab", nam="Laboratory")  # wrong
    dw.update_provider("lab", type="openai")  # wrong
    dw.check_provider(type="openai", api_key="k")  # wrong
    dw.add_model(provider_id="lab", model="m", capabilities=["chat", "embeddings"])  # wrong
    dw.add_model(provider_id="lab", model="m", tasks=["summarise"])  # wrong
    dw.update_model("lab:m", capability=["chat"])  # wrong
    dw.update_model("lab:m", capabilities=["vision"])  # wrong
    dw.assign("summarise", "lab:m")  # wrong
    dw.unassign("summarise")  # wrong
    dw.resolve("summarise")  # wrong
    dw.try_task("summarise")  # wrong
    dw.try_task("summarize", timeout=3)  # wrong
    dw.refresh_all(force=True)  # wrong
    dw.no_such_function()  # wrong
    dw.ModelPicker("summarise")  # wrong
    dw.ModelPicker(kind="vision")  # wrong
    dw.panel().open_form("providers")  # wrong
    dw.resolve("summarize").snippet(library="lite")  # wrong
    service.start_check_diagnosis(type="openai", api_key="k")  # wrong
    service.add_provider(name="Lab", type="openai", api_key="k")  # wrong
    service.update_provider("lab", nam="Laboratory")  # wrong
    service.assign("summarise", "lab:m")  # wrong
    service.entries_for("summarise")  # wrong
    service.resolve("summarise")  # wrong
    service.assignments["grade"].entry_ids  # wrong
    task: dw.Task = "summarise"  # wrong
    kind: dw.ProviderType = "openai"  # wrong
    capability: dw.Capability = "vision"  # wrong
    print(task, kind, capability)


def mistakes_with_clients() -> None:
    """A client has the methods of its own SDK only."""
    model = dw.resolve("summarize")
    model.openai_client().messages.create(model="m", max_tokens=9, messages=[])  # wrong
    model.anthropic_client().chat.completions.create(model="m", messages=[])  # wrong
    model.openai_client().chat.completions.create(model="m")  # wrong
    model.openai_client().embeddings.create(model="m", input=["a"]).data[0].vector  # wrong
    model.models  # wrong
    model.model = "m"  # wrong


async def mistakes_with_async_clients() -> None:
    """What is awaited is a coroutine, and what is not is none."""
    model = dw.resolve("summarize")
    answer = model.async_openai_client().chat.completions.create(model="m", messages=[])
    answer.choices  # wrong
    message = await model.async_anthropic_client().messages.create(model="m", max_tokens=9, messages=[])
    message.choices  # wrong
    await dw.discover_models("lab")  # wrong
