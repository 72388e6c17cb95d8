import importlib
from contextlib import asynccontextmanager, contextmanager
from itertools import count

import django
import httpx
import pytest
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.test import override_settings
from support.doc_code import code_of, importing_from

from gelato_async.sandbox import Sandbox

_numbers = count(1)


@pytest.fixture
def sandbox_options():
    return {}


# the plugin has such a fixture, but pytest must not have imported it before its own tests do
@pytest.fixture
def sandbox(sandbox_options, monkeypatch):
    """A sandbox for the clients that a recipe makes."""
    # a key of its own has a limiter of its own, which no other test has made wait
    with Sandbox(speed=0.0, api_key=f"recipe-key-{next(_numbers)}", **sandbox_options) as served:
        for name, value in served.environment.items():
            monkeypatch.setenv(name, value)
        yield served


@pytest.fixture
def write(tmp_path):
    """Write the files of a recipe, and those that all of them share, to a folder of their own."""

    def write_files(*names):
        for name in ("README", *names):
            for code in code_of(f"docs/recipes/{name}.md"):
                (tmp_path / code.splitlines()[0].removeprefix("# ")).write_text(
                    code, encoding="utf-8"
                )
        return tmp_path

    return write_files


@pytest.fixture
def load(write, tmp_path, monkeypatch):
    """Write a recipe, and import a module of it."""
    monkeypatch.chdir(tmp_path)

    def load_module(recipe, module):
        write(recipe)
        return importlib.import_module(module)

    with importing_from(tmp_path):
        yield load_module


@asynccontextmanager
async def browsing(app):
    """A browser for an application in memory."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as browser:
        yield browser


@pytest.fixture
def browse():
    return browsing


@contextmanager
def django_project(urls):
    """The ASGI application of a Django project with these urls."""
    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], LOGGING_CONFIG=None)
        django.setup()
    with override_settings(ROOT_URLCONF=urls):
        yield get_asgi_application()


@pytest.fixture
def django_with():
    return django_project
