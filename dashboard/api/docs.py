"""The API's documentation: Swagger UI, served from here, in the site's own frame."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase


class SwaggerPage(DocsBase):
    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        return render(request, "dashboard/api_docs.html", {"openapi_url": self.get_openapi_url(api, kwargs)})
