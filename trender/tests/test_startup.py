"""What a run imports, and that what it does not import is still checked."""

import subprocess
import sys

from django.apps import apps
from django.contrib import admin
from django.core import checks

import trender.urls  # noqa: F401 - looks for the admin modules
from trender.settings import BASE_DIR

# They are for the admin, its spreadsheets and the API, and took about half of the time a run needed to start.
NOT_FOR_RUNS = ("openpyxl", "tablib", "ninja", "pydantic")


def test_a_run_imports_nothing_of_the_pages_and_the_admin():
    said = (
        "import sys, django; django.setup(); import pipeline.management.commands.run_pipeline; "
        f"print(*[name for name in {NOT_FOR_RUNS} if name in sys.modules])"
    )
    command = [sys.executable, "-c", said]
    environment = {"DJANGO_SETTINGS_MODULE": "trender.settings", "DATABASE_URL": "sqlite://:memory:"}
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_every_table_is_in_the_admin_and_every_admin_passes_djangos_checks():
    registered = {model._meta.label for model in admin.site._registry}
    ours = {model._meta.label for name in ("pipeline", "marketing") for model in apps.get_app_config(name).get_models()}
    assert {label for label in ours if apps.get_model(label)._meta.managed} <= registered
    assert checks.run_checks() == []
