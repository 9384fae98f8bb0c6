"""The ModelPicker over the real service and a real HTTP server on loopback."""

from __future__ import annotations

import pytest

import dispatch_widgets as dw
from dispatch_widgets import InvalidInputError, ModelPicker, NotFoundError, SettingsService
from dispatch_widgets.demo.faults import fault

USE = "Use for grade"


@pytest.fixture
def listed(service, ids) -> SettingsService:
    """The service with both lists fetched."""
    service.refresh_all()
    return service


def first(service, provider_id: str, kind: str) -> str:
    """The id of a provider's first model of a kind."""
    return next(model.id for model in service.known_models(provider_id) if model.kind == kind)


def picked(me) -> list[str]:
    """The ids of the models that are marked as picked."""
    return [row.model_id for row in me.rows("Models") if row.picked]


@pytest.mark.req("UI", "SEC-4")
def test_opening_asks_nobody_and_refresh_fetches(service, demo, person) -> None:
    """Showing a picker sends nothing; Refresh brings the lists of all providers, with their names."""
    before = len(demo.requests)
    me = person(ModelPicker(service=service))
    assert len(demo.requests) == before
    assert "No list yet" in me.headings
    me.press("Refresh")
    me.wait()
    assert {row.provider for row in me.rows("Models")} == {"Lab", "Anthropic"}
    assert me.sees("at 2 providers")


@pytest.mark.req("UI", "API-5")
def test_what_is_picked_is_in_the_traits_and_ready_to_use(listed, ids, person) -> None:
    """Choosing a row sets value, provider and model together, tells observers once, and gives a client."""
    picker = ModelPicker(provider="Lab", kind="chat", service=listed)
    me = person(picker)
    model_id = first(listed, ids["Lab"], "chat")
    seen = []
    picker.observe(lambda change: seen.append((change["new"], picker.provider_id, picker.selected)), "value")
    me.pick(model_id)
    model = listed.known_models(ids["Lab"]).get(model_id)
    assert seen == [(model_id, ids["Lab"], model)]
    assert (picker.value, picker.provider_id, picker.selected) == (model_id, ids["Lab"], model)
    resolved = picker.resolve()
    assert (resolved.model, resolved.provider_name) == (model_id, "Lab")
    client = picker.client()
    assert str(client.base_url).rstrip("/") == listed.provider(ids["Lab"]).base_url
    me.press("Clear")
    assert (picker.value, picker.provider_id, picker.selected) == ("", "", None)
    with pytest.raises(InvalidInputError, match="Nothing is picked"):
        picker.client()


@pytest.mark.req("UI")
def test_only_what_fits_is_offered(listed, ids, person) -> None:
    """With a provider and a kind the list has that provider's models of that kind, and no choice of kinds."""
    me = person(ModelPicker(provider=ids["Lab"], kind="embedding", service=listed))
    wanted = {m.id for m in listed.known_models(ids["Lab"]) if "embedding" in m.capabilities}
    assert {row.model_id for row in me.rows("Models")} == wanted
    assert "Kind" not in me.labels
    assert "Model at Lab" in me.headings
    everything = person(ModelPicker(service=listed))
    assert "Show kind" in everything.labels
    assert len(everything.rows("Models")) == sum(len(listed.known_models(key)) for key in ids.values())
    embed = person(ModelPicker("embed", service=listed))
    rows = embed.rows("Models")
    assert {row.cells[-1] for row in rows} == {"embedding"}
    assert embed.sees(f"{len(rows)} embedding model")


@pytest.mark.req("UI", "API-1")
def test_a_task_is_given_what_is_picked_and_undo_takes_it_back(listed, ids, person) -> None:
    """With a task the picker starts at its model, and one button gives it another, once, with Undo."""
    one = listed.add_model(provider_id=ids["Anthropic"], model="claude-x", label="Claude X", tasks=["grade"])
    picker = ModelPicker("grade", service=listed)
    me = person(picker)
    assert (picker.value, picker.provider_id, picker.selected) == ("claude-x", ids["Anthropic"], None)
    assert me.rows("Models")[0].lines == ["not listed"]
    assert picked(me) == ["claude-x"]
    assert not me.can_press(USE)
    assert me.sees("grade uses it.")
    model_id = first(listed, ids["Lab"], "chat")
    me.pick(model_id)
    assert me.sees("grade uses Claude X · Anthropic now.")
    me.press(USE)
    entry = listed.entry(listed.assignments["grade"].model_id)
    assert (entry.provider_id, entry.model) == (ids["Lab"], model_id)
    assert entry.capabilities == listed.known_models(ids["Lab"]).get(model_id).capabilities
    assert "Saved" in me.text.splitlines()
    assert me.focused() == "Undo"
    assert not me.can_press(USE)
    me.press("Undo")
    assert listed.assignments["grade"].model_id == one.id
    assert len(listed.catalog) == 1
    assert "Saved" not in me.text.splitlines()
    assert me.focused() == USE
    assert me.can_press(USE)


@pytest.mark.req("UI", "PM-6")
def test_a_model_that_is_in_the_catalog_is_not_added_twice(listed, ids, person) -> None:
    """Giving a task a model that the catalog has takes that entry."""
    model_id = first(listed, ids["Lab"], "chat")
    entry = listed.add_model(provider_id=ids["Lab"], model=model_id)
    me = person(ModelPicker("skill", service=listed))
    assert me.sees("skill is not set.")
    me.pick(model_id)
    me.press("Use for skill")
    assert listed.assignments["skill"].model_id == entry.id
    assert len(listed.catalog) == 1


