"""The monthly blog draft: which month, its facts, the text, and keeping it without touching what a person wrote."""

from marketing.blog.draft import draft_month

__all__ = ["draft_month"]
