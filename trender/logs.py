"""The log: one line an event on standard error, as text for people or as JSON for machines, never with a secret."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from trender.masking import mask

OURS = ("pipeline", "dashboard", "marketing", "trender")
# Set by pipeline.runlog.RunFilter on what happens within a run.
CONTEXT = ("run", "step", "stream")


def logging_settings(level: str, form: str) -> dict[str, Any]:
    """Django's LOGGING: what is ours from `level` up, warnings of everything else; `form` is "line" or "json".

    Everything goes up to the one handler of the root, Django's own loggers as well: by themselves they say nothing
    where DEBUG is off.
    """
    formatter = {"line": "LineFormatter", "json": "JsonFormatter"}[form]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"event": {"()": f"trender.logs.{formatter}"}},
        "filters": {"run": {"()": "pipeline.runlog.RunFilter"}},
        "handlers": {"console": {"()": "trender.logs.StandardError", "formatter": "event", "filters": ["run"]}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            **{name: {"level": level} for name in OURS},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.server": {"handlers": [], "level": "INFO", "propagate": True},  # `runserver` says what it served
            "django.request": {"level": "ERROR"},  # a page that is not there is nobody's failure
            "django-q": {"level": "WARNING"},  # it says little at INFO, and says it at every start
        },
    }


class StandardError(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes to what standard error is at the moment, which tests and commands exchange."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stderr


class LineFormatter(logging.Formatter):
    """`2026-11-21T10:00:00.000Z INFO pipeline.run run=7 step=star_history: what happened`.

    A line that does not begin with a moment belongs to a traceback, which is indented below its event: line breaks
    within the message itself are written as `\\n`, so that no text from outside can pass for an event.
    """

    def format(self, record: logging.LogRecord) -> str:
        context = "".join(f" {name}={value}" for name, value in context_of(record).items())
        head = f"{moment(record)} {record.levelname} {record.name}{context}: {one_line(record.getMessage())}"
        trace = trace_of(self, record)
        return mask(head + "".join(f"\n    {line}" for line in trace.splitlines()))


class JsonFormatter(logging.Formatter):
    """One object a line: time, level, logger, message, and where known run, step, stream, fields, trace."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "time": moment(record),
            "level": record.levelname,
            "logger": record.name,
            **context_of(record),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if trace := trace_of(self, record):
            event["trace"] = trace
        # Masked value by value: within the JSON text a quote or a backslash would end a secret too early.
        safe = {key: mask(value) if isinstance(value, str) else value for key, value in event.items()}
        return json.dumps(safe, ensure_ascii=True, default=lambda value: mask(str(value)))


def moment(record: logging.LogRecord) -> str:
    """ISO 8601 in UTC with milliseconds."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def context_of(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name in CONTEXT if (value := getattr(record, name, None)) not in (None, "")}


def one_line(text: str) -> str:
    """Control characters as escapes: a log is read on terminals, and some of the texts come from strangers."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def trace_of(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    parts = [formatter.formatException(record.exc_info)] if record.exc_info else []
    parts += [formatter.formatStack(record.stack_info)] if record.stack_info else []
    return "\n".join(parts)
