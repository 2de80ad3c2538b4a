"""Windows of the console in a browser, each signed in as somebody; what a window complains of is a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from office import PASSWORD, Office

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
Enter = Callable[..., "Page"]


@contextmanager
def windows(chrome: Browser, office: Office) -> Iterator[Enter]:
    """Signs somebody in, in a window of his own; what a window complains of is a failure."""
    complaints: list[str] = []
    contexts = []

    def heard(kind: str, text: str) -> None:
        if kind == "error" and "422" not in text:  # a refused form is a page, not a fault
            complaints.append(text)

    def sign_in(
        name: str, viewport: dict[str, int] = DESK, scheme: str = "light", axe: bool = False
    ) -> Page:
        context = chrome.new_context(
            viewport=viewport,
            locale="zh-CN",
            base_url=office.address,
            color_scheme=scheme,
            bypass_csp=axe,  # axe styles what it measures
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: heard(message.type, message.text))
        page.goto("/staff/")
        page.get_by_label("姓名").fill(name)
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: url.endswith("/staff/") and "login" not in url)
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert complaints == []
