"""The workflow's own source, cut out and explained. Files are read as text: nothing of the pipeline is imported.

A passage is named by file and function, so that the page shows what runs and not what ran when the page was written.
"""

import ast
import io
import keyword
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Passage:
    """Where to cut, and our words on it. `names` are functions, classes ("Class.method") or constants of the file."""

    path: str
    names: tuple[str, ...]
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines `first` to `last` of a file. `html` is the code, escaped, its tokens in spans with classes of code.css."""

    first: int
    last: int
    html: str


@dataclass(frozen=True, slots=True)
class Chapter:
    passage: Passage
    excerpts: tuple[Excerpt, ...]

    @property
    def lines(self) -> str:
        """ "line 12 and lines 21 to 42"."""
        return " and ".join(map(_lines, self.excerpts))


PASSAGES = (
    Passage(
        "pipeline/run.py",
        ("_run_steps", "publish_all"),
        "One run: read, then stage and publish in one transaction",
        "Reading GitHub comes first and may take as long as it needs: it only adds to the raw layer, which no reader "
        "looks at. Staging and publishing share one transaction, so a reader sees the run before it or this one, never "
        "a mixture, and a process that is killed leaves nothing half done. The lease is renewed as the transaction's "
        "last statement: a run that was taken over meanwhile publishes nothing. The older days of star histories "
        "follow when readers have the day.",
    ),
    Passage(
        "pipeline/lease.py",
        ("EXPIRES", "acquire"),
        "One run at a time",
        "The run's record is the lease: a unique constraint allows one row that is running. A second worker, a queue "
        "that delivers twice or an impatient click finds it taken and ends as skipped. A lease without a heartbeat for "
        "three minutes is closed as abandoned and the new run goes ahead.",
    ),
    Passage(
        "pipeline/steps.py",
        ("GITHUB_TO_RAW", "PUBLISHING", "AFTER_PUBLISHING"),
        "The steps as data",
        "Each step names what it reads, what it writes and the function that does it. The names are those of the "
        "tasks above, and the tables those of the layers.",
    ),
    Passage(
        "pipeline/streams/gather.py",
        ("gather",),
        "All streams in parallel",
        "One thread for each language and one for the Render ecosystem. They hand their requests to shared pools; the "
        "calling thread alone writes to the database, about twice a second, whole batches at a time. A stream that "
        "fails is its own result and the others go on; only a token that is refused ends the run.",
    ),
    Passage(
        "pipeline/streams/language.py",
        ("read_language",),
        "What one language stream does",
        "Two searches, established and rising, or for TypeScript a walk that keeps what asks for Next.js 16 or newer. "
        "Star histories are asked for at once because nothing waits for them; then the repositories are hydrated. A "
        "search that is suddenly empty is no proof that everything is gone.",
    ),
    Passage(
        "pipeline/github/batches.py",
        ("ask",),
        "Batches that find their own size",
        "GitHub ends a GraphQL query after ten seconds. A batch that is too heavy is halved and asked again, only for "
        "what is missing; when there is plenty of time it grows slowly. The size that worked is kept for the next run.",
    ),
    Passage(
        "pipeline/streams/star_history.py",
        ("StarHistories.request",),
        "Star histories, the stalest first",
        "One request a repository gives the stars of each day of 30 weeks. Each is read at least once a day, eight to "
        "a task, those that were not read for longest first.",
    ),
    Passage(
        "pipeline/tasklog.py",
        ("TaskLog.task", "TaskLog.count_retry"),
        "How a task is measured",
        "Everything above in the tree and the chart comes from this: the clock is read before and after, an error "
        "becomes the task's text and goes on up, and a request that is sent again adds one to the attempts.",
    ),
    Passage(
        "pipeline/etl/raw_to_staging.py",
        ("raw_to_staging",),
        "Raw to staging: typed, validated, counted",
        "A row that fails is kept aside with its reason. If more than a fifth of a stream is rejected, the stream has "
        "failed and its older rows stay on show.",
    ),
    Passage(
        "pipeline/etl/staging_to_dimensional.py",
        ("staging_to_dimensional",),
        "Staging to dimensions, facts and ranks",
        "The day's facts of the streams that succeeded are replaced as a whole, versions of the dimension are opened "
        "and closed, ranks are computed anew over all rows of the day, and the pointer moves to this run.",
    ),
    Passage(
        "pipeline/etl/momentum.py",
        ("score",),
        "The score and its parts",
        "Each part is rounded by itself and the score is their sum, so what a page says about why a repository is "
        "trending adds up exactly. What is unknown counts as nothing and is named.",
    ),
    Passage(
        "pipeline/run.py",
        ("finish",),
        "The record tells the truth",
        "Wall time, tasks, retries, requests, points and rows as they were counted, and the speedup as it was "
        "measured: the seconds of all leaves divided by the seconds on the clock.",
    ),
)


@cache
def chapters() -> tuple[Chapter, ...]:
    """Every passage that its file still holds, read once per process."""
    found = ((passage, _excerpts(passage)) for passage in PASSAGES)
    return tuple(Chapter(passage, excerpts) for passage, excerpts in found if excerpts)


def missing() -> list[str]:
    """ "file: name" of everything that is named here and no longer there."""
    return [
        f"{passage.path}: {name}"
        for passage in PASSAGES
        for name in passage.names
        if find(_source(passage.path), name) is None
    ]


def _lines(excerpt: Excerpt) -> str:
    if excerpt.first == excerpt.last:
        return f"line {excerpt.first}"
    return f"lines {excerpt.first} to {excerpt.last}"


def _excerpts(passage: Passage) -> tuple[Excerpt, ...]:
    text = _source(passage.path)
    places = [place for name in passage.names if (place := find(text, name)) is not None]
    return tuple(Excerpt(first, last, highlight(cut(text, first, last))) for first, last in joined(places))


@cache
def _source(path: str) -> str:
    """The file's text; none where an installation came without it."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except OSError:
        return ""


