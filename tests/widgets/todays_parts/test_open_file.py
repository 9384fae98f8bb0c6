"""How the page is told where the file is, so that it can draw Open file."""

from __future__ import annotations

import pytest

from dispatch_widgets import SettingsFilePanel
from dispatch_widgets.widgets._source import open_file_html


@pytest.mark.req("ST-4", "SEC-6")
def test_the_page_is_told_where_the_file_is_so_that_it_can_open_it(service, settings_path, states) -> None:
    """Path and size of the file that is there stand in the page, escaped; of none, nothing does."""
    mark = open_file_html(settings_path)
    assert f'data-path="{settings_path.as_posix()}"' in mark
    assert f'data-size="{settings_path.stat().st_size}"' in mark
    panel = SettingsFilePanel(service)
    assert mark in states()
    settings_path.write_text("{", encoding="utf-8")
    service.reload()
    assert panel.hub.settle()
    assert mark not in states()
    assert 'data-size="1"' in states()
    assert open_file_html(settings_path.with_name("none.json")) == ""
    odd = settings_path.with_name('"onload=x<.json')
    odd.write_text("{}", encoding="utf-8")
    assert '"onload' not in open_file_html(odd)
