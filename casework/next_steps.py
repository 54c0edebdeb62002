"""What comes next on a file, what stands before it, and every other verb: from the one list of options."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import RoleGrant
from accounts.roles import ROLES
from casework import rules, story
from casework.models import Case
from casework.states import (
    CLOSED,
    COUNSELLING,
    FUNDED,
    INTAKE,
    JOB_SEARCH,
    ON_HOLD,
    PLACED,
    REFERRED,
    START_UP,
    TRAINING,
    Path,
)
from casework.story import day
from workflows import clock
from workflows.acting import Option

MOST_BLOCKED = 3


@dataclass(frozen=True)
class Next:
    """The one thing to do: a sentence, and the button where it is done. Without `url`, nothing is to be done."""

    sentence: Any
    label: Any = ""
    url: str = ""


_MOVES = (
    "open_intake",
    "begin_counselling",
    "approve_plan",
    "agree_plan",
    "start_training",
    "begin_job_search",
    "begin_start_up",
)
"""The verbs whose blockers are worth showing: they lead on."""


Goal = tuple[str, Any]


def _goals(case: Case, known: Mapping[str, Any]) -> list[Goal]:
    """The verbs worth trying first, each with its sentence, the most sensible first."""
    who = {"name": story.first_name(case)}
    return [*_waiting(known, who), *(_IN[case.state](case, known, who) if case.state in _IN else [])]


def _waiting(known: Mapping[str, Any], who: Mapping[str, str]) -> list[Goal]:
    """What waits whatever the state: a second person, another office, a talk."""
    waits: list[Goal] = [
        ("confirm_death", _("A death is recorded. Confirm it, or take it back.")),
        ("accept_transfer", _("The file is offered to your office. Take it over, or return it.")),
        ("sign_closing", _("A closing is proposed and waits for a second person.")),
        ("approve_plan", _("The plan waits for a second person.")),
    ]
    if talk := known["talk_at"]:
        at = timezone.localtime(talk)
        days = (at.date() - clock.today()).days
        when = {0: _("today"), 1: _("tomorrow")}.get(days) or day(at.date())
        words = (
            _("The talk with %(name)s on %(day)s is not written down yet.")
            if days < 0
            else _("Talk with %(name)s %(day)s, %(hour)s.")
        )
        waits.append(("record_session", words % {**who, "day": when, "hour": f"{at:%H:%M}"}))
    return waits


def _draft(known: Mapping[str, Any], who: Mapping[str, str]) -> list[Goal]:
    words = _("Agree the plan with %(name)s, version %(number)s.")
    return [("agree_plan", words % {**who, "number": known["draft"]})] if known["draft"] else []


def _referred(case: Case, _known: Mapping[str, Any], who: Mapping[str, str]) -> list[Goal]:
    way: list[Goal] = []
    if not case.caseworker_id:
        way.append(("assign_caseworker", _("Nobody works on this file yet. Name a caseworker.")))
    if not case.arrived_on:
        way.append(("confirm_arrival", _("Has %(name)s arrived? Confirm the day.") % who))
    return [*way, ("open_intake", _("Meet %(name)s and begin the intake.") % who)]


def _intake(_case: Case, _known: Mapping[str, Any], who: Mapping[str, str]) -> list[Goal]:
    return [("begin_counselling", _("Begin counselling with %(name)s.") % who)]


def _counselling(case: Case, known: Mapping[str, Any], who: Mapping[str, str]) -> list[Goal]:
    if known["plan"]:
        return [*_draft(known, who), *_by_path(known["way"] or case.path, who)]
    return _draft(known, who) or [("draft_plan", _("Write the plan with %(name)s.") % who)]


def _training(_case: Case, known: Mapping[str, Any], who: Mapping[str, str]) -> list[Goal]:
    if known["learning"]:
        return [*_draft(known, who), ("record_attendance", _("Was %(name)s at the course? Write it down.") % who)]
    return [*_draft(known, who), ("begin_job_search", _("The course has ended. Begin the search for work with %(name)s.") % who)]


def _job_search(_case: Case, known: Mapping[str, Any], who: Mapping[str, str]) -> list[Goal]:
    return [
        *_draft(known, who),
        ("record_employer_answer", _("An employer was asked. Write down the answer.")),
        ("apply_for_vacancy", _("Look for work with %(name)s.") % who),
    ]


def _placed(_case: Case, known: Mapping[str, Any], who: Mapping[str, str]) -> list[Goal]:
    ask = ("book_session", _("Ask %(name)s how work goes.") % who)
    return (
        [ask]
        if known["confirmed"]
        else [("confirm_placement", _("Hear from a second source that %(name)s works there.") % who), ask]
    )


def _start_up(_case: Case, _known: Mapping[str, Any], who: Mapping[str, str]) -> list[Goal]:
    return [("book_session", _("Work on the plan of the business with %(name)s.") % who)]


def _funded(_case: Case, _known: Mapping[str, Any], who: Mapping[str, str]) -> list[Goal]:
    return [("book_session", _("Visit the business of %(name)s.") % who)]


def _on_hold(case: Case, _known: Mapping[str, Any], _who: Mapping[str, str]) -> list[Goal]:
    return [("resume", _("On hold until %(day)s. Look at it again.") % {"day": day(case.review_on)})]


_IN: Mapping[str, Callable[[Case, Mapping[str, Any], Mapping[str, str]], list[Goal]]] = {
    REFERRED: _referred,
    INTAKE: _intake,
    COUNSELLING: _counselling,
    TRAINING: _training,
    JOB_SEARCH: _job_search,
    PLACED: _placed,
    START_UP: _start_up,
    FUNDED: _funded,
    ON_HOLD: _on_hold,
}


def _by_path(path: str, who: Mapping[str, str]) -> list[tuple[str, Any]]:
    ways = {
        Path.TRAINING: ("start_training", _("The plan is agreed. Start the training with %(name)s.") % who),
        Path.WORK: ("begin_job_search", _("The plan is agreed. Begin the search for work with %(name)s.") % who),
        Path.START_UP: ("begin_start_up", _("The plan is agreed. Begin the work on the business with %(name)s.") % who),
    }
    first = ways.get(path)  # type: ignore[call-overload]
    return [first] if first else [("book_session", _("The plan is agreed. Book a talk with %(name)s.") % who)]


def next_of(case: Case, options: Sequence[Option], known: Mapping[str, Any]) -> Next:
    """The first verb that makes sense and is open; else what stands before it; else what is true."""
    by_name = {option.name: option for option in options}
    hindered: Next | None = None
    for verb, sentence in _goals(case, known):
        option = by_name.get(verb)
        if option is None or option.status == "not_yours":
            continue
        if option.status == "open":
            return Next(sentence, option.label, rules.page(verb, case.pk))
        if hindered is None and verb in _MOVES and verb not in ("approve_plan",):
            first = next((one for one in option.blockers if one.link), None)
            hindered = Next(first.sentence, first.link_label, first.link) if first else None
    if hindered:
        return hindered
    if case.state == CLOSED:
        return Next(
            _("Closed on %(day)s: %(why)s.") % {"day": day(case.state_since), "why": story.small(case.get_outcome_display())}
        )
    return Next(_("Nothing waits for you here."))


def blocked_of(case: Case, options: Sequence[Option], known: Mapping[str, Any]) -> list[Option]:
    """What would lead this file on and is not possible yet, with what is missing."""
    wanted = {REFERRED: ["open_intake"], INTAKE: ["begin_counselling", "agree_plan"], TRAINING: ["begin_job_search"]}.get(
        case.state, []
    )
    if case.state == COUNSELLING:
        ahead = [verb for verb, _sentence in _by_path(known["way"] or case.path, {"name": ""}) if verb in _MOVES]
        wanted = ahead if known["plan"] else ["agree_plan", *ahead]
    if known["draft"]:
        wanted = ["approve_plan", "agree_plan", *wanted]
    found = [option for option in options if option.status == "blocked" and option.name in wanted]
    # Nobody needs to be told that a second person has nothing to sign.
    return [one for one in found if one.name != "approve_plan" or not _idle(one)][:MOST_BLOCKED]


def _idle(option: Option) -> bool:
    return any(blocker.code in ("nothing_proposed", "no_draft", "approved", "under_ceiling") for blocker in option.blockers)


# ——— every verb ———

GROUPS: Mapping[Any, str] = {
    gettext_lazy("Talks and contact"): "record_session book_session cancel_session record_no_show log_attempt write_note",
    gettext_lazy("The plan"): "draft_plan approve_plan turn_down_proposal agree_plan keep_promise",
    gettext_lazy("The way"): (
        "confirm_arrival assign_caseworker open_intake begin_counselling back_to_counselling put_on_hold resume reopen_case"
    ),
    gettext_lazy("Learning"): "record_profile enrol confirm_enrolment start_training record_attendance complete_course drop_out",
    gettext_lazy("Work and business"): (
        "begin_job_search apply_for_vacancy record_employer_answer record_placement confirm_placement end_placement begin_start_up"
    ),
    gettext_lazy("Help, papers and money"): "give_first_aid add_document book_cost",
    gettext_lazy("Tasks and days"): "add_task complete_task set_last_day",
    gettext_lazy("Another office"): "offer_transfer accept_transfer return_transfer",
    gettext_lazy(
        "Something was wrong"
    ): "correct_arrival correct_session correct_enrolment correct_placement correct_cost undo_death",
    gettext_lazy("Endings"): (
        "decline_referral record_not_departed close_case propose_closing sign_closing close_as_merged record_death confirm_death"
    ),
}


@dataclass(frozen=True)
class Group:
    """Verbs that belong together: those that are open, those that are not yet possible."""

    label: Any
    open: list[Option]
    blocked: list[Option]
    row: Any = None
    """What they are performed on."""


# How to reach somebody is asked in the talk; two records are made one where they lie side by side.
ELSEWHERE = ("set_reach", "merge_people")


def of_person(person: Any, options: Sequence[Option]) -> list[Group]:
    """The verbs on the person of a file that are this reader's."""
    mine = [one for one in options if one.status == "open" and one.name not in ELSEWHERE]
    return [Group(_("The person"), mine, [], person)] if mine else []


