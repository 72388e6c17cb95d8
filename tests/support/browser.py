"""What tests of a page need of playwright: without it they are skipped, unless CHROMIUM is set."""

import os

import pytest

if "CHROMIUM" in os.environ:
    import playwright.sync_api  # noqa: F401  fails where the tests must run

playwright_api = pytest.importorskip("playwright.sync_api", reason="pip install --group browser")
expect = playwright_api.expect
sync_playwright = playwright_api.sync_playwright
