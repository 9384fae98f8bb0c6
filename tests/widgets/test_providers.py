"""The Providers tab over the real service and a real HTTP server on loopback."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail

from dispatch_widgets import ConsentNeededError, ProvidersPanel, SettingsService
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.finding import find_here_async
from dispatch_widgets.presets import find_preset
from dispatch_widgets.secrets import NO_KEY_NEEDED
from dispatch_widgets.widgets._parts import is_shown
from dispatch_widgets.widgets._states import with_code

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.req("PM-5", "UI")
def test_no_provider_shows_the_next_step(settings_path) -> None:
    """With no provider the panel says what one is and offers to add one."""
    panel = ProvidersPanel(SettingsService(settings_path))
    assert panel.rows == ()
    assert is_shown(panel._empty)
    assert not is_shown(panel._section)
    assert not settings_path.exists()


@pytest.mark.req("PM-5", "SEC-1")
def test_a_card_says_who_where_and_which_key(service, demo, page) -> None:
    """A card shows name, address, type, masked key, and that no list was fetched yet."""
    panel = ProvidersPanel(service)
    card = page.row(panel.list, "Lab")
    assert card["tile"] == "La"
    assert [page.words(part) for part in card["line"]] == [
        demo.openai_base_url.removeprefix("http://"),
        "OpenAI-compatible",
    ]
    assert next(page.words(line) for line in card["meta"]) == "No list yet"
    assert "never fetched" in page.words(card["meta"][1])
    assert demo.api_key not in repr(panel.rows)
    assert demo.api_key[-4:] in page.words(card["meta"][1])


@pytest.mark.req("MD-7", "UI")
def test_refresh_fetches_and_counts_by_kind(service, demo, ids, page) -> None:
    """Refresh asks that one provider, and its card then counts models by kind."""
    panel = ProvidersPanel(service)
    before = len(demo.requests)
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    assert len(demo.requests) - before == 1
    assert "chat" in page.words(page.row(panel.list, "Lab")["meta"][0])
    assert "fetched just now" in page.words(page.row(panel.list, "Lab")["meta"][1])
    assert page.words(page.row(panel.list, "Anthropic")["meta"][0]) == "No list yet"


@pytest.mark.req("MD-12", "UI")
def test_a_provider_is_not_asked_twice_at_once(service, demo, ids, page) -> None:
    """A second press while a request is under way sends no second request."""
    demo.play(fault("slow", seconds=0.3), where="openai")
    panel = ProvidersPanel(service)
    before = len(demo.requests)
    page.answer(panel.list, "refresh", ids["Lab"])
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    assert len(demo.requests) - before == 1


@pytest.mark.req("UI")
def test_asking_shows_and_can_be_cancelled(service, demo, ids, page) -> None:
    """While a provider is asked its card counts the seconds, and its Refresh is a way to stop."""
    demo.play(fault("slow", seconds=30), where="openai")
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", ids["Lab"])
    card = page.row(panel.list, "Lab")
    assert card["state"] == "waiting"
    assert "since" in card["meta"][1][0]
    assert card["actions"][0]["action"] == "cancel"
    page.answer(panel.list, "cancel", ids["Lab"])
    page.wait(panel)
    assert page.row(panel.list, "Lab")["state"] == ""
    assert page.row(panel.list, "Lab")["actions"][0]["action"] == "refresh"


@pytest.mark.req("MD-12", "UI")
def test_refresh_all_shows_each_answer_as_it_comes(service, demo, ids, page) -> None:
    """A slow provider holds back no other: cards fill in one by one, with progress and Cancel."""
    demo.play(fault("slow", seconds=30), where="openai")
    panel = ProvidersPanel(service)
    panel.refresh_all.click()
    page.until(lambda: "chat" in page.words(page.row(panel.list, "Anthropic")["meta"][0]))
    panel.hub.settle()
    assert page.row(panel.list, "Lab")["state"] == "waiting"
    assert re.sub("<[^>]*>", "", panel._fact.value).startswith("1 of 2 have answered")
    assert is_shown(panel.cancel_all)
    assert not is_shown(panel.refresh_all)
    panel.cancel_all.click()
    page.wait(panel)
    assert panel.hub.batch is None
    assert is_shown(panel.refresh_all)


FAILURES = {
    "401": ("Key refused", {"replace_key", "refresh"}),
    "403": ("Not allowed", {"refresh"}),
    "429": ("Rate limited until", {"unlock"}),
    "quota": ("No credit left", {"refresh"}),
    "500": ("Server error", {"refresh"}),
    "html": ("Not a model list", {"edit", "refresh"}),
    "reset": ("Cut off", {"refresh"}),
    "redirect-elsewhere": ("Redirected", {"edit", "refresh"}),
}


@pytest.mark.req("MD-8", "MD-9", "MD-10", "MD-11")
@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_shows_badge_message_hint_and_remedy(service, demo, ids, name, page) -> None:
    """Each failure has its one badge, the error's own message and hint, and the buttons that mend it."""
    badge, offers = FAILURES[name]
    demo.play(fault(name), where="openai")
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    card = page.row(panel.list, "Lab")
    assert card["badge"]["text"].startswith(badge)
    assert page.words(card["note"]["title"])
    assert offers <= {action["action"] for action in card["note"]["actions"]}
    assert panel.attention() == 1
    assert demo.api_key not in repr(card)


