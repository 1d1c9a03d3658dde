"""What the operator is told, by a POST to TRENDER_ALERT_WEBHOOK: failed runs, failed streams, overdue runs."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from pipeline import stopping, webhook
from pipeline.models import PublishedRun, SentAlert, WorkflowExecution
from trender.masking import mask

log = logging.getLogger(__name__)
Status = WorkflowExecution.Status

RUN_FAILED, STREAM_FAILED, RUNS_OVERDUE = "run_failed", "stream_failed", "runs_overdue"
BROKEN = (Status.FAILED, Status.ABANDONED)
LONGEST_TEXT = 500


def after_run(execution: WorkflowExecution) -> bool:
    """Tell about a run that has just ended, if it failed or lost a stream. Whether something was sent; never raises."""
    try:
        payload = payload_of(execution)
        # A process that was asked to end has no half minute left, and whoever asked knows.
        if payload is None or not settings.TRENDER_ALERT_WEBHOOK or stopping.requested():
            return False
        return webhook.post(settings.TRENDER_ALERT_WEBHOOK, payload)
    except Exception:  # the run is over and recorded; an alert must not change how it ended
        log.exception("the alert could not be made")
        return False


def payload_of(execution: WorkflowExecution) -> dict[str, Any] | None:
    """What is posted about a run, without any secret; None where there is nothing to tell."""
    errors = [error for error in execution.error_details if isinstance(error, dict)]
    streams = [str(error["stream"]) for error in errors if error.get("stream")]
    if execution.status in BROKEN:
        event, verdict = RUN_FAILED, "published nothing"
    elif streams:
        event, verdict = STREAM_FAILED, f"was published without {', '.join(streams)}"
    else:
        return None
    reason = str(errors[0].get("error", "")) if errors else ""
    return _clean(
        {
            "event": event,
            "text": f"Trender: run {execution.pk} {verdict}{': ' if reason else '.'}{reason}",
            "run": execution.pk,
            "status": str(execution.status),
            "snapshot_date": execution.snapshot_date.isoformat(),
            "is_demo": execution.is_demo,
            "errors": [{k: str(v) for k, v in error.items() if k != "trace"} for error in errors[:20]],
            "url": f"{settings.TRENDER_BASE_URL}/meta/?run={execution.pk}",
            "sent_at": timezone.now().isoformat(),
        }
    )


def check_overdue(now: datetime) -> str:
    """Tell once per period without a published run that it is too long; returns a line for the queue's list."""
    since, subject = _last_sign(now)
    if since is None or now - since <= timedelta(minutes=settings.TRENDER_OVERDUE_MINUTES):
        return "not overdue"
    minutes = int((now - since).total_seconds() // 60)
    text = f"runs are overdue: nothing was published for {minutes} minutes"
    if not settings.TRENDER_ALERT_WEBHOOK:
        return f"{text}; TRENDER_ALERT_WEBHOOK is not set"
    if not _claim(subject, now):
        return f"{text}; told before"
    payload = {
        "event": RUNS_OVERDUE,
        "text": f"Trender: {text}.",
        "minutes": minutes,
        "since": since.isoformat(),
        "url": f"{settings.TRENDER_BASE_URL}/meta/",
        "sent_at": now.isoformat(),
    }
    if webhook.post(settings.TRENDER_ALERT_WEBHOOK, _clean(payload)):
        return f"{text}; told"
    SentAlert.objects.filter(event=RUNS_OVERDUE, subject=subject).delete()  # the next check tries again
    return f"{text}; the alert was not taken"


def _last_sign(now: datetime) -> tuple[datetime | None, str]:
    """Since when there has been nothing new, and the name of that period.

    The last publication; before the first one, the first attempt. An instance that has never tried is not overdue.
    """
    published = PublishedRun.objects.first()
    if published is not None:
        return published.published_at, f"since run {published.execution_id}"
    first = WorkflowExecution.objects.order_by("pk").first()
    return (None, "") if first is None else (first.execution_date, "before any run was published")


def _claim(subject: str, now: datetime) -> bool:
    """Whether this process is the one to tell; the row is written first, so that two workers do not both."""
    try:
        with transaction.atomic():
            SentAlert.objects.create(event=RUNS_OVERDUE, subject=subject, sent_at=now)
    except IntegrityError:
        return False
    return True


def _clean(payload: dict[str, Any]) -> dict[str, Any]:
    """Texts without secrets and of bounded length, however deep they stand."""
    return {key: _clean_value(value) for key, value in payload.items()}


def _clean_value(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)[:LONGEST_TEXT]
    if isinstance(value, dict):
        return _clean(value)
    return [_clean_value(item) for item in value] if isinstance(value, list) else value
