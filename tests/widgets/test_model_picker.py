"""The ModelPicker over the real service and a real HTTP server on loopback."""

from __future__ import annotations

import pytest

import dispatch_widgets as dw
from dispatch_widgets import InvalidInputError, ModelPicker, NotFoundError, SettingsService
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.widgets._model_rows import row_id
from dispatch_widgets.widgets._parts import is_shown


@pytest.fixture
def listed(service, ids) -> SettingsService:
    """The service with both lists fetched."""
    service.refresh_all()
    return service


def pick(picker, provider_id: str, model_id: str) -> None:
    """What the page does when a row is chosen."""
    picker.list.set_state({"selected": [row_id(provider_id, model_id)]})


def first(service, provider_id: str, kind: str) -> str:
    """The id of a provider's first model of a kind."""
    return next(model.id for model in service.known_models(provider_id) if model.kind == kind)


@pytest.mark.req("UI", "SEC-4")
def test_opening_asks_nobody_and_refresh_fetches(service, demo, page) -> None:
    """Showing a picker sends nothing; Refresh brings the lists of all providers, with their names."""
    before = len(demo.requests)
    picker = ModelPicker(service=service)
    assert len(demo.requests) == before
    assert picker.list.empty["title"] == "No list yet"
    picker.refresh.click()
    page.wait(picker)
    assert {row["from"] for row in picker.rows} == {"Lab", "Anthropic"}
    assert "at 2 providers" in picker._fact.value


@pytest.mark.req("UI", "API-5")
def test_what_is_picked_is_in_the_traits_and_ready_to_use(listed, ids) -> None:
    """Choosing a row sets value, provider and model together, tells observers once, and gives a client."""
    picker = ModelPicker(provider="Lab", kind="chat", service=listed)
    model_id = first(listed, ids["Lab"], "chat")
    seen = []
    picker.observe(lambda change: seen.append((change["new"], picker.provider_id, picker.selected)), "value")
    pick(picker, ids["Lab"], model_id)
    model = listed.known_models(ids["Lab"]).get(model_id)
    assert seen == [(model_id, ids["Lab"], model)]
    assert (picker.value, picker.provider_id, picker.selected) == (model_id, ids["Lab"], model)
    resolved = picker.resolve()
    assert (resolved.model, resolved.provider_name) == (model_id, "Lab")
    client = picker.client()
    assert str(client.base_url).rstrip("/") == listed.provider(ids["Lab"]).base_url
    picker.list.set_state({"selected": []})
    assert (picker.value, picker.provider_id, picker.selected) == ("", "", None)
    with pytest.raises(InvalidInputError, match="Nothing is picked"):
        picker.client()


@pytest.mark.req("UI")
def test_only_what_fits_is_offered(listed, ids) -> None:
    """With a provider and a kind the list has that provider's models of that kind, and no chips for kinds."""
    picker = ModelPicker(provider=ids["Lab"], kind="embedding", service=listed)
    wanted = {m.id for m in listed.known_models(ids["Lab"]) if "embedding" in m.capabilities}
    assert {row["id"] for row in picker.rows} == {row_id(ids["Lab"], model_id) for model_id in wanted}
    assert not picker.list.pick["kinds"]
    assert "Model at Lab" in picker._title.value
    everything = ModelPicker(service=listed)
    assert everything.list.pick["kinds"]
    assert len(everything.rows) == sum(len(listed.known_models(key)) for key in ids.values())
    embed = ModelPicker("embed", service=listed)
    assert {row["kind"] for row in embed.rows} == {"embedding"}
    assert f"{len(embed.rows)} embedding model" in embed._fact.value


@pytest.mark.req("UI", "API-1")
def test_a_task_is_given_what_is_picked_and_undo_takes_it_back(listed, ids) -> None:
    """With a task the picker starts at its model, and one button gives it another, once, with Undo."""
    one = listed.add_model(provider_id=ids["Anthropic"], model="claude-x", label="Claude X", tasks=["grade"])
    picker = ModelPicker("grade", service=listed)
    assert (picker.value, picker.provider_id, picker.selected) == ("claude-x", ids["Anthropic"], None)
    assert picker.rows[0]["line"] == ["not listed"]
    assert picker.list.selected == (row_id(ids["Anthropic"], "claude-x"),)
    assert picker.use.disabled
    assert "grade uses it." in picker._now.value
    model_id = first(listed, ids["Lab"], "chat")
    pick(picker, ids["Lab"], model_id)
    assert "grade uses Claude X · Anthropic now." in picker._now.value
    assert not picker.use.disabled
    picker.use.click()
    entry = listed.entry(listed.assignments["grade"].model_id)
    assert (entry.provider_id, entry.model) == (ids["Lab"], model_id)
    assert entry.capabilities == listed.known_models(ids["Lab"]).get(model_id).capabilities
    assert picker.done.words == "Saved"
    assert picker.use.disabled
    picker.done.undo()
    assert listed.assignments["grade"].model_id == one.id
    assert len(listed.catalog) == 1
    assert picker.done.words == ""
    assert not picker.use.disabled