@pytest.mark.req("MD-9", "MD-15")
def test_a_failed_refresh_keeps_the_list_in_view(service, demo, ids, page) -> None:
    """After a refresh that fails, the card still counts the models of before and names the failure."""
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    counted = page.row(panel.list, "Lab")["meta"][0]
    demo.play(fault("500"), where="openai")
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    card = page.row(panel.list, "Lab")
    assert card["meta"][0] == counted
    assert card["state"] == "stale"
    assert card["badge"]["text"] == "Server error"


@pytest.mark.req("MD-10")
def test_a_rate_limit_locks_refresh_until_unlocked_after_a_question(service, demo, ids, page) -> None:
    """While limited Refresh is off and a countdown stands there; Unlock asks first, then lifts the lock."""
    demo.play(fault("429"), where="openai")
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    card = page.row(panel.list, "Lab")
    assert card["actions"][0]["disabled"]
    assert card["note"]["until"] == service.retry_at(ids["Lab"]).timestamp()
    before = len(demo.requests)
    page.answer(panel.list, "refresh", ids["Lab"])
    panel.refresh_all.click()
    page.wait(panel)
    assert all(request.path.startswith("/anthropic") for request in demo.requests[before:])
    page.answer(panel.list, "unlock", ids["Lab"])
    assert "refuse again" in page.row(panel.list, "Lab")["note"]["text"]
    assert service.retry_at(ids["Lab"]) is not None
    page.answer(panel.list, "confirm_unlock", ids["Lab"])
    assert service.retry_at(ids["Lab"]) is None
    assert "disabled" not in page.row(panel.list, "Lab")["actions"][0]


@pytest.mark.req("PM-4")
def test_delete_shows_what_it_hits_and_asks(service, ids, page) -> None:
    """Delete names the entries and tasks it hits and deletes nothing before the answer."""
    entry = service.add_model(provider_id=ids["Lab"], model="m-1", label="Em One", tasks=["grade"])
    panel = ProvidersPanel(service)
    page.answer(panel.list, "delete", ids["Lab"])
    note = page.row(panel.list, "Lab")["note"]
    assert note["title"] == "Delete Lab?"
    assert note["check"]["value"] is True
    assert ("Entries", "Em One") in [tuple(fact) for fact in note["facts"]]
    assert ("Tasks", "grade (Em One)") in [tuple(fact) for fact in note["facts"]]
    page.answer(panel.list, "keep", ids["Lab"])
    assert page.row(panel.list, "Lab").get("note") is None
    assert service.entry(entry.id).provider_id == ids["Lab"]


@pytest.mark.req("PM-4")
@pytest.mark.parametrize("unassign", [True, False])
def test_deleting_takes_the_tasks_only_if_ticked(service, ids, unassign, page) -> None:
    """The provider goes, its entries stay; the tasks' assignments go when the box is ticked."""
    service.add_model(provider_id=ids["Lab"], model="m-1", tasks=["grade"])
    panel = ProvidersPanel(service)
    page.answer(panel.list, "delete", ids["Lab"])
    page.answer(panel.list, "confirm_delete", ids["Lab"], check=unassign)
    assert [found["title"] for found in panel.rows] == ["Anthropic"]
    assert len(service.catalog) == 1
    assert ("grade" in service.assignments) is not unassign


@pytest.mark.req("PM-4", "UI")
def test_a_deleted_provider_can_be_brought_back(service, ids, page) -> None:
    """The head says who was deleted and offers Undo, also after the last one; the next change ends that."""
    service.add_model(provider_id=ids["Lab"], model="m-1", tasks=["grade"])
    panel = ProvidersPanel(service)
    page.answer(panel.list, "delete", ids["Lab"])
    page.answer(panel.list, "confirm_delete", ids["Lab"], check=True)
    assert panel.done.words == "Lab deleted"
    panel.done.undo()
    assert [row["title"] for row in panel.rows] == ["Lab", "Anthropic"]
    assert "grade" in service.assignments
    assert panel.done.words == ""
    for name in ("Lab", "Anthropic"):
        page.answer(panel.list, "delete", ids[name])
        page.answer(panel.list, "confirm_delete", ids[name])
    assert panel.done.words == "Anthropic deleted"
    assert is_shown(panel._section)
    service.add_model(provider_id="mock", model="mock")
    assert panel.hub.settle()
    assert panel.done.words == ""


