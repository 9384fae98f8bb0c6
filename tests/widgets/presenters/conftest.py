"""People at presenters over a real service and a real HTTP server on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from presenter_person import Person

from dispatch_widgets.widgets.presenters.hub.hub import hub_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dispatch_widgets import SettingsService
    from dispatch_widgets.widgets.presenters.shared.presenter import Presenter


@pytest.fixture
def at() -> Iterator[Callable[[type[Presenter], SettingsService], Person]]:
    """Puts somebody in front of a presenter of a service; the file is looked at often."""
    opened: list[Presenter] = []

    def sit(kind: type[Presenter], service: SettingsService) -> Person:
        hub_of(service).events.poll_seconds = 0.05
        presenter = kind(service)
        opened.append(presenter)
        return Person(presenter)

    yield sit
    for presenter in opened:
        presenter.close()
