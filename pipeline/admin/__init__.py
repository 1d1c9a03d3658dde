"""The admin: every table and view to look into, layer by layer; what the pipeline writes is read-only here."""

from django.contrib import admin

from pipeline.admin import alerts, analytics, dimensional, fanout, raw, runs, staging

__all__ = ["alerts", "analytics", "dimensional", "fanout", "raw", "runs", "staging"]

admin.site.site_header = "Trender"
admin.site.site_title = "Trender"
admin.site.index_title = "Tables and views"