def grouped(case: Case, options: Sequence[Option]) -> list[Group]:
    """Every verb that is this reader's, by what it is about; a verb that no group names stands at the end."""
    by_name = {option.name: option for option in options if option.status != "not_yours"}
    found = []
    for label, names in GROUPS.items():
        mine = [by_name.pop(name) for name in names.split() if name in by_name]
        found.append(_group(label, mine, case))
    found.append(_group(_("More"), list(by_name.values()), case))
    return [group for group in found if group.open or group.blocked]


def _group(label: Any, mine: Sequence[Option], case: Case) -> Group:
    return Group(label, [one for one in mine if one.status == "open"], [one for one in mine if one.status == "blocked"], case)


@dataclass(frozen=True)
class Theirs:
    """Verbs that others perform here, and who they are."""

    who: str
    options: list[Option]


def theirs(options: Sequence[Option], office_id: Any) -> list[Theirs]:
    """The verbs that are not this reader's, by those who can, in one question."""
    foreign = [option for option in options if option.status == "not_yours"]
    if not foreign:
        return []
    grants = RoleGrant.objects.in_force().filter(Q(office=office_id) | Q(office=None), user__is_active=True)
    holders: dict[str, list[str]] = {}
    for grant in grants.select_related("user").order_by("user__name"):
        holders.setdefault(grant.role, []).append(grant.user.called)
    by_who: dict[str, list[Option]] = {}
    for option in foreign:
        names = [name for role in ROLES if option.verb in ROLES[role].verbs for name in holders.get(role, [])]
        who = ", ".join(dict.fromkeys(names)) or str(_("Nobody here yet: ask the administrator."))
        by_who.setdefault(who, []).append(option)
    return [Theirs(who, some) for who, some in by_who.items()]