@pytest.mark.req("ST-3", "UI")
def test_undo_never_costs_another_programs_change(service, ids, page) -> None:
    """After another program has changed the file Undo does nothing but say so."""
    panel = ProvidersPanel(service)
    page.answer(panel.list, "delete", ids["Lab"])
    page.answer(panel.list, "confirm_delete", ids["Lab"])
    with panel.hub.lock:  # Undo is pressed before the panel has seen the change
        SettingsService(service.path).update_provider(ids["Anthropic"], name="Theirs")
        panel.done.undo()
    assert panel.trouble is not None
    assert "nothing to undo" in panel.trouble.message
    assert [provider.name for provider in service.get_providers()] == ["Theirs"]


@pytest.mark.req("PM-7")
def test_the_mock_provider_has_a_card_without_buttons(service, page) -> None:
    """The built-in provider is listed when an entry refers to it, and cannot be edited or deleted."""
    service.add_model(provider_id="mock", model="mock")
    panel = ProvidersPanel(service)
    assert page.row(panel.list, "Mock")["actions"] == []
    page.answer(panel.list, "delete", "mock")
    assert page.row(panel.list, "Mock").get("note") is None


@pytest.mark.req("SEC-4")
def test_a_variable_that_is_not_set_is_said_without_asking(service, demo, page) -> None:
    """A key that refers to a variable that is not set shows as missing, and nobody is asked."""
    service.add_provider(
        name="Fire", type="openai-compatible", api_key="${FIRE_API_KEY}", base_url=demo.openai_base_url
    )
    before = len(demo.requests)
    panel = ProvidersPanel(service)
    card = page.row(panel.list, "Fire")
    assert card["badge"]["text"] == "Key missing"
    assert "FIRE_API_KEY" in page.words(card["note"]["title"])
    assert len(demo.requests) == before


@pytest.fixture
def foreign(service, demo, monkeypatch) -> str:
    """The id of a provider that came with the file and names a variable made for another server."""
    monkeypatch.setenv("OPENAI_API_KEY", demo.api_key)
    elsewhere = SettingsService(service.path)
    made = elsewhere.add_provider(
        name="Odd", type="openai-compatible", api_key="${OPENAI_API_KEY}", base_url=demo.openai_base_url
    )
    return made.id


@pytest.mark.req("SEC-4")
def test_a_foreign_variable_is_sent_only_after_consent(service, demo, foreign, page) -> None:
    """For a variable that was not made for a host, Refresh asks "Send $NAME to host" before it sends."""
    panel = ProvidersPanel(service)
    before = len(demo.requests)
    page.answer(panel.list, "refresh", foreign)
    panel.refresh_all.click()
    page.wait(panel)
    assert len(demo.requests) == before + 2  # the two that are the user's own
    (allow,) = page.row(panel.list, "Odd")["note"]["actions"]
    assert allow["label"] == f"Send $OPENAI_API_KEY to {service.provider(foreign).host}"
    page.answer(panel.list, "allow", foreign)
    page.wait(panel)
    assert len(demo.requests) == before + 3
    assert "chat" in page.words(page.row(panel.list, "Odd")["meta"][0])
    assert service.needs_consent(foreign) is None


@pytest.mark.req("SEC-4")
def test_what_a_cell_was_refused_can_be_allowed_in_the_card(service, demo, foreign, page) -> None:
    """After dw.discover_models() in a cell was refused, the card says why and holds the button."""
    panel = ProvidersPanel(service)
    with pytest.raises(ConsentNeededError) as refused:
        service.discover_models(foreign)
    assert panel.hub.settle()
    card = page.row(panel.list, "Odd")
    assert card["badge"]["text"] == "Not sent"
    (allow,) = card["note"]["actions"]
    assert allow["label"] == refused.value.button
    page.answer(panel.list, "allow", foreign)
    page.wait(panel)
    assert "badge" not in page.row(panel.list, "Odd")


@pytest.mark.req("SEC-4")
def test_a_new_address_for_a_reference_is_asked_about_or_said_in_the_form(
    service, demo, foreign, page
) -> None:
    """The form says where a variable is sent, so saving is the yes; a keyring's key is asked about."""
    panel = ProvidersPanel(service)
    form = panel.edit(foreign)
    assert "Saving sends the value of OPENAI_API_KEY" in page.words(form.secret.hint)
    form.url.control.value = demo.second_openai_base_url
    form.save.click()
    page.type_key(form, "OPENAI_API_KEY", source="variable")
    page.wait(panel)
    assert service.needs_consent(foreign) is None
    SettingsService(service.path).update_provider(foreign, api_key="keyring:someone/else")
    form = panel.edit(foreign)
    before = len(demo.requests)
    form.url.control.value = demo.openai_base_url
    form.save.click()
    page.type_key(form, "")
    page.wait(panel)
    assert len(demo.requests) == before
    (allow,) = page.row(panel.list, "Odd")["note"]["actions"]
    assert allow["label"].startswith("Send keyring:someone/else to ")