# -- Cutting ---------------------------------------------------------------------------------------------------


def find(text: str, name: str) -> tuple[int, int] | None:
    """First and last line, from 1, of a function, class, "Class.method" or assigned name; decorators belong to it."""
    nodes: list[ast.stmt] = list(_body(text))
    found: ast.stmt | None = None
    for part in name.split("."):
        found = next((node for node in nodes if part in _names(node)), None)
        if found is None:
            return None
        nodes = getattr(found, "body", [])
    decorators = getattr(found, "decorator_list", [])
    first = min([found.lineno, *(each.lineno for each in decorators)]) if found else 0
    return (first, found.end_lineno or first) if found else None


@lru_cache(maxsize=16)
def _body(text: str) -> tuple[ast.stmt, ...]:
    return tuple(ast.parse(text).body)


def _names(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    return set()


def joined(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in their order, those that only blank lines and a comment part put together (two lines at most)."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(places):
        if found and first - found[-1][1] <= 3:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def cut(text: str, first: int, last: int) -> str:
    """These lines, moved to the left as far as the first of them stands in."""
    lines = text.splitlines()[first - 1 : last]
    indent = len(lines[0]) - len(lines[0].lstrip()) if lines else 0
    return "\n".join(line[indent:] if not line[:indent].strip() else line for line in lines)


# -- Highlighting ----------------------------------------------------------------------------------------------


def highlight(code: str) -> str:
    """The code as HTML with comments, strings, keywords and defined names in spans; text without its tokens if it
    can't be told apart."""
    lines = code.splitlines()
    try:
        marks = list(_marks(code))
    except (tokenize.TokenError, SyntaxError):
        return escape(code)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    html, position = [], 0
    for (start_row, start_column), (end_row, end_column), kind in marks:
        start, end = starts[start_row - 1] + start_column, starts[end_row - 1] + end_column
        html += [escape(code[position:start]), f'<span class="code__{kind}">{escape(code[start:end])}</span>']
        position = end
    return "".join([*html, escape(code[position:])])


def _marks(code: str) -> Iterator[tuple[tuple[int, int], tuple[int, int], str]]:
    """(start, end, kind) of the tokens that are marked; rows from 1, columns from 0."""
    before, opened = "", []
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        name = tokenize.tok_name[token.type]
        # From Python 3.12 on, an f-string comes in parts with whole expressions between them: it is marked as one.
        if name == "FSTRING_START":
            opened.append(token.start)
        elif name == "FSTRING_END":
            start = opened.pop()
            if not opened:
                yield start, token.end, "string"
        elif not opened and (kind := _kind(token, before)):
            yield token.start, token.end, kind
        before = token.string


def _kind(token: tokenize.TokenInfo, before: str) -> str:
    if token.type == tokenize.COMMENT:
        return "comment"
    if token.type == tokenize.STRING:
        return "string"
    if token.type == tokenize.NAME and before in ("def", "class"):
        return "name"
    return "keyword" if token.type == tokenize.NAME and keyword.iskeyword(token.string) else ""
