"""A pasted render.yaml, looked over. The text lives as long as the answer takes: it is neither stored nor logged."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dashboard.og import open_graph
from marketing.linting.example import EXAMPLE, EXAMPLE_NAME
from marketing.linting.report import lint as looked_over
from pipeline.detection.untrusted_yaml import MAX_YAML_BYTES

TITLE = "Check a render.yaml"
WORDS = "Paste a render.yaml: what it declares, who talks to whom, and what Render would refuse or ignore."
TOO_LONG = f"The text is longer than {MAX_YAML_BYTES // 1024} KB and was not looked at."
# Percent-encoding makes a text up to three times as long on its way.
MOST_BODY_BYTES = 4 * MAX_YAML_BYTES


class PastedFile(forms.Form):
    """The text of a render.yaml and what to call it."""

    text = forms.CharField(strip=False, error_messages={"required": "Paste the text of a render.yaml first."})
    name = forms.CharField(required=False, max_length=200)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if len(text.replace("\r\n", "\n").encode("utf-8", "replace")) > MAX_YAML_BYTES:
            raise forms.ValidationError(TOO_LONG)
        return text


# The token is asked for in `answered`: here the length is looked at before anything of the body is read.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(no_store=True)
def lint(request: HttpRequest) -> HttpResponse:
    """An empty form, an example in it (?example=1), or what there is to say of a posted text."""
    if _length(request) > MOST_BODY_BYTES:
        return page(request, PastedFile(), refused=TOO_LONG, status=413)
    return answered(request)


@csrf_protect
@sensitive_post_parameters()
def answered(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        wants_example = request.GET.get("example") == "1"
        return page(request, PastedFile(initial={"text": EXAMPLE, "name": EXAMPLE_NAME} if wants_example else {}))
    form = PastedFile(request.POST)
    if not form.is_valid():
        return page(request, form, status=400)
    return page(request, form, report=looked_over(form.cleaned_data["text"]))


def page(request: HttpRequest, form: PastedFile, status: int = 200, **context: object) -> HttpResponse:
    heading = {"section": "render", "heading": TITLE, "form": form} | open_graph(
        TITLE, WORDS, "render", "/render/lint/"
    )
    return render(request, "marketing/lint.html", heading | {"words": WORDS} | context, status=status)


def _length(request: HttpRequest) -> int:
    stated = request.META.get("CONTENT_LENGTH") or "0"
    return int(stated) if str(stated).isdecimal() else 0
