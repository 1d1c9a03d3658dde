"""A run that is shared by several workers: its parts, who has which repository, and what all have asked of GitHub."""

from django.db import models

from pipeline.models.runs import WorkflowExecution


class RunPart(models.Model):
    """One row per part of a shared run, which one worker takes at a time: a stream, a batch, or the end of the run."""

    class Kind(models.TextChoices):
        STREAM = "stream"
        HYDRATION = "hydration"
        STAR_HISTORIES = "histories", "star histories"
        END = "end", "end of the run"

    class Status(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    execution = models.ForeignKey(WorkflowExecution, models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=10, choices=Kind)
    stream = models.CharField(max_length=50, blank=True)
    arguments = models.JSONField(default=dict, help_text="What the part is about.")
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often a worker has taken it.")
    offered_at = models.DateTimeField(help_text="When it was last handed to the queue.")
    beat_at = models.DateTimeField(null=True, help_text="Last sign of life of the worker that has it.")
    worker = models.CharField(max_length=300, blank=True, help_text="Host and process.")
    result = models.JSONField(default=dict, help_text="What it found and what it cost.")

    class Meta:
        db_table = "run_parts"
        verbose_name = "part of a run"
        verbose_name_plural = "parts of runs"
        ordering = ["id"]
        indexes = [models.Index(fields=["execution", "status", "id"], name="parts_by_status")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.stream}".strip()


class RunClaim(models.Model):
    """One row per repository of a shared run: the part that found it first, which has it read."""

    execution = models.ForeignKey(WorkflowExecution, models.CASCADE, related_name="+")
    github_id = models.BigIntegerField()
    part = models.ForeignKey(RunPart, models.CASCADE, related_name="claims")

    class Meta:
        db_table = "run_claims"
        verbose_name = "claim"
        constraints = [models.UniqueConstraint(fields=["execution", "github_id"], name="one_claim_per_repository")]

    def __str__(self) -> str:
        return f"{self.github_id} of {self.part_id}"


class GitHubAllowance(models.Model):
    """One row per token and resource: what GitHub says is left of it until its reset."""

    token_digest = models.CharField(max_length=32, help_text="Of the token's SHA-256; empty for none.", blank=True)
    resource = models.CharField(max_length=40)
    limit = models.PositiveIntegerField()
    remaining = models.IntegerField()
    reset_at = models.FloatField(help_text="Seconds of the epoch.")
    is_guess = models.BooleanField(help_text="Nobody has asked yet.")

    class Meta:
        db_table = "github_allowances"
        verbose_name = "allowance of GitHub"
        verbose_name_plural = "allowances of GitHub"
        constraints = [
            models.UniqueConstraint(fields=["token_digest", "resource"], name="one_allowance_per_token_and_resource")
        ]

    def __str__(self) -> str:
        return f"{self.remaining} of {self.limit} {self.resource}"


class GitHubRequest(models.Model):
    """One row per request of the last minutes, by whichever worker: the account of the limits of a minute."""

    token_digest = models.CharField(max_length=32, blank=True)
    resource = models.CharField(max_length=40)
    sent_at = models.FloatField(help_text="Seconds of the epoch.")
    ended_at = models.FloatField(null=True, help_text="Unknown while it is under way.")
    seconds = models.FloatField(help_text="Of GitHub's time; the estimate while it is under way.")

    class Meta:
        db_table = "github_requests"
        verbose_name = "request to GitHub"
        verbose_name_plural = "requests to GitHub"
        indexes = [models.Index(fields=["sent_at"], name="github_requests_recent")]

    def __str__(self) -> str:
        return f"{self.resource} at {self.sent_at:.0f}"


class GitHubPause(models.Model):
    """One row, locked by whoever sends: until when nobody may."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    until = models.FloatField(default=0, help_text="Seconds of the epoch.")

    class Meta:
        db_table = "github_pause"
        verbose_name = "pause of GitHub"
        verbose_name_plural = "pauses of GitHub"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_github_pause")]

    def __str__(self) -> str:
        return f"until {self.until:.0f}"