@pytest.mark.req("MD-14")
def test_a_suggested_base_url_is_one_click_away(service, demo, page) -> None:
    """When the base URL misses /v1 the card offers it, and taking it saves and fetches."""
    provider = service.add_provider(
        name="Short",
        type="openai-compatible",
        api_key=demo.api_key,
        base_url=demo.openai_base_url.removesuffix("/v1"),
    )
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", provider.id)
    page.wait(panel)
    use = page.row(panel.list, "Short")["note"]["actions"][0]
    assert use["label"] == "Use …/v1"
    page.answer(panel.list, "use_url", provider.id)
    page.wait(panel)
    assert service.provider(provider.id).base_url == demo.openai_base_url
    assert "chat" in page.words(page.row(panel.list, "Short")["meta"][0])


@pytest.mark.req("PM-2", "SEC-2")
def test_adding_saves_and_then_fetches(settings_path, demo, page) -> None:
    """The form saves name, key and base URL, closes, and the models are fetched by themselves."""
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add()
    form.preset.control.value = ""
    form.name.control.value = "Mine"
    form.url.control.value = demo.openai_base_url + "/chat/completions"
    assert "was removed" in form.url_note.words
    form.save.click()
    assert form.save.description == "Saving…"
    page.type_key(form, demo.api_key)
    assert panel.form is None
    page.wait(panel)
    (provider,) = panel.service.get_providers()
    assert (provider.name, provider.base_url) == ("Mine", demo.openai_base_url)
    assert provider.credentials.api_key.get_secret_value() == demo.api_key
    assert "chat" in page.words(page.row(panel.list, "Mine")["meta"][0])


@pytest.mark.req("PM-2", "UI")
def test_a_preset_names_the_provider_unless_a_name_was_typed(settings_path, demo, page) -> None:
    """The preset's name is offered, not written into the field: what was typed is never overwritten."""
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add("groq")
    assert (form.name.value, form.name.control.placeholder) == ("", "Groq")
    form.name.control.value = "Mine"  # on its way while the kernel still deals with the preset
    form.preset.control.value = ""
    assert (form.name.value, form.url.value) == ("Mine", "")
    form.url.control.value = "http://127.0.0.1:9/v1"
    form.preset.control.value = "anthropic"
    form.preset.control.value = ""
    assert form.url.value == "http://127.0.0.1:9/v1"
    form.preset.control.value = "mistral"
    assert form.url.value == find_preset("mistral").base_url
    form.name.control.value = ""
    form.url.control.value = demo.openai_base_url  # nothing of a test may leave loopback
    form.save.click()
    page.type_key(form, demo.api_key)
    page.wait(panel)
    assert [provider.name for provider in panel.service.get_providers()] == [find_preset("mistral").name]


@pytest.mark.req("PM-2")
def test_a_failing_discovery_never_blocks_the_saving(settings_path, demo, page) -> None:
    """A provider whose models cannot be fetched is saved all the same, and its card says what is wrong."""
    demo.play(fault("401"))
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add()
    form.preset.control.value = ""
    form.name.control.value = "Mine"
    form.url.control.value = demo.openai_base_url
    form.save.click()
    page.type_key(form, "sk-some-other-key-than-the-right-one")
    page.wait(panel)
    assert len(panel.service.get_providers()) == 1
    assert page.row(panel.list, "Mine")["badge"]["text"] == "Key refused"


@pytest.mark.req("PM-2", "API-2")
def test_bad_fields_are_told_one_by_one_and_nothing_is_lost(settings_path, demo, page) -> None:
    """A refused form stays open with its input; each bad field says what is wrong; the key is kept."""
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add()
    form.preset.control.value = ""
    form.url.control.value = "ftp://llm.example.edu"
    form.save.click()
    page.type_key(form, demo.api_key)
    assert panel.form is form
    assert "Give it a name." in form.name.error.words
    assert "https://" in form.url.error.words
    assert form.secret.error == ""
    assert "2 fields need attention" in form.foot_message.words
    assert not form.saving
    assert not settings_path.exists()
    form.name.control.value = "Mine"
    form.url.control.value = demo.openai_base_url
    form.save.click()
    page.type_key(form, "")  # the field was emptied when the key was sent; it is still known
    (provider,) = panel.service.get_providers()
    assert provider.credentials.api_key.get_secret_value() == demo.api_key


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize("key", ["", "sk-with a-blank", "sk-with\nline", "sk-\u200bzero-width", "sk-…a1b2"])
def test_a_key_that_cannot_be_one_is_refused_without_quoting_it(settings_path, key, page) -> None:
    """A blank, broken or masked key is refused at its field, before any request, and not repeated."""
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add("openai")
    form.save.click()
    page.type_key(form, key)
    assert form.secret.error
    if key:
        assert key not in form.secret.error
        assert key not in page.states()
    assert not settings_path.exists()


