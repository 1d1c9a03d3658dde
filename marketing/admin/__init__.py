"""The admin of what marketing keeps: people work on leads and drafts, the rest is made by runs and read-only."""

from marketing.admin.assets import MarketingAssetAdmin
from marketing.admin.drafts import BlogDraftAdmin
from marketing.admin.figures import BlueprintMetricAdmin, PlatformReadingAdmin
from marketing.admin.leads import SuccessStoryLeadAdmin

__all__ = [
    "BlogDraftAdmin",
    "BlueprintMetricAdmin",
    "MarketingAssetAdmin",
    "PlatformReadingAdmin",
    "SuccessStoryLeadAdmin",
]