@pytest.mark.req("UI")
def test_code_can_set_the_value(listed, ids, person) -> None:
    """Setting .value finds whose model it is and chooses its row; an id that nobody lists has no owner."""
    picker = ModelPicker(service=listed)
    me = person(picker)
    model_id = first(listed, ids["Anthropic"], "chat")
    picker.value = model_id
    assert picker.provider_id == ids["Anthropic"]
    assert picker.selected.id == model_id
    assert picked(me) == [model_id]
    picker.value = "nobody-lists-this"
    assert (picker.provider_id, picker.selected) == ("", None)
    with pytest.raises(InvalidInputError, match="not known who serves"):
        picker.resolve()
    picker.value = ""
    assert picked(me) == []


@pytest.mark.req("UI", "SEC-2")
def test_a_page_can_set_the_value_to_an_id_alone(listed, ids, canary) -> None:
    """A page sets .value as jslink and marimo do; a key, or what is no text, is not taken."""
    picker = ModelPicker(service=listed)
    model_id = first(listed, ids["Anthropic"], "chat")
    picker.set_state({"value": model_id})
    assert (picker.value, picker.provider_id) == (model_id, ids["Anthropic"])
    for refused in (canary, "x" * 9000, 3):
        picker.set_state({"value": refused})
        assert picker.value == model_id
    picker.set_state({"value": ""})
    assert picker.provider_id == ""


@pytest.mark.req("MD-8", "UI")
def test_an_id_can_be_typed_also_when_discovery_failed(service, demo, ids, person) -> None:
    """After a failure the picker says the provider's message, and an id typed by hand is picked."""
    demo.play(fault("401"), where="openai")
    picker = ModelPicker(provider="Lab", service=service)
    me = person(picker)
    me.press("Fetch models")
    me.wait()
    assert service.last_error(ids["Lab"]).message in me.headings
    assert me.can_press("Try again")
    assert "Add to catalog" not in me.buttons  # nothing is added here
    me.fill("Model id", "my-model")
    me.press("Use it")
    assert (picker.value, picker.provider_id) == ("my-model", ids["Lab"])
    assert picker.resolve().model == "my-model"
    several = person(ModelPicker(service=service))
    assert "Model id" not in several.labels
    assert "Use it" not in several.buttons


@pytest.mark.req("UI")
def test_what_is_picked_survives_a_lost_list(listed, ids, person) -> None:
    """A provider whose key was changed loses its list; what was picked stays picked."""
    picker = ModelPicker(provider="Lab", service=listed)
    me = person(picker)
    model_id = first(listed, ids["Lab"], "chat")
    me.pick(model_id)
    listed.update_provider(ids["Lab"], api_key="another-key-12345")
    me.wait()
    assert (picker.value, picker.selected) == (model_id, None)
    assert picked(me) == [model_id]


@pytest.mark.req("SEC-4")
def test_a_foreign_variable_is_allowed_in_the_list(service, demo, person, monkeypatch) -> None:
    """For a variable made for another server the picker holds the button that allows it, and sends after."""
    monkeypatch.setenv("OPENAI_API_KEY", demo.api_key)
    odd = SettingsService(service.path).add_provider(
        name="Odd", type="openai-compatible", api_key="${OPENAI_API_KEY}", base_url=demo.openai_base_url
    )
    me = person(ModelPicker(provider="Odd", service=service))
    before = len(demo.requests)
    me.press("Refresh")
    me.wait()
    assert len(demo.requests) == before
    me.press(f"Send $OPENAI_API_KEY to {odd.host}")
    me.wait()
    assert len(demo.requests) == before + 1
    assert me.rows("Models")


@pytest.mark.req("API-2")
def test_a_wrong_argument_is_said_at_once(service, ids) -> None:
    """An unknown task, kind or provider, and an ambiguous name, are refused with what there is."""
    with pytest.raises(InvalidInputError, match="not a task"):
        ModelPicker("nothing", service=service)
    with pytest.raises(InvalidInputError, match="not a kind"):
        ModelPicker(kind="image", service=service)
    with pytest.raises(NotFoundError) as missing:
        ModelPicker(provider="Nobody", service=service)
    assert "Lab" in missing.value.hint
    service.update_provider(ids["Anthropic"], name="Lab")
    with pytest.raises(InvalidInputError, match="2 providers are called"):
        ModelPicker(provider="Lab", service=service)


@pytest.mark.req("UI")
def test_no_provider_shows_the_next_step(settings_path, person) -> None:
    """Without a provider the picker says to add one first."""
    picker = ModelPicker("grade", service=SettingsService(settings_path))
    me = person(picker)
    assert "No provider to take models from" in me.headings
    assert me.lists() == []
    assert repr(picker) == "ModelPicker(value='')"


@pytest.mark.req("SEC-1")
def test_no_key_is_in_its_state(service, ids, canary, person, states) -> None:
    """Neither the picker's widgets nor its repr hold a key, after a choice and a client."""
    service.update_provider(ids["Lab"], api_key=canary)
    picker = dw.ModelPicker("grade", service=service)
    me = person(picker)
    me.press("Refresh")
    me.wait()
    picker.value = first(service, ids["Anthropic"], "chat")
    picker.client()
    assert canary not in states()
    assert canary not in repr(picker) + repr(picker.resolve()) + str(picker.client)
