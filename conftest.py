"""What the whole suite shares: no network but loopback, plain static files, Debian's Chromium for the browser tests."""

import os
from collections.abc import Generator
from typing import Any

import hypothesis
import pytest
from django.conf import settings

from trender.tests.chromium import PROGRAMS, find_chromium, launch_flags

LOOPBACK = "127.0.0.1,::1,localhost"
CHROMIUM = find_chromium()
NO_CHROMIUM = f"no Chromium found (looked for {', '.join(PROGRAMS)})"

# The first example of a property test also pays for imports and caches, so a time limit for each would fail at random.
hypothesis.settings.register_profile("trender", deadline=None)
hypothesis.settings.load_profile("trender")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--browser-tests",
        choices=("with", "without", "only"),
        default="with",
        help="run the tests marked `browser` together with the others (default), leave them out, or run only them",
    )


@pytest.hookimpl(tryfirst=True)  # before pytest-socket reads its options
def pytest_configure(config: pytest.Config) -> None:
    config.option.allow_hosts = LOOPBACK
    config.option.allow_unix_socket = True
    # pytest-socket warns before it raises; with warnings as errors the warning would hide its own error.
    config.addinivalue_line("filterwarnings", r"ignore:A test tried to use socket\.")
    use_test_settings()


def use_test_settings() -> None:
    """Static files as they lie in the source folders (no collectstatic before a test), and cheap passwords."""
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.WHITENOISE_AUTOREFRESH = True
    settings.WHITENOISE_USE_FINDERS = True
    settings.TRENDER_PAGE_CACHE_SECONDS = 0  # tests of the cache switch it on
    settings.TRENDER_POINTER_SECONDS = 0.0
    settings.TRENDER_SIZE_SECONDS = 0
    settings.TRENDER_PREPARE_AFTER = 0  # so that every query of a page is asked as a prepared one too
    settings.TRENDER_ROWS_KEPT = 0  # the next test's rows have the same ids
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.hookimpl(trylast=True)  # after the shuffling
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what was not asked for and moves the browser tests to the end.

    Playwright keeps an event loop open in the main thread from its first test on, and Django's ORM refuses to work
    beside one; at the end nothing else is disturbed by it.
    """
    groups: dict[bool, list[pytest.Item]] = {False: [], True: []}
    for item in items:
        groups[is_browser_test(item)].append(item)
    choice = config.getoption("--browser-tests")
    left_out = groups.pop(choice == "without") if choice != "with" else []
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    items[:] = [item for group in groups.values() for item in group]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Lets the ORM work beside Playwright's event loop, in browser tests only and for all of their fixtures."""
    if not is_browser_test(item):
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if CHROMIUM is None and is_browser_test(item):
        if os.environ.get("REQUIRE") == "all":
            pytest.fail(f"REQUIRE=all, but {NO_CHROMIUM}", pytrace=False)
        pytest.skip(NO_CHROMIUM)


def is_browser_test(item: pytest.Item) -> bool:
    return item.get_closest_marker("browser") is not None


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Points pytest-playwright to the browser of the system instead of one that it would download."""
    # A home of its own: with an empty HOME, Chromium would put its caches into the working folder.
    environment = {**os.environ, "HOME": str(tmp_path_factory.mktemp("home"))}
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": launch_flags(), "env": environment}


@pytest.fixture(scope="session")
def base_url() -> None:
    """Tests name whole addresses (`live_server.url`). pytest-playwright's own fixture gives a deprecation warning."""