@pytest.mark.req("SEC-2", "SEC-1")
def test_no_key_is_in_any_state_or_message(settings_path, demo, canary, sent, page) -> None:
    """A typed key is in no widget's state and in no message to a page, whether saving works or fails."""
    demo.play(fault("echo-key"))
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add()
    form.preset.control.value = ""
    form.save.click()
    page.type_key(form, canary)
    assert canary not in page.states()
    form.name.control.value = "Mine"
    form.url.control.value = demo.openai_base_url
    form.save.click()
    page.type_key(form, "")
    page.wait(panel)
    assert canary in settings_path.read_text(encoding="utf-8")
    panel.edit(panel.service.get_providers()[0].id)
    assert canary not in page.states()
    assert canary not in repr(sent)
    assert "a1b2" in page.states()  # the shown form is there: the search above does look at the right place


@pytest.mark.req("SEC-4", "PM-2")
def test_a_variable_is_stored_by_its_name(settings_path, demo, monkeypatch, page) -> None:
    """A key taken from a variable is stored as ${NAME}, and the form says who does not read it."""
    monkeypatch.setenv("MISTRAL_API_KEY", demo.api_key)
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add("mistral")
    assert form.secret.source == "variable"
    assert ["MISTRAL_API_KEY", "MISTRAL_API_KEY (set in this kernel)"] in form.secret.variables
    assert "Dispatch app does not read variables" in repr(form.secret.hint)
    form.url.control.value = demo.openai_base_url
    assert "Saving sends the value of MISTRAL_API_KEY" in repr(form.secret.hint)
    form.save.click()
    page.type_key(form, "MISTRAL_API_KEY", source="variable")
    page.wait(panel)
    text = settings_path.read_text(encoding="utf-8")
    assert "${MISTRAL_API_KEY}" in text
    assert demo.api_key not in text


@pytest.mark.req("PM-2")
def test_a_server_without_keys_gets_the_placeholder(settings_path, page) -> None:
    """A preset that needs no key saves with an empty field, and the card says that none is needed."""
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add("ollama")
    form.save.click()
    page.type_key(form, "")
    (provider,) = panel.service.get_providers()
    assert provider.credentials.api_key.get_secret_value() == NO_KEY_NEEDED
    page.wait(panel)
    card = page.row(panel.list, "Ollama")
    assert "no key needed" in page.words(card["meta"][1])
    assert card["badge"]["text"] == "Not running"


@pytest.mark.req("PM-2")
def test_an_anthropic_gateway_says_what_the_app_would_do(settings_path) -> None:
    """With a base URL for type anthropic the form says that the app would send the key to Anthropic."""
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add("anthropic")
    assert not is_shown(form.url)
    form.preset.control.value = ""
    form.type.control.value = "anthropic"
    assert is_shown(form.url)
    form.url.control.value = "https://gateway.example.edu"
    assert "would send this key to api.anthropic.com" in form.url_warning.words


@pytest.mark.req("PM-3", "SEC-3")
def test_editing_keeps_the_key_when_its_field_is_empty(service, demo, ids, page) -> None:
    """An edit that changes the name alone keeps key and list, and asks nobody."""
    panel = ProvidersPanel(service)
    before = len(demo.requests)
    page.answer(panel.list, "edit", ids["Lab"])
    form = panel.form
    assert form.secret.placeholder.startswith("Leave empty to keep ")
    form.name.control.value = "Laboratory"
    form.save.click()
    page.type_key(form, "")
    assert service.provider(ids["Lab"]).name == "Laboratory"
    assert service.provider(ids["Lab"]).credentials.api_key.get_secret_value() == demo.api_key
    assert page.row(panel.list, "Laboratory")
    assert panel.hub.asked == {}
    assert len(demo.requests) == before


@pytest.mark.req("PM-3")
def test_a_new_key_fetches_again(service, demo, ids, page) -> None:
    """A changed key is saved under the same id, and the list is fetched with it."""
    service.update_provider(ids["Lab"], api_key="sk-an-old-key-that-nobody-takes")
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    assert page.row(panel.list, "Lab")["badge"]["text"] == "Key refused"
    page.answer(panel.list, "replace_key", ids["Lab"])
    panel.form.save.click()
    page.type_key(panel.form, demo.api_key)
    page.wait(panel)
    assert "badge" not in page.row(panel.list, "Lab")
    assert "chat" in page.words(page.row(panel.list, "Lab")["meta"][0])


