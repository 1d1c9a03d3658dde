"""Files of others that are served from here are the ones their README names, and a page stays light."""

import hashlib
import re
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
CHARTJS = STATIC / "vendor" / "chartjs"
SCRIPT = CHARTJS / "chart.umd.min.js"
MAP_COMMENT = b"//# sourceMappingURL=chart.umd.min.js.map\n"


def stated(name: str) -> str:
    """The value of a row of the README's table."""
    found = re.search(rf"^\| {re.escape(name)} \| (\S+) \|$", (CHARTJS / "README.md").read_text("utf-8"), re.MULTILINE)
    assert found, name
    return found.group(1)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_chartjs_is_the_stated_file():
    assert sha256(SCRIPT.read_bytes()) == stated("sha256 of chart.umd.min.js here")


def test_chartjs_is_the_published_file_without_its_last_line():
    assert sha256(SCRIPT.read_bytes() + MAP_COMMENT) == stated("sha256 of the package's file")


def test_chartjs_is_the_stated_version():
    assert f" * Chart.js v{stated('version')}\n".encode() in SCRIPT.read_bytes()[:200]


def test_chartjs_comes_with_its_licence():
    assert "The MIT License" in (CHARTJS / "LICENSE.md").read_text("utf-8")


def test_no_script_names_a_map_that_is_not_here():
    """The manifest storage of `collectstatic` would stop at it."""
    for script in STATIC.rglob("*.js"):
        assert "sourceMappingURL" not in script.read_text("utf-8"), script.name
