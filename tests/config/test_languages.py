"""The languages: which are offered, which way they run, and how each writes its days and figures."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation
from django.utils.translation import gettext, ngettext

from config.templatetags import look
from tools import translations

BASE = Path(__file__).resolve().parents[2]


def test_three_languages_are_offered():
    assert [code for code, _name in settings.LANGUAGES] == ["en", "fr", "ar"]


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
def test_a_page_runs_the_way_its_language_is_read(client, language, direction):
    page = client.get("/account/login/", headers={"accept-language": language}).content.decode()
    assert f'<html lang="{language}" dir="{direction}"' in page


def test_months_in_arabic_are_those_that_tunisia_says():
    with translation.override("ar"):
        said = [look.day(dt.date(2024, month, 14)) for month in range(1, 13)]
        long = look.long_day(dt.date(2026, 5, 14))
    months = ["جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان", "جويلية", "أوت", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"]
    assert said == [f"14 {month} 2024" for month in months]
    assert long == "الخميس 14 ماي"


def test_every_pattern_of_a_date_says_the_same_month():
    with translation.override("ar"):
        for pattern in ("M", "F", "N", "E"):
            assert Template(f'{{{{ on|date:"{pattern}" }}}}').render(Context({"on": dt.date(2026, 7, 2)})) == "جويلية"


def test_figures_in_arabic_are_western_and_grouped():
    with translation.override("ar"):
        assert re.sub(r"<[^>]+>", "", str(look.money(3_354_400, "TND"))) == "3.354,400"
        assert look._grouped(Decimal(48_120)) == "48.120"


@pytest.mark.parametrize(
    ("days", "said"),
    [(1, "متأخّر بيوم"), (2, "متأخّر بيومين"), (3, "متأخّر 3 أيام"), (11, "متأخّر 11 يوما"), (100, "متأخّر 100 يوم")],
)
def test_arabic_counts_in_its_own_forms(days, said):
    with translation.override("ar"):
        assert ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days} == said


def test_what_stands_on_a_page_of_a_case_is_in_arabic():
    with translation.override("ar"):
        assert gettext("My day") == "يومي"
        assert gettext("Next") == "الخطوة القادمة"


@pytest.mark.parametrize(
    "file", sorted(BASE.glob("*/locale/*/LC_MESSAGES/django.po")), ids=lambda file: "-".join(file.parts[-5:-2])
)
def test_no_translation_loses_a_placeholder(file):
    assert [fault for entry in polib.pofile(str(file)) for fault in translations.faults_of(entry)] == []


@pytest.mark.parametrize("file", sorted(BASE.glob("*/locale/ar/LC_MESSAGES/django.po")), ids=lambda file: file.parts[-5])
def test_arabic_has_six_forms_of_a_number_and_says_each(file):
    catalogue = polib.pofile(str(file))
    assert catalogue.metadata["Plural-Forms"].startswith("nplurals=6;")
    assert [e.msgid for e in catalogue if e.msgid_plural and not all(e.msgstr_plural.get(form) for form in range(6))] == []
