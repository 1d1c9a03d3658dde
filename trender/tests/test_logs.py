"""One line an event, with its run and step, as text or JSON, and never a secret in it."""

import json
import logging
import sys
import threading

import pytest

from pipeline.runlog import RunFilter, in_run
from pipeline.tasklog import TaskLog
from trender.logs import JsonFormatter, LineFormatter, StandardError, logging_settings

TOKEN = "ghp_" + "AbCd1234" * 5


def record(message: str = "it happened", level: int = logging.INFO, **more: object) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": "pipeline.run", "msg": message, "levelno": level, "created": 1795255200.5})
    made.levelname = logging.getLevelName(level)
    vars(made).update(more)
    RunFilter().filter(made)
    return made


def failure(text: str) -> dict[str, object]:
    try:
        raise ValueError(text)
    except ValueError:
        return {"exc_info": sys.exc_info()}


def test_a_line_says_when_what_and_where():
    assert LineFormatter().format(record()) == "2026-11-21T10:00:00.500Z INFO pipeline.run: it happened"


def test_within_a_run_each_line_names_run_step_and_stream():
    tasks = TaskLog()
    with in_run(7), tasks.task("github_to_raw") as step, tasks.task("read stream", stream="go", parent=step):
        line, event = LineFormatter().format(record()), json.loads(JsonFormatter().format(record()))
    assert " INFO pipeline.run run=7 step=github_to_raw stream=go: it happened" in line
    assert (event["run"], event["step"], event["stream"]) == (7, "github_to_raw", "go")


def test_threads_of_a_pool_know_the_run_as_well():
    seen = []
    with in_run(7):
        thread = threading.Thread(target=lambda: seen.append(record().run))
        thread.start()
        thread.join()
    assert seen == [7]
    assert record().run is None


def test_json_is_one_object_a_line_with_the_trace_in_it():
    text = JsonFormatter().format(record("two\nlines", **failure("broken"), fields={"status": 500}))
    assert "\n" not in text
    event = json.loads(text)
    assert (event["time"], event["level"], event["logger"]) == ("2026-11-21T10:00:00.500Z", "INFO", "pipeline.run")
    assert (event["message"], event["status"]) == ("two\nlines", 500)
    assert event["trace"].endswith("ValueError: broken")


def test_no_text_from_outside_can_pass_for_an_event():
    forged = "name\n2026-11-21T10:00:00.500Z ERROR pipeline.run: forged \x1b[31m"
    line = LineFormatter().format(record(forged))
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line


def test_a_traceback_is_indented_below_its_event():
    lines = LineFormatter().format(record(**failure("broken"))).splitlines()
    assert len(lines) > 2
    assert all(line.startswith("    ") for line in lines[1:])


@pytest.mark.parametrize("formatter", [LineFormatter(), JsonFormatter()])
def test_no_token_stands_in_message_or_trace(formatter):
    text = formatter.format(record(f"refused {TOKEN}", **failure(f'with "{TOKEN}"'), fields={"path": f"/{TOKEN}"}))
    assert TOKEN[4:] not in text
    assert "ghp_***" in text


def test_arguments_of_a_message_are_masked_too():
    made = record("refused %s %d")
    made.args = (TOKEN, 3)
    assert LineFormatter().format(made).endswith("refused ghp_*** 3")


def test_the_log_goes_to_what_standard_error_is_at_the_moment(capsys):
    handler = StandardError()
    handler.setFormatter(LineFormatter())
    handler.handle(record())
    assert capsys.readouterr().err.endswith("it happened\n")


@pytest.mark.parametrize(("form", "formatter"), [("line", "LineFormatter"), ("json", "JsonFormatter")])
def test_the_settings_choose_form_and_level(form, formatter):
    made = logging_settings("DEBUG", form)
    assert made["formatters"]["event"]["()"] == f"trender.logs.{formatter}"
    assert made["loggers"]["pipeline"]["level"] == "DEBUG"
    assert made["root"] == {"handlers": ["console"], "level": "WARNING"}


def test_steps_and_streams_are_events_and_their_parts_are_detail(caplog):
    tasks = TaskLog()
    with (
        caplog.at_level(logging.DEBUG, "pipeline"),
        tasks.task("star_history") as step,
        tasks.task("one file", parent=step),
    ):
        pass
    assert [(each.levelname, each.getMessage().split(" in ")[0]) for each in caplog.records] == [
        ("DEBUG", "one file success"),
        ("INFO", "star_history success"),
    ]