@pytest.mark.req("UI", "PM-6")
def test_a_model_that_is_in_the_catalog_is_not_added_twice(listed, ids) -> None:
    """Giving a task a model that the catalog has takes that entry."""
    model_id = first(listed, ids["Lab"], "chat")
    entry = listed.add_model(provider_id=ids["Lab"], model=model_id)
    picker = ModelPicker("skill", service=listed)
    assert "skill is not set." in picker._now.value
    pick(picker, ids["Lab"], model_id)
    picker.use.click()
    assert listed.assignments["skill"].model_id == entry.id
    assert len(listed.catalog) == 1


@pytest.mark.req("UI")
def test_code_can_set_the_value(listed, ids) -> None:
    """Setting .value finds whose model it is and chooses its row; an id that nobody lists has no owner."""
    picker = ModelPicker(service=listed)
    model_id = first(listed, ids["Anthropic"], "chat")
    picker.value = model_id
    assert picker.provider_id == ids["Anthropic"]
    assert picker.selected.id == model_id
    assert picker.list.selected == (row_id(ids["Anthropic"], model_id),)
    picker.value = "nobody-lists-this"
    assert (picker.provider_id, picker.selected) == ("", None)
    with pytest.raises(InvalidInputError, match="not known who serves"):
        picker.resolve()
    picker.value = ""
    assert picker.list.selected == ()


@pytest.mark.req("MD-8", "UI")
def test_an_id_can_be_typed_also_when_discovery_failed(service, demo, ids, page) -> None:
    """After a failure the picker says the provider's message, and an id typed by hand is picked."""
    demo.play(fault("401"), where="openai")
    picker = ModelPicker(provider="Lab", service=service)
    page.answer(picker.list, "fetch")
    page.wait(picker)
    assert page.words(picker.list.note["title"]) == service.last_error(ids["Lab"]).message
    assert [action["action"] for action in picker.list.note["actions"]] == ["refresh"]
    assert picker.list.pick["by_hand_label"] == "Use it"  # nothing is added here
    page.answer(picker.list, "add_by_hand", model="my-model", kind="chat")
    assert (picker.value, picker.provider_id) == ("my-model", ids["Lab"])
    assert picker.resolve().model == "my-model"
    several = ModelPicker(service=service)
    assert not several.list.pick["by_hand"]
    page.answer(several.list, "add_by_hand", model="m", kind="chat")
    assert several.value == ""


@pytest.mark.req("UI")
def test_what_is_picked_survives_a_lost_list(listed, ids, demo) -> None:
    """A provider whose key was changed loses its list; what was picked stays picked."""
    picker = ModelPicker(provider="Lab", service=listed)
    model_id = first(listed, ids["Lab"], "chat")
    pick(picker, ids["Lab"], model_id)
    listed.update_provider(ids["Lab"], api_key="another-key-12345")
    assert picker.hub.settle()
    assert (picker.value, picker.selected) == (model_id, None)
    assert picker.list.selected == (row_id(ids["Lab"], model_id),)


@pytest.mark.req("SEC-4")
def test_a_foreign_variable_is_allowed_in_the_list(service, demo, page, monkeypatch) -> None:
    """For a variable made for another server the picker holds the button that allows it, and sends after."""
    monkeypatch.setenv("OPENAI_API_KEY", demo.api_key)
    SettingsService(service.path).add_provider(
        name="Odd", type="openai-compatible", api_key="${OPENAI_API_KEY}", base_url=demo.openai_base_url
    )
    picker = ModelPicker(provider="Odd", service=service)
    before = len(demo.requests)
    picker.refresh.click()
    page.wait(picker)
    assert len(demo.requests) == before
    (allow,) = picker.list.note["actions"]
    assert allow["label"].startswith("Send $OPENAI_API_KEY to ")
    page.press(picker.list, "Send $OPENAI_API_KEY to ")
    page.wait(picker)
    assert len(demo.requests) == before + 1
    assert picker.rows


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
def test_no_provider_shows_the_next_step(settings_path) -> None:
    """Without a provider the picker says to add one first."""
    picker = ModelPicker("grade", service=SettingsService(settings_path))
    assert is_shown(picker._empty)
    assert not is_shown(picker._section)
    assert repr(picker) == "ModelPicker(value='')"


@pytest.mark.req("SEC-1")
def test_no_key_is_in_its_state(service, ids, canary, page) -> None:
    """Neither the picker's widgets nor its repr hold a key, after a choice and a client."""
    service.update_provider(ids["Lab"], api_key=canary)
    picker = dw.ModelPicker("grade", service=service)
    picker.refresh.click()
    page.wait(picker)
    picker.value = first(service, ids["Anthropic"], "chat")
    picker.client()
    assert canary not in page.states()
    assert canary not in repr(picker) + repr(picker.resolve()) + str(picker.client)
