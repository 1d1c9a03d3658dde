"""How many questions a page asks."""

from django.test.utils import CaptureQueriesContext

# A prepared one is asked by its name; see dashboard.queries.server_side.
QUESTIONS = ("SELECT", "(SELECT", "EXECUTE")


def asked(queries: CaptureQueriesContext) -> int:
    """How many questions, without the beginning and the end of their transaction."""
    return len([query for query in queries if query["sql"].startswith(QUESTIONS)])
