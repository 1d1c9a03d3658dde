"""No secret leaves in a text, whatever sentence stands around it."""

import pytest

from trender.masking import mask

# Put together here, so that nothing that looks like a token stands in the source.
TAIL = "AbCd1234" * 5
TOKENS = [f"ghp_{TAIL}", f"gho_{TAIL}", f"ghs_{TAIL}.x-y_z", f"github_pat_{TAIL}_{TAIL}", f"rnd_{TAIL}"]


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("sentence", ["{}", "token={}.", 'header "{}"', "https://{}@github.com/a/b", "a,{},b"])
def test_what_looks_like_a_token_is_hidden(token, sentence):
    assert TAIL not in mask(sentence.format(token))


def test_what_is_left_says_which_kind_of_token_it_was():
    assert mask(f"refused {TOKENS[0]}") == "refused ghp_***"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Authorization: Bearer abcdef123", "Authorization: Bearer ***"),
        ("authorization: token abcdef123", "authorization: token ***"),
        ("postgres://trender:pass word", "postgres://trender:pass word"),
        ("postgres://trender:secret@db:5432/trender", "postgres://trender:***@db:5432/trender"),
    ],
)
def test_headers_and_passwords_in_addresses_are_hidden(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text", ["go succeeded in 3.1 s", "rank 7 of 450", "https://github.com/a/ghp_", "0f3c" * 10, "a bearer of news"]
)
def test_other_texts_stay_as_they_are(text):
    assert mask(text) == text


def test_the_values_of_the_settings_are_hidden_whatever_they_look_like(settings):
    settings.GITHUB_TOKENS = ("odd-looking", "longer-odd-looking")
    settings.RENDER_API_KEY = "plain-words"
    settings.TRENDER_ALERT_WEBHOOK = "https://hooks.example/T/B/x"
    text = "longer-odd-looking odd-looking plain-words https://hooks.example/T/B/x"
    assert mask(text) == "*** *** *** ***"


def test_a_short_value_does_not_eat_ordinary_words(settings):
    settings.GITHUB_TOKENS = ("run",)
    assert mask("the run ended") == "the run ended"
