"""Arguments for other libraries' clients: what they hold, show and refuse."""

from __future__ import annotations

import copy
import json
import multiprocessing
import pickle
import pprint
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cloudpickle
import joblib
import pytest

from dispatch_widgets import InvalidInputError, NotPickledError

if TYPE_CHECKING:
    from dispatch_widgets import ResolvedModel, SettingsService
    from dispatch_widgets.clients.arguments import ClientArguments
    from dispatch_widgets.demo import DemoServer

HELLO = [{"role": "user", "content": "Hello there"}]
SAID = "This is a canned answer of the demo server. You wrote: “Hello there”"


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize("name", ["openai_kwargs", "litellm_kwargs", "langchain_kwargs", "dspy_kwargs"])
def test_arguments_work_and_show_no_key(name: str, chat: ResolvedModel, server: DemoServer) -> None:
    """The mapping gives the key to ``**`` and to nothing that is shown (API-5, SEC-1)."""
    given: ClientArguments = getattr(chat, name)()
    key = server.api_key

    def take(**values: Any) -> dict[str, Any]:
        return values

    assert take(**given)["api_key"] == key
    assert isinstance(given, dict)
    derived = [given, given | {"x": 1}, {"x": 1} | given, given.copy(), copy.copy(given)]
    derived += [copy.deepcopy(given), {**given}, [given], take(**given)]
    for value in derived:
        assert key not in repr(value)
        assert key not in str(value)
        assert key not in f"{value}"
        assert key not in pprint.pformat(value)
    assert copy.deepcopy(given)["api_key"] == key
    assert copy.deepcopy(given) == copy.copy(given) == given


@pytest.mark.req("SEC-1")
def test_arguments_show_no_key_as_a_cells_output(chat: ResolvedModel, server: DemoServer) -> None:
    """As the last line of a cell the arguments show masked in every format (SEC-1)."""
    from IPython.core.formatters import DisplayFormatter

    for value in (chat.openai_kwargs(), {**chat.openai_kwargs()}, chat):
        data, _ = DisplayFormatter().format(value)
        assert data
        assert server.api_key not in json.dumps(data)


@pytest.mark.req("API-5")
def test_openai_arguments_make_a_client(chat: ResolvedModel) -> None:
    """``OpenAI(**kwargs)`` is the client that one would have written (API-5)."""
    import openai

    with openai.OpenAI(**chat.openai_kwargs()) as client:
        answer = client.chat.completions.create(model=chat.model, messages=HELLO)  # type: ignore[arg-type]
    assert answer.choices[0].message.content == SAID


@pytest.mark.req("API-5")
def test_anthropic_arguments_make_a_client(claude: ResolvedModel) -> None:
    """``Anthropic(**kwargs)`` is the client that one would have written (API-5)."""
    import anthropic

    with anthropic.Anthropic(**claude.anthropic_kwargs()) as client:
        answer = client.messages.create(model=claude.model, max_tokens=99, messages=HELLO)  # type: ignore[arg-type]
    assert answer.content[0].text == SAID  # type: ignore[union-attr]


@pytest.mark.req("API-5")
def test_arguments_for_the_wrong_dialect_name_the_right_one(
    chat: ResolvedModel, claude: ResolvedModel, service: SettingsService
) -> None:
    """Asking for the other SDK's arguments says which to ask for; the mock provider has none (API-5)."""
    with pytest.raises(InvalidInputError) as caught:
        claude.openai_kwargs()
    assert "anthropic_kwargs()" in caught.value.hint
    with pytest.raises(InvalidInputError) as caught:
        chat.anthropic_kwargs()
    assert "openai_kwargs()" in caught.value.hint
    with pytest.raises(InvalidInputError) as caught:
        claude.llama_index_kwargs()
    assert "anthropic_kwargs()" in caught.value.hint
    mock = service.resolve_model("mock", "mock")
    for name in ("openai", "anthropic", "litellm", "dspy", "langchain", "llama_index"):
        with pytest.raises(InvalidInputError) as caught:
            getattr(mock, f"{name}_kwargs")()
        assert "client()" in caught.value.hint


@pytest.mark.req("API-5")
def test_dspy_asks_anthropics_api_by_litellm(
    chat: ResolvedModel, vectors: ResolvedModel, claude: ResolvedModel
) -> None:
    """DSPy's own engine would ask a path that Anthropic's API does not have; for OpenAI's it is right."""
    assert claude.dspy_kwargs() == {**claude.litellm_kwargs(), "engine": "litellm"}
    assert chat.dspy_kwargs() == chat.litellm_kwargs()
    assert vectors.dspy_kwargs() == vectors.litellm_kwargs()


