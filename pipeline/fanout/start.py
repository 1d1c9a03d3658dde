"""The beginning of a shared run: the lease, the record, and a part for each stream."""

import logging

from django.utils import timezone

from pipeline import lease
from pipeline.fanout.parts import Kind, NewPart, open_run
from pipeline.fanout.work import FIRST_STEP
from pipeline.models import TaskRun, WorkflowExecution
from pipeline.run import RunOptions, languages_of
from pipeline.runlog import in_run
from pipeline.streams.ecosystem import STREAM as ECOSYSTEM

log = logging.getLogger(__name__)


def start_run(options: RunOptions) -> WorkflowExecution:
    """Take the lease and hand out the streams; the record is `running`, or `skipped` where another run is going on."""
    now = options.now or timezone.now()
    execution = lease.acquire(now, now.date(), options.trigger, is_demo=False)
    if execution.status == WorkflowExecution.Status.SKIPPED:
        log.info("skipped: another run is going on")
        return execution
    streams = [language.slug for language in languages_of(options)]
    if options.streams is None or ECOSYSTEM in options.streams:
        streams.append(ECOSYSTEM)
    about = {"limit": options.limit, "refresh_histories": options.refresh_histories}
    with in_run(execution.execution_id):
        log.info("run %d of %s begins, shared by all workers", execution.execution_id, execution.snapshot_date)
        TaskRun.objects.create(
            execution=execution, number=1, name=FIRST_STEP, status="running", started_at=timezone.now()
        )
        open_run(execution, [NewPart(Kind.STREAM, stream, about) for stream in streams])
    return execution
