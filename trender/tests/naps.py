"""Waits that are noted instead of slept."""

import time
from types import ModuleType, SimpleNamespace

import pytest


def noted_naps(monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> list[float]:
    """The seconds that `module` asks `time.sleep` for, in its own name only: threads of other tests sleep as before."""
    naps: list[float] = []
    monkeypatch.setattr(module, "time", SimpleNamespace(sleep=naps.append, monotonic=time.monotonic))
    return naps
