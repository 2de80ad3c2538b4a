"""A real browser for the tests of the pages; skipped aloud without one, but never where CI is set."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from bot.messages import Chat

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's chromium, or the one Playwright brought along."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        missing("playwright is not installed")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=list(FLAGS)
            )
        except Error as error:
            missing(f"no chromium: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


def missing(why: str) -> Any:
    if os.environ.get("CI"):
        pytest.fail(f"{why}, and CI must not skip the browser")
    pytest.skip(f"{why}; apt-get install chromium fonts-wqy-microhei")


def faults(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA, one line each."""
    from axe_playwright_python.sync_playwright import Axe

    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": rules}})
    return [
        f"{fault['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for fault in found.response["violations"]
        for node in fault["nodes"]
    ]


# -- the residents' page --------------------------------------------------------------------------


def say(page: Page, text: str) -> None:
    page.get_by_label("说说您的事").fill(text)
    page.get_by_role("button", name="发送").click()


def heard(page: Page, text: str | re.Pattern[str]) -> None:
    page.get_by_role("log").get_by_text(text).first.wait_for()


def session(page: Page) -> Chat:
    return Chat(channel="web", id=str(page.evaluate("localStorage.getItem('msb-session')")))
