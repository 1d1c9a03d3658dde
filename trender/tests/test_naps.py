import time

from pipeline import webhook
from trender.tests.naps import noted_naps


def test_only_the_named_module_does_not_sleep(monkeypatch):
    slept = noted_naps(monkeypatch, webhook)
    began = time.monotonic()
    time.sleep(0.01)
    webhook.time.sleep(60)
    assert slept == [60]
    assert 0.01 <= time.monotonic() - began < 30
