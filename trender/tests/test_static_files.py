from whitenoise.storage import CompressedManifestStaticFilesStorage

from trender.static_files import KeptAddresses


def test_the_address_of_a_file_is_put_together_once(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(
        CompressedManifestStaticFilesStorage,
        "url",
        lambda self, name, force=False: asked.append(name) or f"/static/{name}?{force}",
    )
    storage = KeptAddresses(location=str(tmp_path), base_url="/static/")
    addresses = [storage.url(name, force) for name, force in (("a.css", False), ("b.css", False), ("a.css", True)) * 2]
    assert addresses == ["/static/a.css?False", "/static/b.css?False", "/static/a.css?True"] * 2
    assert asked == ["a.css", "b.css", "a.css"]
