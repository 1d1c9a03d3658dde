"""Which alerts were sent, so that none is sent twice. Written by pipeline/alerts.py, pruned by etl/prune_records.py."""

from django.db import models


class SentAlert(models.Model):
    """One row per event and what it was about: an alert that was handed over, or is being sent at this moment."""

    event = models.CharField(max_length=40)
    subject = models.CharField(max_length=100, help_text="Such as the run since which nothing was published.")
    sent_at = models.DateTimeField()

    class Meta:
        db_table = "sent_alerts"
        verbose_name = "sent alert"
        ordering = ["-sent_at"]
        constraints = [models.UniqueConstraint(fields=["event", "subject"], name="one_alert_per_subject")]

    def __str__(self) -> str:
        return f"{self.event}: {self.subject}"