@pytest.mark.req("PM-3")
def test_an_edit_does_not_overwrite_what_another_program_changed(service, ids, page) -> None:
    """Only the fields that were changed in the form are saved; a foreign change of another field stays."""
    panel = ProvidersPanel(service)
    form = panel.edit(ids["Lab"])
    SettingsService(service.path).update_provider(ids["Lab"], name="Renamed elsewhere")
    form.url.control.value = "http://127.0.0.1:9/v1"
    form.save.click()
    page.type_key(form, "")
    provider = service.provider(ids["Lab"])
    assert (provider.name, provider.base_url) == ("Renamed elsewhere", "http://127.0.0.1:9/v1")


@pytest.mark.req("UI")
def test_an_unfinished_form_is_still_there_after_going_back(settings_path) -> None:
    """Back keeps what was typed for the next time; Cancel gives it up."""
    panel = ProvidersPanel(SettingsService(settings_path))
    panel.add.click()
    panel.form.name.control.value = "Half"
    panel.form.back.click()
    assert panel.form is None
    panel.add.click()
    assert panel.form.name.value == "Half"
    panel.form.cancel.click()
    panel.add.click()
    assert panel.form.name.value != "Half"


@pytest.mark.req("UI")
def test_a_page_that_does_not_answer_gives_save_back(settings_path, monkeypatch, page) -> None:
    """If the page never sends the key, Save can be pressed again and the form says so."""
    monkeypatch.setattr("dispatch_widgets.widgets.provider_form.ANSWER_SECONDS", 0.02)
    panel = ProvidersPanel(SettingsService(settings_path))
    form = panel.open_add("openai")
    form.save.click()
    page.until(lambda: not form.saving)
    assert "did not send the key" in form.note.content


@pytest.mark.req("SEC-4", "UI")
def test_found_here_adds_a_variable_by_name(settings_path, monkeypatch, page) -> None:
    """A key variable that is set is offered, and added as a reference in one click."""
    monkeypatch.setenv("GROQ_API_KEY", "gsk_" + "a" * 30)
    panel = ProvidersPanel(SettingsService(settings_path))
    assert [found["title"] for found in panel.found.rows] == ["Groq"]
    monkeypatch.setattr(panel.hub, "ask", lambda *_args, **_keys: True)
    page.answer(panel.found.list, "add", "groq")
    (provider,) = panel.service.get_providers()
    assert provider.key_variable == "GROQ_API_KEY"
    assert panel.found.rows == ()


@pytest.mark.req("SEC-6")
def test_foreign_names_are_plain_text(service, demo, ids, page) -> None:
    """A name with markup or direction marks is shown as text, cleaned and cut."""
    service.update_provider(ids["Lab"], name="<img src=x onerror=alert(1)>\u202e" + "x" * 5000)
    panel = ProvidersPanel(service)
    title = panel.rows[0]["title"]
    assert title.startswith("<img src=x onerror=alert(1)>x")  # a list draws text only
    assert len(title) <= 300
    form = panel.edit(ids["Lab"])
    assert "<img" not in form.children[0].children[1].value


@pytest.mark.req("UI")
def test_a_failed_action_stands_in_its_row(service, ids, page) -> None:
    """What goes wrong with one card is said in that card, with a way to close it."""
    panel = ProvidersPanel(service)
    panel.act(lambda: 1 / 0, row=ids["Lab"])
    note = page.row(panel.list, "Lab")["note"]
    assert "ZeroDivisionError" in note["title"]
    page.answer(panel.list, "dismiss", ids["Lab"])
    assert page.row(panel.list, "Lab").get("note") is None


@pytest.mark.req("ST-4")
def test_an_unreadable_file_is_said_and_nothing_offered(settings_path) -> None:
    """While the file cannot be read the panel says where the mistake is and offers nothing that writes."""
    settings_path.write_text('{"providers": [', encoding="utf-8")
    panel = ProvidersPanel(SettingsService(settings_path))
    assert is_shown(panel._place)
    assert not is_shown(panel._main)
    assert panel.attention() == 0


