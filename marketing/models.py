"""What marketing keeps: cards, leads, platform and blueprint figures, drafts; each with the run it came from."""

from django.db import models


class MarketingAsset(models.Model):
    """One row per picture made: which repository, shape and theme, and the run whose numbers it shows."""

    class AssetType(models.TextChoices):
        CARD_WIDE = "card_wide", "card 1200 x 630"
        CARD_SQUARE = "card_square", "card 1080 x 1080"

    class Theme(models.TextChoices):
        LIGHT = "light"
        DARK = "dark"

    asset_type = models.CharField(max_length=20, choices=AssetType)
    theme = models.CharField(max_length=10, choices=Theme)
    github_id = models.BigIntegerField()
    repo_full_name = models.CharField(max_length=300)
    alt_text = models.TextField()
    image = models.BinaryField()
    execution_id = models.BigIntegerField(help_text="The run whose published numbers it shows.")
    snapshot_date = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "marketing_assets"
        constraints = [
            models.UniqueConstraint(
                fields=["github_id", "asset_type", "theme", "snapshot_date"], name="one_asset_per_shape_theme_and_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.asset_type} of {self.repo_full_name}"


class SuccessStoryLead(models.Model):
    """One row per repository and rule that found it; status and notes belong to people and outlive later runs."""

    class Status(models.TextChoices):
        NEW = "new"
        CONTACTED = "contacted"
        AGREED = "agreed"
        DECLINED = "declined"
        PUBLISHED = "published"

    github_id = models.BigIntegerField()
    repo_full_name = models.CharField(max_length=300)
    rule = models.CharField(max_length=50, help_text="Name of the rule that made it a lead.")
    stars = models.PositiveIntegerField()
    star_velocity = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    contact = models.JSONField(default=dict, help_text="From the owner's public profile.")
    story = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    notes = models.TextField(blank=True)
    execution_id = models.BigIntegerField(help_text="The run that found it.")
    found_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "success_story_leads"
        constraints = [models.UniqueConstraint(fields=["github_id", "rule"], name="one_lead_per_repository_and_rule")]

    def __str__(self) -> str:
        return self.repo_full_name


class PlatformReading(models.Model):
    """One row per hosting platform and report day: how many repositories show signs of using it."""

    platform = models.CharField(max_length=30)
    report_date = models.DateField()
    config_files = models.PositiveIntegerField(null=True, help_text="Repositories with the platform's config file.")
    readme_mentions = models.PositiveIntegerField(null=True)
    stars = models.PositiveBigIntegerField(null=True, help_text="Of the most starred README hits, not of all.")
    report_text = models.TextField(blank=True)
    evidence = models.JSONField(
        default=dict, help_text="Each search as it was sent, when, what GitHub answered, or why there is no figure."
    )
    is_demo = models.BooleanField(default=False, help_text="Counted among made-up repositories.")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "platform_intelligence"
        constraints = [models.UniqueConstraint(fields=["platform", "report_date"], name="one_reading_per_platform_day")]

    def __str__(self) -> str:
        return f"{self.platform} on {self.report_date}"


class BlueprintMetric(models.Model):
    """One row per repository with a deploy button and day, and one per service of one's own on Render and day.

    A repository's row has no service_id; a service's row has the figures of its deploys, and the repository's facts if
    the repository it is deployed from is known here.
    """

    github_id = models.BigIntegerField(null=True)
    repo_full_name = models.CharField(max_length=300, blank=True)
    metric_date = models.DateField()
    deploy_button_url = models.TextField(null=True)
    stars = models.PositiveIntegerField(null=True)
    service_id = models.CharField(max_length=100, blank=True, help_text="Render's id; empty in a repository's row.")
    service_name = models.CharField(max_length=300, blank=True)
    deploys = models.PositiveIntegerField(null=True, help_text="Begun in the last 30 days.")
    finished_deploys = models.PositiveIntegerField(null=True, help_text="Those that succeeded or failed.")
    deploy_seconds = models.DecimalField(
        max_digits=12, decimal_places=1, null=True, help_text="Median of those that succeeded."
    )
    success_rate = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, help_text="Percent of the finished deploys."
    )
    problem = models.TextField(blank=True, help_text="Why figures of deploys are unknown.")
    execution_id = models.BigIntegerField(null=True, help_text="The run whose published numbers it shows.")
    is_demo = models.BooleanField(default=False, help_text="Of a made-up repository.")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "blueprint_metrics"
        constraints = [
            models.UniqueConstraint(
                fields=["github_id", "metric_date"],
                condition=models.Q(service_id=""),
                name="one_blueprint_metric_per_repository_and_day",
            ),
            models.UniqueConstraint(
                fields=["service_id", "metric_date"],
                condition=~models.Q(service_id=""),
                name="one_blueprint_metric_per_service_and_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_name or self.repo_full_name} on {self.metric_date}"


class BlogDraft(models.Model):
    """One row per month: a draft in Markdown that a person may edit and no run overwrites then."""

    month = models.DateField(unique=True, help_text="The month's first day.")
    title = models.CharField(max_length=200)
    body = models.TextField()
    edited_at = models.DateTimeField(null=True, help_text="When a person last changed it.")
    execution_id = models.BigIntegerField(help_text="The run whose numbers it shows.")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "blog_drafts"

    def __str__(self) -> str:
        return self.title