PICKLES = {
    "pickle": pickle.dumps,
    "cloudpickle": cloudpickle.dumps,
}


def send_to_a_process(value: Any) -> None:
    """Hands a value to a process of its own, in the way in which pools do it."""
    # Pools pickle in a thread of theirs, which can hang for good where a task cannot be pickled
    # (https://github.com/python/cpython/issues/94777). A single process is sent its task by this thread.
    multiprocessing.get_context("spawn").Process(target=repr, args=(value,)).start()


@pytest.mark.req("API-5", "SEC-1")
@pytest.mark.parametrize("how", PICKLES)
def test_arguments_refuse_to_be_pickled_and_say_what_to_do(how: str, chat: ResolvedModel) -> None:
    """Models, arguments and keys in them cannot be pickled."""
    given = chat.openai_kwargs()
    for value in (given, given | {"x": 1}, {**given}, [given], given["api_key"], chat.litellm_kwargs()):
        with pytest.raises(NotPickledError, match=r"dw\.resolve\(task\).*in the worker") as caught:
            PICKLES[how](value)
        assert isinstance(caught.value, TypeError)  # as of everything else that cannot be pickled
        assert given["api_key"] not in str(caught.value)


@pytest.mark.req("API-5", "SEC-1")
@pytest.mark.parametrize("how", PICKLES)
def test_a_resolved_model_refuses_to_be_pickled_and_names_the_call(
    how: str, chat: ResolvedModel, service: SettingsService
) -> None:
    """The hint is the call that gives the worker the same model."""
    service.add_model(provider_id=chat.provider_id, model=chat.model, tasks=["summarize"])
    named = f'dw.resolve_model("{chat.provider_id}", "{chat.model}")'
    for model, call in ((chat, named), (service.resolve("summarize"), 'dw.resolve("summarize")')):
        with pytest.raises(NotPickledError) as caught:
            PICKLES[how]([model])
        assert call in caught.value.hint


@pytest.mark.req("API-5", "SEC-1")
def test_a_process_gets_neither(chat: ResolvedModel) -> None:
    """Handing them to a process fails here, in words, and not in the worker with a masked key."""
    for value in (chat, chat.openai_kwargs()):
        with pytest.raises(NotPickledError, match="in the worker"):
            send_to_a_process(value)
    with pytest.raises(pickle.PicklingError) as caught:
        joblib.Parallel(n_jobs=2)(joblib.delayed(repr)(each) for each in [chat, chat])
    assert "in the worker" in str(caught.value.__cause__)


@pytest.mark.req("API-5")
def test_a_resolved_model_is_copied_in_its_own_process(chat: ResolvedModel) -> None:
    """``copy`` and ``deepcopy`` give what can be used, alone and inside other things."""
    for copied in (copy.copy(chat), copy.deepcopy(chat), copy.deepcopy([chat])[0], replace(chat)):
        assert copied == chat
        assert copied.openai_kwargs() == chat.openai_kwargs()


@pytest.mark.req("API-5")
def test_arguments_that_hold_clients_are_copied_with_them(
    chat: ResolvedModel, vectors: ResolvedModel
) -> None:
    """Clients are open connections: a copy of the arguments shares them, and shows no key either."""
    for given in (chat.llama_index_kwargs(), vectors.llama_index_kwargs()):
        copied = copy.deepcopy(given)
        assert copied == given
        assert chat.api_key.get_secret_value() not in repr([given, copied, {**given}])


@pytest.mark.req("SEC-8", "API-5")
def test_llama_index_is_given_clients_that_know_their_server(
    chat: ResolvedModel, vectors: ResolvedModel, server: DemoServer
) -> None:
    """It drops a base URL: its arguments have clients for the provider's own, and the key in no field."""
    given, embedding = chat.llama_index_kwargs(), vectors.llama_index_kwargs()
    for each in (given, embedding):
        assert not any(server.api_key in str(value) for value in each.values())
        assert "base_url" not in each
    with given["openai_client"] as client:
        assert client.models.list().data
    with embedding["http_client"] as client:
        assert client.get(f"{server.openai_base_url}/models").status_code == 200
    assert str(given["async_openai_client"].base_url).rstrip("/") == server.openai_base_url
    assert given["async_openai_client"].api_key == server.api_key
    assert {type(embedding["async_http_client"].auth)} == {type(embedding["http_client"].auth)}
    assert all(request.authorised for request in server.requests)
