"""An open question is answered as it was read, or asked anew."""

from __future__ import annotations

import pytest

from dispatch_widgets import SettingsService
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.widgets.presenters.models.presenter import ModelsPresenter
from dispatch_widgets.widgets.presenters.providers.presenter import ProvidersPresenter
from dispatch_widgets.widgets.presenters.settings_file.presenter import SettingsFilePresenter

pytestmark = pytest.mark.req("PM-4", "SEC-8")


def _yes(answer):
    """The first button of what is asked."""
    assert answer.question is not None
    return answer.question.actions[0]


def test_a_provider_that_is_used_by_now_is_asked_about_anew(service, settings_path) -> None:
    """What another program gave the provider meanwhile is named before it is deleted."""
    tab = ProvidersPresenter(service)
    lab = service.get_providers()[0].id
    for entry in service.catalog:
        if entry.provider_id == lab:
            service.delete_model(entry.id)
    delete = _yes(tab.act("ask_delete", {"row": lab}))
    SettingsService(settings_path).add_model(provider_id=lab, model="new-model", tasks=["grade"])
    answer = tab.act(delete.name, delete.args)
    assert "This has changed meanwhile" in answer.say
    assert any(each.id == lab for each in service.get_providers())
    again = _yes(answer)
    assert answer.question.check is not None
    assert tab.act(again.name, again.args).question is None
    assert all(each.id != lab for each in service.get_providers())
    tab.close()


def test_entries_with_a_task_by_now_are_asked_about_anew(service, settings_path) -> None:
    """A task that another program assigned meanwhile is named; what is gone already is left out."""
    tab = ModelsPresenter(service)
    provider = service.get_providers()[0].id
    made = [service.add_model(provider_id=provider, model=f"m-{n}").id for n in range(3)]
    ask = {"row": "catalog", "rows": made}
    delete = _yes(tab.act("ask_delete_entries", ask))
    other = SettingsService(settings_path)
    other.assign("grade", made[0])
    other.delete_model(made[2])
    answer = tab.act(delete.name, delete.args)
    assert "grade" in str(answer.question.facts) + str(answer.question.text)
    assert "2 entries" in str(answer.question.title)
    again = _yes(answer)
    tab.act(again.name, again.args)
    assert not {entry.id for entry in service.catalog} & set(made)
    tab.close()


def test_entries_that_are_gone_by_now_are_no_failure(service, settings_path) -> None:
    """What another program has deleted meanwhile is said to be deleted, not told as a missing entry."""
    tab = ModelsPresenter(service)
    provider = service.get_providers()[0].id
    made = [service.add_model(provider_id=provider, model=f"m-{n}").id for n in range(2)]
    delete = _yes(tab.act("ask_delete_entries", {"row": "catalog", "rows": made}))
    SettingsService(settings_path).delete_models(made)
    answer = tab.act(delete.name, delete.args)
    assert answer.ok
    assert answer.say == "They are deleted already"
    tab.close()


def test_undoing_a_conversion_says_what_would_be_lost_by_now(tmp_path, demo) -> None:
    """What was added since is counted when it is pressed, not when it was asked."""
    folder = tmp_path / "old"
    folder.mkdir()
    path = write_sample(folder, demo)
    service = SettingsService(path)
    tab = SettingsFilePresenter(service)
    undo = _yes(tab.act("ask_undo_conversion"))
    before = path.read_bytes()
    SettingsService(path).add_provider(name="Late", type="anthropic", api_key="sk-late-0123456789abcdef")
    answer = tab.act(undo.name, undo.args)
    assert answer.question is not None
    assert b"Late" in path.read_bytes()
    again = _yes(answer)
    tab.act(again.name, again.args)
    assert b"Late" not in path.read_bytes()
    assert before != path.read_bytes()
    tab.close()