@pytest.mark.req("MD-14", "UI")
def test_diagnose_shows_its_steps_and_a_suggestion_to_take(service, demo, page) -> None:
    """Diagnose lists each step with its outcome in the card, and a base URL that works is one press away."""
    provider = service.add_provider(
        name="Short",
        type="openai-compatible",
        api_key=demo.api_key,
        base_url=demo.openai_base_url.removesuffix("/v1"),
    )
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", provider.id)
    page.wait(panel)
    page.answer(panel.list, "diagnose", provider.id)
    page.until(lambda: "items" in page.row(panel.list, "Short")["note"])
    note = page.row(panel.list, "Short")["note"]
    assert {item["ok"] for item in note["items"]} == {True, False}
    before = service.last_error(provider.id)
    assert page.words(note["title"]) == before.message  # what happened stays, with what to change below it
    assert {"text": f"{demo.openai_base_url}/models", "mono": True} in note["items"][-1]["text"]
    assert [action["action"] for action in note["actions"]] == [
        "use_url",
        "copy_diagnosis",
        "close_diagnosis",
    ]
    assert demo.api_key not in page.states()
    page.answer(panel.list, "use_url", provider.id)
    page.wait(panel)
    assert service.provider(provider.id).base_url == demo.openai_base_url
    assert "note" not in page.row(panel.list, "Short")


@pytest.mark.req("MD-14", "UI")
def test_a_diagnosis_without_a_fault_leads_to_trying_again(service, demo, ids, page) -> None:
    """When all works by now, that is said, and one press asks for the models again."""
    panel = ProvidersPanel(service)
    demo.play(fault("html"))
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    demo.play(None)
    page.answer(panel.list, "diagnose", ids["Lab"])
    page.until(lambda: "items" in page.row(panel.list, "Lab")["note"])
    note = page.row(panel.list, "Lab")["note"]
    assert note["title"] == "Everything works on the way to Lab now."
    assert note["actions"][0] == {"action": "refresh", "label": "Try again"}
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    assert "note" not in page.row(panel.list, "Lab")


@pytest.mark.req("MD-14", "UI")
def test_a_diagnosis_goes_with_the_next_answer(service, demo, ids, page) -> None:
    """Refresh all, or another panel's refresh, replaces a diagnosis by what is true now."""
    panel, other = ProvidersPanel(service), ProvidersPanel(service)
    for refresh in (panel.refresh_all.click, lambda: page.answer(other.list, "refresh", ids["Lab"])):
        demo.play(fault("html"))
        page.answer(panel.list, "refresh", ids["Lab"])
        page.wait(panel)
        page.answer(panel.list, "diagnose", ids["Lab"])
        page.until(lambda: "items" in page.row(panel.list, "Lab")["note"])
        demo.play(None)
        refresh()
        page.wait(panel)
        assert "note" not in page.row(panel.list, "Lab")


@pytest.mark.req("MD-10", "UI")
def test_the_question_to_unlock_goes_when_the_limit_does(service, demo, ids, page) -> None:
    """What another panel has unlocked is not asked about any more."""
    panel, other = ProvidersPanel(service), ProvidersPanel(service)
    demo.play(fault("429", retry_after=3600))
    page.answer(panel.list, "refresh", ids["Lab"])
    page.wait(panel)
    page.answer(panel.list, "unlock", ids["Lab"])
    assert page.row(panel.list, "Lab")["note"]["title"] == "Unlock Lab?"
    other.act(lambda: service.unlock(ids["Lab"]))
    assert panel.hub.settle()
    assert "Unlock" not in str(page.row(panel.list, "Lab").get("note"))


@pytest.mark.req("UI", "SEC-4")
def test_a_variable_that_is_not_set_is_said_to_be_missing_in_the_kernel(service, monkeypatch) -> None:
    """Where people read panels, the process is the kernel."""
    monkeypatch.delenv("COURSE_KEY", raising=False)
    service.add_provider(
        name="Course", type="openai-compatible", api_key="${COURSE_KEY}", base_url="http://127.0.0.1:9/v1"
    )
    panel = ProvidersPanel(service)
    assert panel.rows[-1]["note"]["title"] == "COURSE_KEY is not set in this kernel."


@pytest.mark.req("UI")
def test_addresses_in_a_hint_stand_in_the_typewriter_face() -> None:
    """Addresses and what stands between backticks are code; the words and their full stops are not."""
    words = "https://llm.example.edu/v1/models does answer: the base URL seems to miss /v1."
    assert [run["text"] for run in with_code(words) if isinstance(run, dict)] == [
        "https://llm.example.edu/v1/models",
        "/v1",
    ]
    for plain in ("Is it https:// there, or http://? A proxy.", "An odd ` one.", "3 models/v1"):
        assert with_code(plain) == plain


@pytest.mark.req("UI")
def test_commands_in_a_hint_stand_in_the_typewriter_face(service, demo, page) -> None:
    """What a hint has between backticks is shown as code."""
    service.add_provider(
        name="Ollama", type="openai-compatible", api_key=NO_KEY_NEEDED, base_url="http://localhost:11434/v1"
    )
    panel = ProvidersPanel(service)
    page.answer(panel.list, "refresh", page.row(panel.list, "Ollama")["id"])
    page.wait(panel)
    assert {"text": "ollama serve", "mono": True} in page.row(panel.list, "Ollama")["note"]["text"]


