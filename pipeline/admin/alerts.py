"""Alerts: what the operator was told."""

from django.contrib import admin

from pipeline.admin.shared import TableAdmin
from pipeline.models import SentAlert


@admin.register(SentAlert)
class SentAlertAdmin(TableAdmin):
    list_display = ["event", "subject", "sent_at"]
    list_filter = ["event"]
    search_fields = ["subject"]
    ordering = ["-sent_at"]
