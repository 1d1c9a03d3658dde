"""Whether somebody is there to do what is asked for."""

from datetime import datetime

from pipeline.models.runs import WorkerHeartbeat


def last_beat() -> datetime | None:
    """The newest sign of life of any worker; None if none has ever run."""
    beat: datetime | None = WorkerHeartbeat.objects.order_by("-beat_at").values_list("beat_at", flat=True).first()
    return beat