@pytest.fixture
def local_server(monkeypatch) -> Iterator[DemoServer]:
    """A local server that needs no key, on the port that Ollama is looked for."""
    with DemoServer(models=12, api_key=NO_KEY_NEEDED) as server:
        presets = [replace(find_preset("ollama"), base_url=server.openai_base_url)]
        look = partial(find_here_async, presets=presets)
        monkeypatch.setattr("dispatch_widgets.widgets._found.find_here_async", look)
        yield server


@pytest.mark.req("UI", "PM-2")
def test_local_servers_are_asked_only_when_asked_to_look(settings_path, local_server, page) -> None:
    """Look again asks local ports in the background; what answers can be added with one press."""
    service = SettingsService(settings_path)
    panel = ProvidersPanel(service)
    assert is_shown(panel.found)
    assert panel.found.rows == ()
    assert "when you look again" in panel.found.words
    assert len(local_server.requests) == 0
    panel.found.look.click()
    assert panel.found.look.disabled
    page.until(lambda: panel.found.rows)
    assert panel.hub.settle()
    (row,) = panel.found.rows
    assert row["title"] == "Ollama"
    assert row["line"][0].startswith("Answers on 127.0.0.1:")
    assert row["line"][0].endswith(" models")
    assert not panel.found.look.disabled
    page.answer(panel.found.list, "add", row["id"])
    page.wait(panel)
    (provider,) = service.get_providers()
    assert (provider.name, provider.base_url) == ("Ollama", local_server.openai_base_url)
    assert "no key needed" in page.words(page.row(panel.list, "Ollama")["meta"][1])
    assert panel.found.rows == ()


@pytest.mark.req("UI")
def test_a_local_server_that_wants_a_key_leads_to_the_form(settings_path, local_server, page) -> None:
    """A server on a local port that refuses the placeholder is offered, with the form for its key."""
    local_server.play(fault("401"))
    panel = ProvidersPanel(SettingsService(settings_path))
    panel.found.look.click()
    page.until(lambda: panel.found.rows)
    assert panel.hub.settle()
    (row,) = panel.found.rows
    assert row["line"][0].endswith("wants a key")
    page.answer(panel.found.list, "add", row["id"])
    assert panel.form is not None
    assert panel.form.preset.value == "ollama"


class MemoryKeyring(KeyringBackend):
    """A keyring that lives as long as a test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture
def safe() -> Iterator[MemoryKeyring]:
    """The keyring of this test."""
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def fill(panel, demo) -> object:
    """The add form, filled in for the demo server, with the key to be kept in the keyring."""
    form = panel.open_add()
    form.preset.control.value = ""
    form.name.control.value = "My lab"
    form.url.control.value = demo.openai_base_url
    form.keyring.value = True
    return form


@pytest.mark.req("SEC-4", "SEC-2")
def test_a_typed_key_can_go_into_the_keyring(settings_path, demo, safe, page) -> None:
    """With the box ticked the keyring gets the key, the file only the reference, and models are fetched."""
    service = SettingsService(settings_path)
    panel = ProvidersPanel(service)
    form = fill(panel, demo)
    assert "system's keyring" in page.words(form.secret.hint)
    form.url.control.value = "not an address"
    form.save.click()
    page.type_key(form, demo.api_key)
    assert panel.form is form
    form.url.control.value = demo.openai_base_url
    form.save.click()
    page.type_key(form, "")
    page.wait(panel)
    (provider,) = service.get_providers()
    ((place, key),) = safe.held.items()
    assert key == demo.api_key
    assert provider.masked_key == f"keyring:{'/'.join(place)}"
    assert place[1].startswith("my-lab-")
    assert demo.api_key not in settings_path.read_text(encoding="utf-8")
    assert demo.api_key not in page.states()
    assert "chat" in page.words(page.row(panel.list, "My lab")["meta"][0])


@pytest.mark.req("SEC-4")
def test_without_a_safe_keyring_nothing_is_saved(settings_path, demo, page) -> None:
    """Where no keyring is safe the form says so and keeps what was typed; unticked, it saves."""
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    try:
        service = SettingsService(settings_path)
        panel = ProvidersPanel(service)
        form = fill(panel, demo)
        form.save.click()
        page.type_key(form, demo.api_key)
        assert panel.form is form
        assert "no keyring" in form.note.content
        assert not settings_path.exists()
        form.keyring.value = False
        form.save.click()
        page.type_key(form, "")
        page.wait(panel)
    finally:
        keyring.set_keyring(before)
    (provider,) = service.get_providers()
    assert provider.masked_key == f"{demo.api_key[:3]}…{demo.api_key[-4:]}"
