"""The page of one file, read in a bounded number of questions: the same for a first day and for ten years."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import Exists, F, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.models import RoleGrant, User
from accounts.scope import scope_of
from casework import journey, rules, story
from casework.contact import safety_of
from casework.models import (
    Appointment,
    Case,
    Consent,
    Cost,
    Document,
    Enrolment,
    FirstAid,
    Membership,
    NoticeGiven,
    Opening,
    Person,
    Placement,
    Plan,
    Promise,
    Reach,
    Safety,
    Session,
    Vulnerability,
)
from casework.next_steps import Next, blocked_of, next_of
from casework.states import OpeningPurpose, PromiseBy
from casework.story import Reads, Row, as_rows, day, gathered
from workflows import clock
from workflows.acting import Option
from workflows.hooks import Panel
from workflows.models import Access, Deadline, Note

LOOKED_BACK = dt.timedelta(days=30)
PAPERS_AHEAD = dt.timedelta(days=60)


def cases_for(user: Any) -> QuerySet[Case]:
    """The files that this user may open, with all that the head of the page names."""
    return _with_head(Case.objects.visible_to(user))


def opened_for_purpose(user: Any, pk: Any) -> Case | None:
    """The file that this user opened for a stated purpose, while its time runs; it carries the opening."""
    found: Case | None = _with_head(Case.objects.opened_by(user, at=clock.now())).filter(pk=pk).first()
    if found is not None:
        found.opened = Opening.objects.running(at=clock.now()).filter(user=user.pk, case=pk).latest("until")
    return found


def _with_head(cases: QuerySet[Case]) -> QuerySet[Case]:
    related = ("person__profile", "person__safety", "programme", "office", "caseworker", "offered_to")
    was_two = Exists(Person.objects.filter(merged_into=OuterRef("person")))
    return cases.select_related(*related).annotate(was_two=was_two)


def reads_of(user: Any, case: Case) -> Reads:
    """What this reader may read of the file: by role, or what an opening for a purpose shows, which is nothing restricted."""
    return Reads(notes=True, money=True) if case.opened else Reads.of(scope_of(user), case.office_id)


# ——— how to reach ———


@dataclass(frozen=True)
class ReachLine:
    """The first way to reach somebody, with the words that may be said there; or why there is none to show."""

    kind: str = ""
    value: str = ""
    words: str = ""


def _reach_line(ways: Sequence[Reach], binding: Sequence[Safety]) -> ReachLine:
    if any(one.no_contact for one in binding):
        return ReachLine("none", "", _("No contact but through the protection lead."))
    only = {one.safe_channel_id for one in binding if one.safe_channel_id}
    usable = [way for way in ways if way.usable and (not only or way.pk in only)]
    if binding:
        # Nobody else is told that we look for the person (promise 5.7).
        usable = [way for way in usable if way.whose != Reach.Whose.TRUSTED and not (way.kind == "visit" and _no_visit(binding))]
    if not usable:
        return ReachLine(
            "none", "", _("No phone.") if any(way.kind == Reach.Kind.NONE for way in ways) else _("No way to reach is known.")
        )
    way = usable[0]
    return ReachLine(way.kind, way.value, _safe_words(way, binding))


def _binding(case: Case) -> list[Safety]:
    """The settings that bind contact with the person; those of records merged into this one are asked for apart."""
    if case.was_two:  # type: ignore[attr-defined]
        return safety_of([case.person_id]).get(case.person_id, [])
    own = getattr(case.person, "safety", None)
    return [own] if own else []


def _no_visit(binding: Sequence[Safety]) -> bool:
    return any(one.never_visit_home for one in binding)


def _safe_words(way: Reach, binding: Sequence[Safety]) -> str:
    """Whose it is, when, and what may be said: "own phone, 17:00 to 20:00. Say “the workshop”."."""
    whose = {
        Reach.Whose.MINE_ALONE: _("theirs alone"),
        Reach.Whose.SHARED: _("shared with others"),
        Reach.Whose.UNKNOWN: _("not asked yet whose it is"),
    }.get(way.whose)  # type: ignore[call-overload]
    if way.whose == Reach.Whose.TRUSTED:
        whose = _("of %(name)s, %(relation)s") % {"name": way.trusted_name, "relation": way.trusted_relation or _("trusted")}
    parts = [whose]
    if way.hours_from and way.hours_to:
        parts.append(_("%(from)s to %(to)s") % {"from": f"{way.hours_from:%H:%M}", "to": f"{way.hours_to:%H:%M}"})
    said = ", ".join(str(part) for part in parts if part) + "."
    if way.may_be_said:
        # Kept whole by the marks for it, whatever the direction of the sentence around.
        said += " " + _("Say “%(words)s”.") % {"words": f"\u2068{way.may_be_said}\u2069"}
    if way.leave_message and not any(one.never_leave_message for one in binding):
        said += " " + _("A message may be left.")
    return said


def _what_binds(binding: Sequence[Safety]) -> list[Any]:
    """The safety settings as everybody obeys them: never the reason, nor whom the person fears."""
    found: list[Any] = []
    for one in binding:
        if one.safe_from and one.safe_to:
            found.append(_("Only from %(from)s to %(to)s") % {"from": f"{one.safe_from:%H:%M}", "to": f"{one.safe_to:%H:%M}"})
        for fact, words in _BINDS.items():
            if getattr(one, fact):
                found.append(words)
    return list(dict.fromkeys(found))


_BINDS = {
    "safe_days": gettext_lazy("Only on some days"),
    "safe_channel_id": gettext_lazy("Only this way"),
    "never_leave_message": gettext_lazy("Never leave a message"),
    "never_visit_home": gettext_lazy("Never visit at home"),
    "never_write_letters": gettext_lazy("No letters to the house"),
}


# ——— promises and money ———


@dataclass(frozen=True)
class Promised:
    """One promise as the page shows it."""

    pk: str
    words: str
    under: str
    done: bool
    open: bool


def _promises(rows: Sequence[Row], whose: str) -> list[Promised]:
    found = []
    for row in rows:
        # a whose, b what, c by when, d kept at, e the plan was replaced at, f position
        if row.kind != "promised" or row.a != whose or (row.e and not row.d):
            continue
        kept, by_when = story.moment(row.d), row.c[:10]
        under = (
            _("done %(day)s") % {"day": day(kept.date())} if kept else _("by %(day)s") % {"day": day(by_when)} if by_when else ""
        )
        order = (kept is None, str(kept or ""), by_when or "9999")
        found.append((order, Promised(row.key, row.b, under, kept is not None, kept is None)))
    return [promise for _order, promise in sorted(found, key=lambda one: one[0])]


@dataclass(frozen=True)
class Money:
    """What was planned, what was given and booked, and what is left of the plan; minor units of one currency."""

    currency: str
    planned: int
    first_aid: int
    booked: int

    @property
    def spent(self) -> int:
        return self.first_aid + self.booked

    @property
    def left(self) -> int:
        return self.planned - self.spent

    @property
    def is_empty(self) -> bool:
        return not (self.planned or self.spent)


# ——— the page ———


@dataclass(frozen=True)
class Section:
    """One section of the file: its name in the address, its title, and one line that says what is inside."""

    name: str
    title: Any
    summary: Any


@dataclass
class CasePage:
    """All that stands on the page of a file."""

    case: Case
    reads: Reads
    reach: ReachLine
    binds: list[Any]
    flags: list[Any]
    age: str
    language: str
    tracks: list[Any]
    since: str
    next: Next
    blocked: list[Option]
    ours: list[Promised]
    theirs: list[Promised]
    money: Money | None
    story: story.Story
    sections: list[Section]
    lookers: str = ""
    called: str = ""
    options: Sequence[Option] = field(default_factory=list)

    @property
    def may_keep(self) -> bool:
        """Whether this reader may say that a promise was kept."""
        return any(option.name == "keep_promise" and option.status == "open" for option in self.options)

    def may(self, verb: str) -> bool:
        return any(option.name == verb and option.status == "open" for option in self.options)


def case_page(
    user: Any, case: Case, options: Sequence[Option], *, panels: Sequence[Panel] = (), kind: str = "", before: int = 0
) -> CasePage:
    """The page of a file for one reader: at most seven questions beside the row, the options and the panels."""
    reads = reads_of(user, case)
    tales = [panel.tale for panel in panels if panel.tale]
    events = story.events_of(case, kind=kind, before=before, tales=tales)
    rows = gathered([*story.names_of(events), *_rows_of(case, reads)])
    binding = _binding(case)
    known = summary_of(case, reads)
    money = None
    if reads.money:
        planned, aid, spent = (int(part or 0) for part in (known["planned"] or known["drafted"], known["aid"], known["spent"]))
        money = Money(case.programme.currency, planned, aid, max(spent - aid, 0))
    return CasePage(
        case=case,
        reads=reads,
        reach=_reach_line(list(case.person.reaches.all()), binding),
        binds=_what_binds(binding),
        flags=_flags(rows),
        age=age_words(case.person),
        language=language_words(case.person),
        tracks=journey.tracks_of(case, rows, [panel.track for panel in panels if panel.track]),  # type: ignore[misc]
        since=journey.since_when(case),
        next=next_of(case, options, known),
        blocked=blocked_of(case, options, known),
        ours=_promises(rows, PromiseBy.OFFICE),
        theirs=_promises(rows, PromiseBy.PERSON),
        money=money,
        story=story.tell(case, events, reads=reads, rows=rows, kind=kind, tales=tales),
        sections=sections_of(case, known, reads, panels),
        called=story.first_name(case),
        lookers=lookers_words(known["lookers"]),
        options=options,
    )


def story_page(
    user: Any, case: Case, *, panels: Sequence[Panel] = (), kind: str = "", before: int = 0, most: int = story.PAGE
) -> story.Story:
    """The story alone: what the tabs and *more* fetch."""
    tales = [panel.tale for panel in panels if panel.tale]
    events = story.events_of(case, kind=kind, before=before, tales=tales, most=most)
    reads = reads_of(user, case)
    return story.tell(case, events, reads=reads, rows=gathered(story.names_of(events)), kind=kind, tales=tales, most=most)


def age_words(person: Person) -> str:
    """ "34", "about 34" where the day of birth is not known, "" where nothing is."""
    span = person.age()
    if span is None:
        return ""
    return (
        _("about %(age)s") % {"age": span[1]}
        if person.born_is_estimate or span[0] != span[1]
        else _("%(age)s years old") % {"age": span[1]}
    )


def language_words(person: Person) -> str:
    """ "Arabic; reads French a little": what is spoken, and what is read."""
    said = []
    if person.language:
        try:
            name = str(get_language_info(person.language)["name_translated"])
        except KeyError:
            name = person.language
        said.append(name)
    if person.reads:
        said.append(_("reads %(what)s") % {"what": person.reads})
    return "; ".join(said)


def _flags(rows: Sequence[Row]) -> list[Any]:
    labels = dict(Vulnerability.Code.choices)
    return list(dict.fromkeys(labels.get(row.a, row.a) for row in rows if row.kind == "flag"))


def _rows_of(case: Case, reads: Reads) -> list[QuerySet[Any]]:
    """What the way so far, the promises and the flags are made of, as parts of the page's one query of names."""
    plans = Plan.objects.filter(case=case, agreed_at__isnull=False)
    parts = [
        as_rows("plan", plans, "number", "agreed_at"),
        as_rows(
            "enrolled",
            Enrolment.objects.standing().filter(case=case).exclude(starts_on=None, confirmed_at=None),
            "starts_on", "ended_on", "state", "course__title", "confirmed_at", "course__ends_on",
        ),
        as_rows("spell", Placement.objects.standing().filter(case=case), "started_on", "ended_on", "occupation", "employer__name"),
        as_rows(
            "deadline",
            Deadline.objects.filter(stream=case.stream, met_at=None, due_on__gte=clock.today(), kind__startswith="last_day."),
            "kind", "due_on",
        ),
    ]  # fmt: skip
    if reads.notes:
        promises = Promise.objects.filter(plan__case=case)
        parts.append(as_rows("promised", promises, "whose", "what", "by_when", "kept_at", "plan__replaced_at", "position"))
    if reads.flags:
        parts.append(as_rows("flag", Vulnerability.objects.standing().filter(person=case.person_id), "code"))
    return parts


