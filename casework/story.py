"""What happened, in sentences: one wording for every verb of a case and of its person, the actor first, in the past tense.

An event holds ids and codes; the names behind them are fetched for a whole page at once. Nothing of a safety or protection
change is ever told, and who may not read notes is told no words, no reasons and no topics.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from accounts.models import Office, User
from casework import states
from casework.models import (
    Application,
    Appointment,
    Case,
    Cost,
    Course,
    Document,
    Enrolment,
    FirstAid,
    Person,
    Placement,
    Promise,
)
from casework.models.consent import Answer, Purpose
from casework.notices import TASKS
from casework.rules import in_money
from workflows import clock
from workflows.hooks import Tale
from workflows.machine import state_names
from workflows.models import Event, Note
from workflows.partial import PartialDate

KINDS: Mapping[str, Any] = {
    "talks": pgettext_lazy("kinds of things that happened", "Talks"),
    "money": pgettext_lazy("kinds of things that happened", "Money"),
    "work": pgettext_lazy("kinds of things that happened", "Work"),
    "messages": pgettext_lazy("kinds of things that happened", "Messages"),
    "changes": pgettext_lazy("kinds of things that happened", "Changes"),
}
"""The filter above the story; every verb is of one kind."""

NEVER_TOLD = ("casework.restricted_change",)
PAGE = 20


# ——— names behind ids ———

_COLUMNS = ("kind", "key", "a", "b", "c", "d", "e", "f")


@dataclass(frozen=True)
class Row:
    """One row of whatever table, as text: what it is, its key, and up to six columns."""

    kind: str
    key: str
    a: str = ""
    b: str = ""
    c: str = ""
    d: str = ""
    e: str = ""
    f: str = ""


def as_rows(kind: str, found: QuerySet[Any], *columns: str) -> QuerySet[Any]:
    """`found` as rows of text that can stand in one query with rows of other tables."""
    texts: list[Any] = [Cast(F(name), TextField()) for name in columns]
    texts += [Value("", TextField()) for _none in range(len(_COLUMNS) - 2 - len(columns))]
    named = dict(zip((f"_{name}" for name in _COLUMNS[2:]), texts, strict=True))
    return (
        found.order_by()
        .annotate(_kind=Value(kind, CharField()), _key=Cast("pk", TextField()), **named)
        .values_list("_kind", "_key", *named)
    )


def gathered(parts: Iterable[QuerySet[Any]]) -> list[Row]:
    """The rows of many tables in one query; in no order."""
    queries = list(parts)
    if not queries:
        return []
    rows = queries[0].union(*queries[1:], all=True) if len(queries) > 1 else queries[0]
    return [Row(*("" if part is None else str(part) for part in row)) for row in rows]


def _key(of: Any) -> str:
    # SQLite keeps a UUID without its dashes.
    return str(of).replace("-", "")


_SOURCES: Mapping[str, tuple[Callable[[], QuerySet[Any]], tuple[str, ...]]] = {
    "user": (lambda: User.objects.all(), ("short_name", "name")),
    "office": (lambda: Office.objects.all(), ("name",)),
    "course": (lambda: Course.objects.all(), ("title", "provider__name")),
    "enrolment": (lambda: Enrolment.objects.all(), ("course__title", "course__provider__name")),
    "placement": (lambda: Placement.objects.all(), ("employer__name", "occupation")),
    "application": (lambda: Application.objects.all(), ("vacancy__title", "vacancy__employer__name")),
    "appointment": (lambda: Appointment.objects.all(), ("starts_at",)),
    "cost": (lambda: Cost.objects.all(), ("what",)),
    "document": (lambda: Document.objects.all(), ("title",)),
    "first_aid": (lambda: FirstAid.objects.all(), ("for_whom",)),
    "promise": (lambda: Promise.objects.all(), ("what",)),
}
_FACTS = {
    "caseworker": "user",
    "to": "office",
    "course": "course",
    "enrolment": "enrolment",
    "placement": "placement",
    "application": "application",
    "appointment": "appointment",
    "cost": "cost",
    "document": "document",
    "promise": "promise",
}
"""Which table an id in an event is of."""


@dataclass(frozen=True)
class Reads:
    """What a reader of one file may read of it."""

    notes: bool = False
    restricted_notes: bool = False
    protection: bool = False
    money: bool = False
    flags: bool = False

    @classmethod
    def of(cls, scope: Any, office_id: Any) -> "Reads":
        """By the roles held at the office of the file."""
        return cls(**{name: scope.reads(name, office_id) for name in cls.__dataclass_fields__})

    @property
    def audiences(self) -> list[str]:
        """The audiences of notes that are open to this reader."""
        of = {Note.FILE: self.notes, Note.RESTRICTED: self.restricted_notes, Note.PROTECTION: self.protection}
        return [audience for audience, may in of.items() if may]


# ——— one event ———


@dataclass
class Told:
    """One event while it is put into words: who, what the ids mean, and what its reader may know."""

    event: Event
    facts: Mapping[str, Any]
    body: Mapping[str, Any]
    case: Case
    reads: Reads
    names: Mapping[tuple[str, str], Row] = field(repr=False)

    @property
    def who(self) -> SafeString:
        """The actor, by the name that colleagues use."""
        match self.event.actor_kind:
            case "user":
                return name(called(self.names.get(("user", _key(self.event.actor_id)))))
            case "link":
                return self.person
        return name(_("The system"))

    @property
    def by_machine(self) -> bool:
        return self.event.actor_kind == "system"

    @property
    def person(self) -> SafeString:
        return name(first_name(self.case))

    def row(self, fact: str) -> Row:
        """The row that a fact names; an empty one when it is not there any more."""
        kind = _FACTS[fact]
        return self.names.get((kind, _key(self.facts.get(fact, ""))), Row(kind, ""))

    def day(self, fact: str) -> str:
        return day(self.facts.get(fact))

    def why(self, choices: Any, fact: str = "reason") -> SafeString:
        """ ": a reason", for those who may read it."""
        word = dict(choices.choices).get(self.facts.get(fact) or "") if self.reads.notes else None
        return after(word)

    def money(self, fact: str = "amount") -> SafeString:
        """ ", 38.500 TND", for those who read amounts."""
        amount = self.facts.get(fact)
        if not amount or not (self.reads.money or self.reads.notes):
            return SafeString("")
        return format_html(", <bdi>{}</bdi>", in_money(amount, self.facts.get("currency", "")))


def first_name(case: Case) -> str:
    """What the office calls the person."""
    who = case.person
    return (who.given_names or who.called).partition(" ")[0] or who.name


def name(words: Any) -> SafeString:
    """A name in a sentence, kept whole whatever the direction around it."""
    return format_html("<bdi>{}</bdi>", words)


def called(user: Row | None) -> str:
    if user is None:
        return str(_("Somebody"))
    return user.a or user.b.partition(" ")[0]


def after(word: Any) -> SafeString:
    """ ": word" with a small first letter, or nothing."""
    return format_html(pgettext("what stands behind a sentence", ": {}"), small(word).rstrip(".?؟ ")) if word else SafeString("")


def small(word: Any) -> str:
    """A label inside a sentence; a word in capitals stays as it is."""
    text = str(word)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def day(value: Any) -> str:
    """A day as it is known: "14 May" in this year, "14 May 2025" in another, "May 2025", "2025"; "" for none."""
    if not value:
        return ""
    known = value if isinstance(value, PartialDate) else PartialDate.parse(str(value)[:10])
    if known.known == "year":
        return str(known.year)
    if known.known == "month":
        return date_format(known.earliest, "F Y")
    month = "j b" if get_language() == "fr" else "j M"  # A month has no capital in French.
    return date_format(known.earliest, month if known.year == clock.today().year else f"{month} Y")


def moment(value: str) -> dt.datetime | None:
    """A point in time from its text in either database, where the office is."""
    if not value:
        return None
    found = dt.datetime.fromisoformat(value)
    return timezone.localtime(found if found.tzinfo else found.replace(tzinfo=dt.UTC))


def say(template: str, **parts: Any) -> SafeString:
    """The sentence with its parts, each escaped on its own."""
    return format_html(template, **parts)


_TOLD: dict[str, tuple[str, Callable[[Told], SafeString | str]]] = {}
Teller = Callable[[Told], SafeString | str]


def _tells(verb: str, kind: str) -> Callable[[Teller], Teller]:
    def keep(fn: Teller) -> Teller:
        _TOLD[f"casework.{verb}"] = (kind, fn)
        return fn

    return keep


def verbs_told() -> Mapping[str, str]:
    """Every verb that has a wording, with its kind."""
    return {verb: kind for verb, (kind, _fn) in _TOLD.items()}


# ——— the way ———


@_tells("refer", "changes")
def _refer(of: Told) -> SafeString:
    sender = name(of.case.sender) if of.case.sender else ""
    if of.by_machine or of.facts.get("list"):
        said = say(_("{sender} referred {person}."), sender=sender, person=of.person) if sender else say(
            _("{person} was referred."), person=of.person
        )  # fmt: skip
    else:
        said = say(_("{who} referred {person}."), who=of.who, person=of.person)
    expected = of.day("expected") if not of.facts.get("arrived") else ""
    return say(_("{said} Expected on {day}."), said=said, day=expected) if expected else said


@_tells("confirm_arrival", "changes")
def _confirm_arrival(of: Told) -> SafeString:
    return say(_("{who} confirmed that {person} arrived on {day}."), who=of.who, person=of.person, day=of.day("arrived"))


@_tells("correct_arrival", "changes")
def _correct_arrival(of: Told) -> SafeString:
    before = of.day("before")
    if before:
        return say(_("{who} corrected the arrival from {before} to {day}."), who=of.who, before=before, day=of.day("arrived"))
    return say(_("{who} corrected the arrival to {day}."), who=of.who, day=of.day("arrived"))


@_tells("assign_caseworker", "changes")
def _assign_caseworker(of: Told) -> SafeString:
    if _key(of.facts.get("caseworker")) == _key(of.event.actor_id):
        return say(_("{who} took the file."), who=of.who)
    return say(_("{who} gave the file to {other}."), who=of.who, other=name(called(of.row("caseworker"))))


@_tells("open_intake", "changes")
def _open_intake(of: Told) -> SafeString:
    return say(_("{who} began the intake."), who=of.who)


@_tells("begin_counselling", "changes")
def _begin_counselling(of: Told) -> SafeString:
    if of.facts.get("with_interpreter"):
        return say(_("{who} began counselling, with an interpreter."), who=of.who)
    return say(_("{who} began counselling."), who=of.who)


@_tells("back_to_counselling", "changes")
def _back_to_counselling(of: Told) -> SafeString:
    return say(_("{who} went back to counselling{why}."), who=of.who, why=of.why(states.Back))


@_tells("put_on_hold", "changes")
def _put_on_hold(of: Told) -> SafeString:
    return say(
        _("{who} put the file on hold until {day}{why}."), who=of.who, day=of.day("review_on"), why=of.why(states.HoldReason)
    )


@_tells("resume", "changes")
def _resume(of: Told) -> SafeString:
    return say(_("{who} took the file up again."), who=of.who)


@_tells("set_last_day", "changes")
def _set_last_day(of: Told) -> SafeString:
    return say(_("{who} set a last day, {day}{why}."), who=of.who, day=of.day("due_on"), why=after(_last_day(of.facts.get("kind"))))


def _last_day(kind: Any) -> Any:
    return dict(states.LastDay.choices).get(str(kind or "").removeprefix("last_day."))


@_tells("add_task", "changes")
def _add_task(of: Told) -> SafeString:
    return say(_("{who} noted a task for {day}."), who=of.who, day=of.day("due_on"))


@_tells("complete_task", "changes")
def _complete_task(of: Told) -> SafeString:
    what = TASKS.get(of.facts.get("kind", "")) if of.facts.get("kind") != "casework.own_words" and of.reads.notes else None
    return say(_("{who} did a task{what}."), who=of.who, what=after(what))


# ——— the plan ———


def _version(of: Told) -> str:
    return str(_("version %(number)s") % {"number": of.facts.get("number", "")})


@_tells("draft_plan", "changes")
def _draft_plan(of: Told) -> SafeString:
    return say(_("{who} wrote the plan, {version}{money}."), who=of.who, version=_version(of), money=of.money("total"))


@_tells("approve_plan", "changes")
def _approve_plan(of: Told) -> SafeString:
    return say(_("{who} approved the plan, {version}, as the second person."), who=of.who, version=_version(of))


@_tells("turn_down_proposal", "changes")
def _turn_down_proposal(of: Told) -> SafeString:
    if of.facts.get("what") == "approve_plan":
        return say(_("{who} turned down the plan that waited for a second person."), who=of.who)
    return say(_("{who} turned down the closing that was proposed."), who=of.who)


@_tells("agree_plan", "talks")
def _agree_plan(of: Told) -> SafeString:
    if not of.facts.get("in_force"):
        return say(
            _("{who} and {person} did not agree on the plan, {version}."), who=of.who, person=of.person, version=_version(of)
        )
    if of.facts.get("person") == states.Mark.RESERVATIONS:
        return say(
            _("{who} and {person} agreed the plan, {version}, with a reservation."),
            who=of.who,
            person=of.person,
            version=_version(of),
        )
    return say(_("{who} and {person} agreed the plan, {version}."), who=of.who, person=of.person, version=_version(of))


@_tells("keep_promise", "changes")
def _keep_promise(of: Told) -> SafeString:
    what = after(of.row("promise").a) if of.reads.notes else ""
    if of.facts.get("whose") == states.PromiseBy.PERSON:
        return say(_("{who} saw that {person} kept a promise{what}."), who=of.who, person=of.person, what=what)
    return say(_("{who} kept a promise{what}."), who=of.who, what=what)


# ——— talks ———


def _how(of: Told) -> SafeString:
    word = dict(states.Meeting.choices).get(of.facts.get("how") or "")
    return format_html(", {}", small(word)) if word and of.facts.get("how") != states.Meeting.ELSEWHERE else SafeString("")


def _when(of: Told) -> str:
    at = moment(of.row("appointment").a or str(of.facts.get("starts_at") or ""))
    return f"{day(at.date())}, {at:%H:%M}" if at else ""


@_tells("book_session", "talks")
def _book_session(of: Told) -> SafeString:
    return say(_("{who} booked a talk for {when}{how}."), who=of.who, when=_when(of), how=_how(of))


@_tells("cancel_session", "talks")
def _cancel_session(of: Told) -> SafeString:
    return say(_("{who} cancelled the talk of {when}."), who=of.who, when=_when(of))


@_tells("record_session", "talks")
def _record_session(of: Told) -> SafeString:
    topics = [small(word) for code, word in states.Topic.choices if code in of.facts.get("topics", ())] if of.reads.notes else []
    about = after(_(", ").join(topics)) if topics else ""
    return say(_("{who} and {person} talked{how}{about}."), who=of.who, person=of.person, how=_how(of), about=about)


@_tells("record_no_show", "talks")
def _record_no_show(of: Told) -> SafeString:
    why = of.why(states.NoShowReason)
    return say(_("{who} waited; {person} did not come{why}."), who=of.who, person=of.person, why=why)


@_tells("correct_session", "talks")
def _correct_session(of: Told) -> SafeString:
    if of.facts.get("struck"):
        return say(_("{who} struck out a talk that was recorded by mistake."), who=of.who)
    return say(_("{who} corrected the record of a talk."), who=of.who)


@_tells("log_attempt", "messages")
def _log_attempt(of: Told) -> SafeString:
    if of.facts.get("result") == states.Reached.REACHED:
        return say(_("{who} reached {person}."), who=of.who, person=of.person)
    came = after(dict(states.Reached.choices).get(of.facts.get("result") or ""))
    return say(_("{who} tried to reach {person}{came}."), who=of.who, person=of.person, came=came)


@_tells("write_note", "talks")
def _write_note(of: Told) -> SafeString:
    return say(_("{who} wrote a note."), who=of.who)


# ——— skills, training ———


@_tells("record_profile", "work")
def _record_profile(of: Told) -> SafeString:
    return say(_("{who} wrote down what {person} can do."), who=of.who, person=of.person)


def _course(of: Told) -> SafeString:
    row = of.row("enrolment")
    return say(_("{course} at {centre}"), course=name(row.a), centre=name(row.b)) if row.b else name(row.a or _("a course"))


@_tells("enrol", "work")
def _enrol(of: Told) -> SafeString:
    if of.facts.get("confirmed"):
        return say(_("{who} enrolled {person} in {course}."), who=of.who, person=of.person, course=_course(of))
    return say(_("{who} asked for a place in {course}."), who=of.who, course=_course(of))


@_tells("confirm_enrolment", "work")
def _confirm_enrolment(of: Told) -> SafeString:
    return say(_("{who} confirmed the place in {course}."), who=of.who, course=_course(of))


@_tells("start_training", "work")
def _start_training(of: Told) -> SafeString:
    return say(_("{who} wrote down that the training began."), who=of.who)


@_tells("record_attendance", "work")
def _record_attendance(of: Told) -> SafeString:
    there, missed = of.facts.get("present", 0), of.facts.get("absent", 0)
    days = ngettext("%(days)s day there", "%(days)s days there", there) % {"days": there}
    away = ngettext("%(days)s day missed", "%(days)s days missed", missed) % {"days": missed}
    return say(
        _("{who} wrote down who came to {course}: {days}."),
        who=of.who,
        course=_course(of),
        days=f"{days}, {away}" if missed else days,
    )


@_tells("complete_course", "work")
def _complete_course(of: Told) -> SafeString:
    if of.facts.get("certificate"):
        return say(_("{who} saw {person} finish {course}, with a certificate."), who=of.who, person=of.person, course=_course(of))
    return say(_("{who} saw {person} finish {course}."), who=of.who, person=of.person, course=_course(of))


@_tells("drop_out", "work")
def _drop_out(of: Told) -> SafeString:
    return say(
        _("{who} wrote down that {person} left {course}{why}."),
        who=of.who, person=of.person, course=_course(of), why=of.why(states.DropOut),
    )  # fmt: skip


@_tells("correct_enrolment", "work")
def _correct_enrolment(of: Told) -> SafeString:
    return say(_("{who} struck out an enrolment in {course} that was recorded by mistake."), who=of.who, course=_course(of))


# ——— work ———


def _work(of: Told) -> SafeString:
    row = of.row("placement")
    return say(_("{work} at {employer}"), work=name(small(row.b)), employer=name(row.a)) if row.a else name(_("a job"))


@_tells("begin_job_search", "work")
def _begin_job_search(of: Told) -> SafeString:
    return say(_("{who} began the search for work."), who=of.who)


@_tells("begin_start_up", "work")
def _begin_start_up(of: Told) -> SafeString:
    return say(_("{who} began the work on a business."), who=of.who)


@_tells("record_first_payment", "money")
def _record_first_payment(of: Told) -> SafeString:
    return say(_("The first payment of the business reached {person} on {day}."), person=of.person, day=of.day("paid_on"))


@_tells("apply_for_vacancy", "work")
def _apply_for_vacancy(of: Told) -> SafeString:
    row = of.row("application")
    return say(
        _("{who} wrote down that {person} asked for work as {work} at {employer}."),
        who=of.who, person=of.person, work=name(small(row.a)), employer=name(row.b),
    )  # fmt: skip


@_tells("record_employer_answer", "work")
def _record_employer_answer(of: Told) -> SafeString:
    answer = after(dict(states.ApplicationState.choices).get(of.facts.get("answer") or ""))
    return say(_("{who} heard from {employer}{answer}."), who=of.who, employer=name(of.row("application").b), answer=answer)


@_tells("record_placement", "work")
def _record_placement(of: Told) -> SafeString:
    return say(_("{who} wrote down that {person} works as {work} since {day}."), who=of.who, person=of.person, work=_work(of),
               day=of.day("started_on"))  # fmt: skip


@_tells("confirm_placement", "work")
def _confirm_placement(of: Told) -> SafeString:
    how = after(dict(states.KnownBy.choices).get(of.facts.get("how") or ""))
    return say(_("{who} confirmed the work as {work}{how}."), who=of.who, work=_work(of), how=how)


@_tells("end_placement", "work")
def _end_placement(of: Told) -> SafeString:
    return say(
        _("{who} wrote down that the work as {work} ended on {day}{why}."),
        who=of.who, work=_work(of), day=of.day("ended_on"), why=of.why(states.PlacementEnd),
    )  # fmt: skip


@_tells("correct_placement", "work")
def _correct_placement(of: Told) -> SafeString:
    return say(_("{who} corrected the record of work as {work}."), who=of.who, work=_work(of))


# ——— help, papers, money ———


@_tells("give_first_aid", "money")
def _give_first_aid(of: Told) -> SafeString:
    what = after(dict(states.AidKind.choices).get(of.facts.get("kind") or ""))
    return say(_("{who} gave first aid{what}{money}."), who=of.who, what=what, money=of.money())


@_tells("add_document", "changes")
def _add_document(of: Told) -> SafeString:
    if not of.reads.notes:
        return say(_("{who} noted a paper."), who=of.who)
    what = small(of.row("document").a or dict(states.DocumentKind.choices).get(of.facts.get("kind") or "", ""))
    if absent := of.facts.get("absent"):
        why = after(dict(Document._meta.get_field("absent_because").flatchoices).get(absent))
        return say(_("{who} noted that there is no {paper}{why}."), who=of.who, paper=what, why=why)
    return say(_("{who} saw a paper: {paper}."), who=of.who, paper=what)


@_tells("book_cost", "money")
def _book_cost(of: Told) -> SafeString:
    what = of.row("cost").a or dict(states.CostCategory.choices).get(of.facts.get("category") or "", "")
    return say(_("{who} booked a cost{what}{money}."), who=of.who, what=after(what), money=of.money())


@_tells("correct_cost", "money")
def _correct_cost(of: Told) -> SafeString:
    return say(_("{who} struck out a cost{what}{money}."), who=of.who, what=after(of.row("cost").a), money=of.money())


# ——— another office ———


@_tells("offer_transfer", "changes")
def _offer_transfer(of: Told) -> SafeString:
    return say(_("{who} offered the file to the office of {office}."), who=of.who, office=name(of.row("to").a))


@_tells("accept_transfer", "changes")
def _accept_transfer(of: Told) -> SafeString:
    return say(_("{who} took the file over for another office."), who=of.who)


@_tells("return_transfer", "changes")
def _return_transfer(of: Told) -> SafeString:
    return say(_("{who} ended the offer: the file stays where it is."), who=of.who)


# ——— endings ———


@_tells("decline_referral", "changes")
def _decline_referral(of: Told) -> SafeString:
    return say(_("{who} declined the referral{why}."), who=of.who, why=of.why(states.Outcome, "outcome"))


@_tells("record_not_departed", "changes")
def _record_not_departed(of: Told) -> SafeString:
    return say(_("{who} wrote down that {person} did not depart."), who=of.who, person=of.person)


@_tells("close_case", "changes")
def _close_case(of: Told) -> SafeString:
    return say(_("{who} closed the file{why}."), who=of.who, why=of.why(states.Outcome, "outcome"))


@_tells("propose_closing", "changes")
def _propose_closing(of: Told) -> SafeString:
    return say(_("{who} proposed to close the file{why}. Another person signs."), who=of.who, why=of.why(states.Outcome, "outcome"))


@_tells("sign_closing", "changes")
def _sign_closing(of: Told) -> SafeString:
    return say(_("{who} signed the closing as the second person{why}."), who=of.who, why=of.why(states.Outcome, "outcome"))


@_tells("close_as_merged", "changes")
def _close_as_merged(of: Told) -> SafeString:
    return say(_("{who} closed the file: another tells the same return."), who=of.who)


@_tells("record_death", "changes")
def _record_death(of: Told) -> SafeString:
    if on := of.day("died_on"):
        return say(_("{who} recorded that {person} died on {day}. Everything stands still."), who=of.who, person=of.person, day=on)
    return say(_("{who} recorded that {person} died. Everything stands still."), who=of.who, person=of.person)


@_tells("confirm_death", "changes")
def _confirm_death(of: Told) -> SafeString:
    return say(_("{who} confirmed the death."), who=of.who)


@_tells("undo_death", "changes")
def _undo_death(of: Told) -> SafeString:
    return say(_("{who} took back the record of a death."), who=of.who)


@_tells("reopen_case", "changes")
def _reopen_case(of: Told) -> SafeString:
    return say(_("{who} opened the file again."), who=of.who)


# ——— the person ———


@_tells("correct_person", "changes")
def _correct_person(of: Told) -> SafeString:
    return say(_("{who} corrected who {person} is."), who=of.who, person=of.person)


@_tells("record_notice", "talks")
def _record_notice(of: Told) -> SafeString:
    return say(_("{who} read out the notice to {person}."), who=of.who, person=of.person)


@_tells("record_consent", "talks")
def _record_consent(of: Told) -> SafeString:
    if not of.reads.notes:
        return say(_("{who} asked {person} for permissions."), who=of.who, person=of.person)
    purposes, answers = dict(Purpose.choices), dict(Answer.choices)
    # A dash and no comma: the purposes have commas of their own.
    given = format_html_join(
        "; ",
        "{} – <q>{}</q>",
        ((purposes.get(purpose, purpose), answers.get(answer, answer)) for purpose, answer in of.facts.get("answers", {}).items()),
    )
    return say(_("{who} asked {person} for permissions: {given}."), who=of.who, person=of.person, given=given)


@_tells("withdraw_consent", "talks")
def _withdraw_consent(of: Told) -> SafeString:
    what = after(dict(Purpose.choices).get(of.facts.get("purpose") or "")) if of.reads.notes else ""
    if of.event.actor_kind == "link":
        return say(_("{who} withdrew a permission{what}."), who=of.who, what=what)
    return say(_("{who} noted that {person} withdrew a permission{what}."), who=of.who, person=of.person, what=what)


@_tells("record_screening", "talks")
def _record_screening(of: Told) -> SafeString | str:
    return say(_("{who} asked the gentle questions, alone."), who=of.who) if of.reads.notes else ""


@_tells("set_reach", "messages")
def _set_reach(of: Told) -> SafeString:
    if of.facts.get("dead"):
        return say(_("{who} noted that a way to reach {person} no longer works."), who=of.who, person=of.person)
    return say(_("{who} wrote down how to reach {person}."), who=of.who, person=of.person)


@_tells("name_guardian", "changes")
def _name_guardian(of: Told) -> SafeString:
    return say(_("{who} wrote down who stands for {person}."), who=of.who, person=of.person)


@_tells("join_household", "changes")
def _join_household(of: Told) -> SafeString:
    return say(_("{who} wrote down with whom {person} lives."), who=of.who, person=of.person)


@_tells("merge_people", "changes")
def _merge_people(of: Told) -> SafeString:
    return say(_("{who} merged two records of {person}."), who=of.who, person=of.person)


@_tells("unmerge_people", "changes")
def _unmerge_people(of: Told) -> SafeString:
    return say(_("{who} undid the merge of two records."), who=of.who)


# ——— a page of the story ———


@dataclass(frozen=True)
class Sentence:
    """One thing that happened: the day, the sentence, the words that were noted, and what it changed."""

    on: dt.date
    said: SafeString
    change: Any = ""
    words: str = ""
    year: int = 0
    """Set where an earlier year begins."""


@dataclass(frozen=True)
class Story:
    """One page of what happened, newest first, and the key of the next page; 0 when that is the beginning."""

    lines: list[Sentence]
    before: int
    kind: str = ""


def events_of(case: Case, *, kind: str = "", before: int = 0, tales: Sequence[Tale] = (), most: int = PAGE) -> list[Event]:
    """The events of the file and of its person since this return began, newest first: one query, one more than `most`.

    A file that was told over two streams is still read from their indexes.
    """
    verbs = {**verbs_told(), **{verb: of for tale in tales for verb, of in tale.kinds.items()}}
    streams = [case.stream, case.person.stream, *(stream for tale in tales for stream in tale.streams)]
    wanted = [verb for verb, of in verbs.items() if not kind or of == kind]
    began = Event.objects.filter(stream=case.stream, seq=1).values("pk")
    found = Event.objects.filter(stream__in=streams, verb__in=wanted, pk__gte=began).exclude(verb__in=NEVER_TOLD)
    if before:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[: most + 1])


def names_of(events: Sequence[Event]) -> list[QuerySet[Any]]:
    """What the ids in these events stand for, as parts of one query."""
    wanted: dict[str, set[str]] = {"user": {event.actor_id for event in events if event.actor_kind == "user"}}
    for event in events:
        for fact, value in event.facts.items():
            if fact in _FACTS and isinstance(value, str | int) and value:
                wanted.setdefault(_FACTS[fact], set()).add(str(value))
    parts = []
    for kind, keys in wanted.items():
        if keys:
            source, columns = _SOURCES[kind]
            parts.append(as_rows(kind, source().filter(pk__in=keys), *columns))
    return parts


def words_noted(events: Sequence[Event], reads: Reads) -> dict[str, str]:
    """The words that these events name, as far as this reader may read them; no query for who reads none."""
    keys = [event.facts["note"] for event in events if event.facts.get("note")]
    if not keys or not reads.audiences:
        return {}
    found = Note.objects.filter(pk__in=keys, audience__in=reads.audiences, erased_at=None)
    return {str(note.pk): note.text for note in found}


def tell(
    case: Case,
    events: Sequence[Event],
    *,
    reads: Reads,
    rows: Iterable[Row],
    kind: str = "",
    tales: Sequence[Tale] = (),
    most: int = PAGE,
) -> Story:
    """The events in sentences. `rows` are what `names_of` gathered."""
    names = {(row.kind, _key(row.key)): row for row in rows}
    noted = words_noted(events, reads)
    others = {verb: tale for tale in tales for verb in tale.kinds}
    labels = state_names(Case)
    lines: list[Sentence] = []
    year = clock.today().year
    for event in events[:most]:
        body = json.loads(event.body)
        told = Told(event, body.get("facts", {}), body, case, reads, names)
        said = others[event.verb].say(event, told.who) if event.verb in others else _TOLD[event.verb][1](told)
        if not said:
            continue
        on = event.occurred_on or timezone.localtime(event.recorded_at).date()
        to = body.get("to", "")
        moved = event.stream == case.stream and to and to != body.get("from", "") and body.get("from")
        change = say(_("Now: <em>{state}</em>."), state=small(labels.get(to, to))) if moved else ""
        begins = on.year if on.year < year else 0
        year = min(year, on.year)
        lines.append(Sentence(on, SafeString(said), change, noted.get(str(told.facts.get("note")), ""), begins))
    return Story(lines, events[most - 1].pk if len(events) > most else 0, kind)


def kinds() -> list[tuple[str, Any]]:
    """The tabs of the filter."""
    return [("", gettext_lazy("All")), *KINDS.items()]


def untold(model: type[Case] | type[Person]) -> list[str]:
    """The verbs of a machine that no sentence is written for; restricted ones are never told."""
    return [one.name for one in model.known_verbs().values() if not one.restricted and f"casework.{one.name}" not in _TOLD]
