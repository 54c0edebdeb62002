"""The living style guide: every part of docs/look.md on one page, with invented people. For those who build, and administrators."""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from config.context import FrontDoor
from config.templatetags.look import SHAPES
from workflows import clock


class Example(forms.Form):
    """One question of every kind."""

    said = forms.CharField(label=_("Name, as you say it"), initial="Khalid Belhadj")
    written = forms.CharField(label=_("Name on your papers"), initial="خالد بلحاج")
    phone = forms.CharField(label=_("Phone"), initial="+216 00 000 387", widget=forms.TextInput(attrs={"type": "tel"}))
    back_on = forms.CharField(label=_("Day you came back"), initial="31/04/2026")
    language = forms.ChoiceField(
        label=_("Language you like to speak"), choices=[("aeb", "Derja"), ("ti", "Tigrinya"), ("fr", "Français")]
    )
    paper = forms.FileField(label=_("A paper"), help_text=_("PDF or a photograph, 5 MB at most"), required=False)
    today = forms.MultipleChoiceField(
        label=_("Today you need"),
        choices=[("bed", _("Bed")), ("food", _("Food")), ("ride", _("Ride")), ("card", _("Phone card"))],
        widget=forms.CheckboxSelectMultiple,
        initial=["ride"],
    )
    buyers = forms.ChoiceField(
        label=_("Is there someone who will buy?"),
        choices=[("1", _("No customers named")), ("3", _("Some asked, answers written down")), ("5", _("Written orders"))],
        widget=forms.RadioSelect,
        initial="3",
    )
    late = forms.BooleanField(label=_("Overdue only"), required=False)
    words = forms.CharField(
        label=_("Why, in a few words"), widget=forms.Textarea(attrs={"rows": 3}), help_text=_("She may read it, without your name.")
    )


def _icons() -> list[str]:
    drawn = (Path(__file__).parent / "static" / "icons.svg").read_text()
    return [part.split('"')[0] for part in drawn.split('<symbol id="')[1:]]


def _tracks(today: dt.date) -> list[dict[str, Any]]:
    def day(days: int) -> dt.date:
        return today + dt.timedelta(days=days)

    return [
        {
            "label": _("Arrived"),
            "say": _("Arrived in November. Plan agreed five weeks later."),
            "marks": [
                {"kind": "span", "on": day(-190), "until": day(-150)},
                {"kind": "full", "on": day(-190)},
                {"kind": "notch", "on": day(-150), "words": _("plan agreed")},
            ],
        },
        {
            "label": _("Training"),
            "say": _("Refrigeration, twelve weeks, passed."),
            "marks": [
                {"kind": "span", "on": day(-130), "until": day(-48)},
                {"kind": "notch", "on": day(-48), "words": _("passed")},
            ],
        },
        {
            "label": _("Work"),
            "say": _("Works since spring; a second contract is promised."),
            "marks": [
                {"kind": "run", "on": day(-40), "until": today},
                {"kind": "ahead", "on": today, "until": day(60), "words": _("second contract")},
            ],
        },
        {
            "label": _("Asked"),
            "say": _("At the start and at 3 months, answered. The next is due in four weeks."),
            "marks": [
                {"kind": "full", "on": day(-180), "words": _("start")},
                {"kind": "full", "on": day(-63), "words": _("3 months")},
                {"kind": "due", "on": day(29), "words": _("6 months")},
                {"kind": "due", "on": day(150)},
            ],
        },
        {
            "label": _("Last days"),
            "say": _("In 25 days, receipts. In 140 days, the award lapses."),
            "marks": [
                {"kind": "last", "on": day(25), "words": _("receipts")},
                {"kind": "last", "on": day(140), "words": _("award lapses")},
            ],
        },
    ]


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Every part at once; 404 for whoever has no business here."""
    if not (settings.DEBUG or "administrator" in FrontDoor(request).roles):
        raise Http404
    today = clock.today()
    wrong = Example(
        {
            "back_on": "31/04/2026",
            "language": "aeb",
            "said": "Khalid Belhadj",
            "written": "خالد بلحاج",
            "phone": "1",
            "today": ["ride"],
        }
    )
    wrong.add_error("back_on", _("April has 30 days. If the day is not known, write the month."))
    blocked = SimpleNamespace(
        name="pay_second_part",
        label=_("Pay the second part"),
        status="blocked",
        why="",
        blockers=[
            SimpleNamespace(
                sentence=_("The quote for the compressor is 104 days old; the fund takes 90."),
                link="#",
                link_label=_("Ask for a new one"),
            ),
            SimpleNamespace(sentence=_("Receipts for the first part are missing."), link="#", link_label=_("Add receipts")),
        ],
    )
    theirs = SimpleNamespace(
        name="approve", label=_("Approve the payment"), status="not_yours", why=_("Hana approves payments. Ask her."), blockers=[]
    )
    return render(
        request,
        "gallery.html",
        {
            "form": Example(),
            "wrong": wrong,
            "icons": _icons(),
            "shapes": [
                (shape, word)
                for shape, word in zip(
                    SHAPES, ("Referred", "Intake", "Counselling", "Training", "Funded", "On hold", "Closed"), strict=True
                )
            ],
            "blocked": [blocked, theirs],
            "tracks": _tracks(today),
            "days": [today + dt.timedelta(days=days) for days in (-6, -1, 0, 1, 4, 9, 25, 120)],
            "now": clock.now(),
            "swatches": [
                "wall",
                "sheet",
                "shade",
                "ink",
                "ink-2",
                "ink-3",
                "door",
                "door-deep",
                "door-wash",
                "madder",
                "madder-wash",
                "ochre",
                "ochre-wash",
                "edge",
                "line",
            ],
            "parts": [
                {"label": _("Name"), "here": "Khalid Belhadj", "there": "Khaled Belhaj", "word": _("sounds alike"), "same": False},
                {"label": _("On papers"), "here": "خالد بلحاج", "there": "خالد بلحاج", "word": _("same"), "same": True},
                {"label": _("Phone"), "here": "+216 00 000 387", "there": "+216 00 000 387", "word": _("same"), "same": True},
                {"label": _("Born"), "here": "1992", "there": "1994", "word": _("near"), "same": False},
            ],
        },
    )