# ——— the one line of each section ———


def _count(rows: QuerySet[Any], *, distinct: str = "") -> Any:
    template = "COUNT(DISTINCT %(expressions)s)" if distinct else "COUNT(%(expressions)s)"
    counted = (
        rows.order_by()
        .annotate(n=Func(F(distinct or "pk"), function="COUNT", template=template, output_field=IntegerField()))
        .values("n")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _sum(rows: QuerySet[Any], of: str) -> Any:
    added = rows.order_by().annotate(n=Func(F(of), function="SUM", output_field=IntegerField())).values("n")
    return Coalesce(Subquery(added, output_field=IntegerField()), 0)


@lru_cache(maxsize=4)
def _numbers_of(day: dt.date) -> QuerySet[Any]:
    """Every number about a file that is the same for all its readers, put together once a day: only the key is missing."""
    of_case, of_person = {"case": OuterRef("pk")}, {"person": OuterRef("person")}
    in_its_money = {"currency": OuterRef("programme__currency"), **of_case}
    agreed, drafts = Plan.objects.agreed().filter(**of_case), Plan.objects.drafts().filter(**of_case)
    costs = Cost.objects.standing().filter(**in_its_money)
    household = Membership.objects.current().filter(**of_person).values("household")
    asked = Consent.objects.standing().filter(**of_person)
    return Case._base_manager.values(
        plan=Subquery(agreed.values("number")[:1]),
        plan_on=Subquery(agreed.values("agreed_at")[:1]),
        way=Subquery(agreed.values("path")[:1]),
        planned=Subquery(agreed.values("total")[:1]),
        draft=Subquery(drafts.values("number")[:1]),
        drafted=Subquery(drafts.values("total")[:1]),
        courses=_count(Enrolment.objects.standing().filter(**of_case)),
        learning=_count(Enrolment.objects.running().filter(**of_case)),
        spells=_count(Placement.objects.standing().filter(**of_case)),
        working=_count(Placement.objects.running().filter(**of_case)),
        confirmed=Exists(Placement.objects.running().filter(confirmed_at__isnull=False, **of_case)),
        talks=_count(Session.objects.standing().filter(**of_case)),
        talk_at=Subquery(Appointment.objects.booked().filter(**of_case).order_by("starts_at").values("starts_at")[:1]),
        aids=_count(FirstAid.objects.standing().filter(**of_case)),
        aid=_sum(FirstAid.objects.standing().filter(**in_its_money), "amount"),
        cost_lines=_count(costs),
        spent=_sum(costs, "amount"),
        papers=_count(Document.objects.filter(**of_case)),
        expiring=_count(Document.objects.filter(expires_on__gte=day, expires_on__lte=day + PAPERS_AHEAD, **of_case)),
        notice_on=Subquery(NoticeGiven.objects.filter(understood=True, **of_person).values("given_on")[:1]),
        asked=_count(asked),
        allowed=_count(asked.filter(answer="yes")),
        lives_with=_count(
            Membership.objects.current().filter(household__in=Subquery(household)).exclude(person=OuterRef("person"))
        ),
    )


def summary_of(case: Case, reads: Reads) -> Mapping[str, Any]:
    """Every number that the page needs, in one question."""
    looks = Access.objects.filter(subject_kind="person", subject_id=str(case.person_id), at__gte=clock.now() - LOOKED_BACK)
    notes = Note.objects.filter(stream__in=[case.stream, case.person.stream], audience__in=reads.audiences, erased_at=None)
    numbers = _numbers_of(clock.today()).filter(pk=case.pk)
    of_the_reader = {
        "notes": _count(notes) if reads.audiences else _count(notes.none()),
        "lookers": _count(looks, distinct="user_id"),
    }
    return numbers.annotate(**of_the_reader).get()


def sections_of(case: Case, known: Mapping[str, Any], reads: Reads, panels: Sequence[Panel]) -> list[Section]:
    """The sections of the file that this reader may open, each with one line."""
    found = []
    if reads.notes or reads.money:
        found.append(Section("plan", _("Plan"), _plan_words(known)))
    profile = getattr(case.person, "profile", None)
    if reads.notes:
        found.append(Section("skills", _("Skills"), (profile and profile.occupation) or _("Not written down yet")))
    found += [
        Section("training", _("Training"), _training_words(known)),
        Section("work", _("Work"), _work_words(known)),
    ]
    if reads.notes or reads.money:
        aids = ngettext("First aid given once", "First aid given %(count)s times", known["aids"]) % {"count": known["aids"]}
        found.append(Section("support", _("First aid"), aids if known["aids"] else _("None was given")))
    if reads.notes:
        others = ngettext("Lives with %(count)s person", "Lives with %(count)s people", known["lives_with"]) % {
            "count": known["lives_with"]
        }
        found.append(Section("household", _("Household"), others if known["lives_with"] else _("Nobody else is noted")))
    found += [Section(panel.name, panel.title, panel.summary) for panel in panels if panel.template and panel.name]
    if reads.notes:
        found += [
            Section("papers", _("Papers"), _papers_words(known)),
            Section("consent", _("Consent and notice"), _consent_words(known)),
        ]
    if reads.money:
        costs = rules.in_money(int(known["spent"]), case.programme.currency) if known["cost_lines"] else _("None is booked")
        found.append(Section("costs", _("Costs"), costs))
    if reads.audiences:
        notes = ngettext("%(count)s note", "%(count)s notes", known["notes"]) % {"count": known["notes"]}
        found.append(Section("notes", _("Notes"), notes if known["notes"] else _("None yet")))
    return found


def lookers_words(known: int) -> str:
    """How many have opened the file of late."""
    if not known:
        return _("Nobody in 30 days")
    return ngettext("%(count)s person in 30 days", "%(count)s people in 30 days", known) % {"count": known}


def _plan_words(known: Mapping[str, Any]) -> str:
    said = []
    if known["plan"]:
        on = day(timezone.localtime(known["plan_on"]).date())
        said.append(_("Version %(number)s agreed %(day)s") % {"number": known["plan"], "day": on})
    if known["draft"]:
        said.append(_("version %(number)s waits to be agreed") % {"number": known["draft"]})
    text = "; ".join(said)
    return text[:1].upper() + text[1:] if text else _("None is written yet")


def _training_words(known: Mapping[str, Any]) -> str:
    if not known["courses"]:
        return _("No course yet")
    all_of_them = ngettext("%(count)s course", "%(count)s courses", known["courses"]) % {"count": known["courses"]}
    return _("%(courses)s, one runs now") % {"courses": all_of_them} if known["learning"] else all_of_them


def _work_words(known: Mapping[str, Any]) -> str:
    if not known["spells"]:
        return _("None since the return")
    spells = ngettext("%(count)s spell", "%(count)s spells", known["spells"]) % {"count": known["spells"]}
    return _("%(spells)s, at work now") % {"spells": spells} if known["working"] else _("%(spells)s, none now") % {"spells": spells}


def _papers_words(known: Mapping[str, Any]) -> str:
    if not known["papers"]:
        return _("None is noted")
    papers = ngettext("%(count)s paper", "%(count)s papers", known["papers"]) % {"count": known["papers"]}
    if not known["expiring"]:
        return papers
    return _("%(papers)s; %(count)s expire within 60 days") % {"papers": papers, "count": known["expiring"]}


def _consent_words(known: Mapping[str, Any]) -> str:
    notice = _("Notice given %(day)s") % {"day": day(known["notice_on"])} if known["notice_on"] else _("No notice yet")
    if not known["asked"]:
        return notice
    return _("%(notice)s; %(yes)s of %(all)s yes") % {"notice": notice, "yes": known["allowed"], "all": known["asked"]}


# ——— who has looked ———


@dataclass(frozen=True)
class Look:
    """One look: who, in which roles, when, how, and what for, where a purpose was asked."""

    at: dt.datetime
    who: str
    roles: str
    kind: str
    purpose: str = ""


LOOKS: Mapping[str, Any] = {
    Access.OPEN: gettext_lazy("opened"),
    Access.SEARCH: gettext_lazy("found in a search"),
    Access.EXPORT: gettext_lazy("exported"),
    Access.PRINT: gettext_lazy("printed"),
}


def looks_at(person: Person, *, before: int = 0, most: int = 50) -> tuple[list[Look], int]:
    """Who looked at a person's data, latest first, and the key of the next page: three questions."""
    found = Access.objects.filter(subject_kind="person", subject_id=str(person.pk))
    if before:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: most + 1])
    users = {str(user.pk): user for user in User.objects.filter(pk__in={row.user_id for row in rows})}
    roles: dict[str, list[str]] = {}
    for grant in RoleGrant.objects.in_force().filter(user__in=list(users.values())).select_related("office"):
        where = f"{grant.label}, {grant.office.name}" if grant.office else str(grant.label)
        roles.setdefault(str(grant.user_id), []).append(where)
    purposes = dict(OpeningPurpose.choices)
    looks = [
        Look(row.at, users[row.user_id].name if row.user_id in users else str(_("Somebody")),
             "; ".join(dict.fromkeys(roles.get(row.user_id, []))), str(LOOKS.get(row.kind, row.kind)),
             str(purposes.get(row.purpose, row.purpose)))
        for row in rows[:most]
    ]  # fmt: skip
    return looks, rows[most - 1].pk if len(rows) > most else 0


@dataclass(frozen=True)
class Opened:
    """An opening for a purpose, with the words that were given, for those who read restricted notes."""

    opening: Opening
    words: str = ""


def openings_of(user: Any, case: Case, *, most: int = 20) -> list[Opened]:
    """Who opened the file for a stated purpose, latest first: two questions."""
    found = list(Opening.objects.filter(case=case).select_related("user").order_by("-opened_at")[:most])
    words = {}
    if found and Reads.of(scope_of(user), case.office_id).restricted_notes:
        notes = Note.objects.filter(stream__in=[one.stream for one in found], audience=Note.RESTRICTED, erased_at=None)
        words = {note.stream: note.text for note in notes}
    return [Opened(one, words.get(one.stream, "")) for one in found]
