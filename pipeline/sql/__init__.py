"""SQL texts: immutable, versioned views with the migration operation that installs one; set-based statements."""

from functools import cache
from pathlib import Path

from django.db.migrations import RunSQL

HERE = Path(__file__).parent
# The order of code points, the same on both databases.
BINARY_COLLATION = {"sqlite": "BINARY", "postgresql": '"C"'}


def view_text(view: str, version: int) -> str:
    """The SELECT stored as views/<view>/v<version>.sql; a stored version is never edited, a change is a new one."""
    return (HERE / "views" / view / f"v{version:03}.sql").read_text(encoding="utf-8")


def install_view(view: str, version: int) -> RunSQL:
    """Create the view at `version`; backwards, the version before it, or no view below the first."""
    return RunSQL(sql=_create(view, version), reverse_sql=_create(view, version - 1))


def remove_view(view: str, version: int) -> RunSQL:
    """Drop the view that stands at `version`, so that its tables can change; backwards, it is there again."""
    return RunSQL(sql=_create(view, 0), reverse_sql=_create(view, version))


def return_view(view: str, version: int) -> RunSQL:
    """Create at `version` a view that was removed, or a new one; backwards, it is removed again."""
    return RunSQL(sql=_create(view, version), reverse_sql=_create(view, 0))


@cache
def statement(name: str, vendor: str) -> str:
    """The statement stored as statements/<name>.sql, or <name>.<vendor>.sql where the databases differ."""
    own = HERE / "statements" / f"{name}.{vendor}.sql"
    path = own if own.exists() else HERE / "statements" / f"{name}.sql"
    return path.read_text(encoding="utf-8").replace("{binary}", BINARY_COLLATION[vendor])


def _create(view: str, version: int) -> str:
    drop = f"DROP VIEW IF EXISTS {view};"
    return drop if version == 0 else f"{drop}\nCREATE VIEW {view} AS\n{view_text(view, version).rstrip()};"
