"""What this room puts on other rooms' pages: which rounds there are and where they stand, never an answer."""

from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.scope import scope_of
from monitoring import rules
from monitoring.actions.alarms import KIND
from monitoring.models import Attempt, Round
from monitoring.models.round import whose_rounds
from monitoring.queries import TAPS, call_rows
from monitoring.states import OPEN, PLANNED, REACHED, TAKEN_BACK, AnchorKind, Why
from workflows import clock, hooks
from workflows.hooks import Panel, Tale

MOST_ON_MY_DAY = 8
# What a row of the list of calls says of a round: its person has many more facts, and some are sealed.
CALLED_BY = (
    *("months", "state", "closes_on", "case__reference", "case__person__merged_into_id"),
    *(f"case__person__{name}" for name in ("called", "given_names", "family_name", "native_name", "born")),
)


def register() -> None:
    """Stand on the case page and on *My day*."""
    hooks.panels("case", follow_up_of)
    hooks.panels("my_day", alarms)
    hooks.panels("my_day", calls)


def follow_up_of(request: Any, case: Any) -> Panel | None:
    """The rounds of this case: when, where each stands, what a corrected date moved."""
    rounds = list(whose_rounds([case.pk]))
    open_rounds = [one for one in rounds if one.state in OPEN]
    reached = sum(one.state in REACHED for one in rounds)
    if not rounds:
        summary = _("Begins with counselling")
    elif open_rounds:
        summary = _("%(reached)s answered, the next on %(day)s") % {
            "reached": reached,
            "day": open_rounds[0].due_on.strftime("%d.%m.%Y"),
        }
    else:
        summary = _("%(reached)s of %(all)s answered") % {"reached": reached, "all": len(rounds)}
    may = scope_of(request.user)
    context = {
        "rounds": rounds,
        "moved": [one for one in rounds if one.state == PLANNED and one.moved_from],
        "ended": rules.why_following_ended(case, withdrew=False),
        "case": case,
        "may_call": may.may("monitoring.record_interview", case.office_id),
    }
    return Panel(
        _("Follow-up"),
        summary,
        "monitoring/panels/case.html",
        context,
        order=70,
        name="follow_up",
        track=_asked(rounds),
        tale=_tale(rounds),
    )


def _round_words(one: Round) -> str:
    """Which round it is, in a word or two."""
    if one.months == 0:
        return _("start")
    return ngettext("%(months)s month", "%(months)s months", one.months) % {"months": one.months}


def _questions(one: Round) -> str:
    """The round inside a sentence."""
    if one.months == 0:
        return _("the first questions")
    if one.schedule.kind == AnchorKind.WORK:
        return ngettext(
            "the questions after %(months)s month of work", "the questions after %(months)s months of work", one.months
        ) % {"months": one.months}
    return ngettext("the questions after %(months)s month", "the questions after %(months)s months", one.months) % {
        "months": one.months
    }


def _asked(rounds: list[Round]) -> dict[str, Any]:
    """The line of the rounds on the way so far: full where somebody answered, hollow where it is still ahead."""
    marks, said = [], []
    for one in rounds:
        if one.state in TAKEN_BACK or one.asked_with_id:
            continue
        kind = "full" if one.state in REACHED else "due" if one.state in OPEN else "notch"
        marks.append({"kind": kind, "on": one.due_on, "until": None, "words": _round_words(one)})
        said.append(f"{_round_words(one)}: {date_format(one.due_on, 'j M Y')}, {one.get_state_display()}.")
    return {"label": _("Asked"), "say": " ".join(said), "marks": marks}


def _tale(rounds: list[Round]) -> Tale:
    """What the story of a file tells of its rounds: that somebody was asked and how it ended, never what was answered."""
    by_stream = {one.stream: one for one in rounds}
    said = {
        "monitoring.invite": _("{who} asked {round} in writing."),
        "monitoring.hand_to_caseworker": _("{who} put {round} on the list of calls."),
        "monitoring.submit_answers": _("{who} answered {round}."),
        "monitoring.record_interview": _("{who} asked {round} by voice."),
        "monitoring.refuse": _("{who} would rather not answer {round}."),
        "monitoring.miss": _("{who} closed {round}: the time for them was over."),
        "monitoring.waive": _("{who} left out {round}."),
        "monitoring.log_attempt": _("{who} tried to reach the person for {round}."),
    }

    def say(event: Any, who: Any) -> Any:
        one = by_stream.get(event.stream)
        return format_html(said[event.verb], who=who, round=_questions(one)) if one else ""

    return Tale(tuple(by_stream), dict.fromkeys(said, "messages"), say)


def calls(request: Any, _obj: Any) -> Panel | None:
    """The calls that are mine, or nobody's at my offices: the next first."""
    if not scope_of(request.user).may("monitoring.log_attempt"):
        return None
    mine = Round.objects.visible_to(request.user).to_call().filter(case__caseworker=request.user)
    found = mine.with_attempts().select_related("case__person").only(*CALLED_BY).prefetch_related("case__person__reaches")
    rounds = list(found.order_by("closes_on", "pk")[: MOST_ON_MY_DAY + 1])
    if not rounds:
        return None
    rows = call_rows(rounds[:MOST_ON_MY_DAY])
    summary = ngettext("%(count)s call", "%(count)s calls", len(rows)) % {"count": len(rows)}
    context = {"rows": rows, "more": len(rounds) > MOST_ON_MY_DAY, "taps": TAPS}
    return Panel(
        _("Calls to make"),
        summary,
        "monitoring/panels/calls.html",
        context,
        order=40,
        name="calls",
        url=reverse("monitoring:calls"),
    )


def alarms(request: Any, day: Any) -> Panel | None:
    """What cannot wait: somebody said that they are in danger, and nobody is on it yet."""
    tasks = [task for task in day.from_other_rooms if task.kind == KIND] if day else []
    if not tasks:
        return None
    rounds = (
        Round.objects.not_barring(request.user).select_related("case__person").in_bulk([task.params["round"] for task in tasks])
    )
    found = {str(key): one for key, one in rounds.items()}
    rows = [(task, found[task.params["round"]]) for task in tasks if task.params["round"] in found]
    return Panel(_("Now"), "", "monitoring/panels/alarms.html", {"alarms": rows}, order=0, name="alarms")


def touch_of(one: Round) -> rules.Touch:
    """What would make one more effort worth it, from contacts alone: missed rounds, dead numbers, silence (promise 5.8)."""
    case = one.case
    missed = 0
    for why in Round.objects.filter(case=case, ended_at__isnull=False).order_by("-ended_at").values_list("why", flat=True):
        if why != Why.NOT_REACHED:
            break
        missed += 1
    dead = any(reach.dead_since for reach in case.person.reaches.all())
    wrong = Attempt.objects.filter(round__case=case, outcome="wrong_number").exists()
    silent = (clock.today() - case.last_contact_on).days if case.last_contact_on else 0
    return rules.Touch(missed_in_a_row=missed, number_dead=dead or wrong, silent_days=silent)
