"""What is missing for a verb of the case: questions about facts, answered in sentences that a caseworker can act on.

Every sentence has an address where it is met. No rule here asks a consent: a consent of *no* blocks nothing outside its
own reach (promises 5.1), and those verbs ask it themselves.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from casework.states import COUNSELLING, WORKING, Outcome, Path
from workflows.machine import Blocker

# What one question to the database answers, by the name of the bundle: a rule that asks one fact reads its bundle alone.
BUNDLES = {
    "person": [
        "notice_understood",
        "identity_answered",
        "screened",
        "undecided_duplicates",
        "missing_in_profile",
        "draft_ceiling",
        "offered_name",
    ],
    "plan": ["plan_agreed", "plan_path", "draft", "draft_total", "draft_approved", "proposals_open", "promises_open"],
    "services": [
        "enrolments",
        "enrolments_asked",
        "enrolments_running",
        "applications_open",
        "placements",
        "placements_running",
        "sessions",
        "appointments_open",
        "costs",
        "tasks_open",
    ],
}
_BUNDLE_OF = {fact: bundle for bundle, facts in BUNDLES.items() for fact in facts}


class CaseFacts:
    """What the rules ask about one case. The row's own facts are at hand; the others are read at the first question.

    `read(bundle)` gives the facts of a bundle of `BUNDLES`; whoever loads many cases reads a bundle once for all of them
    (`Case.load_facts`), so a page costs at most three questions, and most verbs none.
    """

    id: uuid.UUID
    person: uuid.UUID
    state: str
    path: str
    outcome: str
    has_caseworker: bool
    arrived: bool
    held_from: str
    counselled: bool
    merged: bool
    erased: bool
    offered: bool
    dead: bool
    death_confirmed: bool
    death_within_a_day: bool

    notice_understood: bool
    identity_answered: bool
    screened: bool
    undecided_duplicates: int
    missing_in_profile: tuple[str, ...]
    draft_ceiling: int
    offered_name: str

    plan_agreed: bool
    plan_path: str
    draft: bool
    draft_total: int
    draft_approved: bool
    proposals_open: int
    promises_open: int

    enrolments: int
    enrolments_asked: int
    enrolments_running: int
    applications_open: int
    placements: int
    placements_running: int
    sessions: int
    appointments_open: int
    costs: int
    tasks_open: int

    def __init__(self, read: Callable[[str], Mapping[str, Any]], **at_hand: Any) -> None:
        self._read = read
        self.__dict__.update(at_hand)

    def __getattr__(self, fact: str) -> Any:
        bundle = _BUNDLE_OF.get(fact)
        if bundle is None:
            raise AttributeError(f"No rule knows a fact {fact!r}.")
        self.__dict__.update(self._read(bundle))
        return self.__dict__[fact]

    @property
    def offered_to(self) -> str:
        """The name of the office that the case is offered to, or ""."""
        return self.offered_name if self.offered else ""


def page(name: str, *keys: Any) -> str:
    """The address of a page of this room: the page of a verb has the verb's name."""
    return reverse(f"casework:{name}", args=keys)


def blockers_after_a_death(facts: CaseFacts) -> Iterator[Blocker]:
    if facts.dead:
        yield Blocker(
            "death_recorded",
            _("A death is recorded here. Everything stands still until it is confirmed or taken back."),
            page("confirm_death", facts.id),
            _("Confirm the death"),
        )


def blockers_while_offered(facts: CaseFacts) -> Iterator[Blocker]:
    if facts.offered_to:
        yield Blocker(
            "offered",
            _("The case is offered to %(office)s, and nobody there has answered yet.") % {"office": facts.offered_to},
            page("return_transfer", facts.id),
            _("Take it back"),
        )


def blockers_unless_offered(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.offered_to:
        yield Blocker(
            "not_offered", _("The case is not offered to another office."), page("offer_transfer", facts.id), _("Offer transfer")
        )


def blockers_to_confirm_arrival(facts: CaseFacts) -> Iterator[Blocker]:
    if facts.arrived:
        yield Blocker(
            "arrived",
            _("The arrival is confirmed. If the date is wrong, correct it."),
            page("correct_arrival", facts.id),
            _("Correct arrival"),
        )


def blockers_to_correct_arrival(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.arrived:
        yield Blocker("not_arrived", _("No arrival is confirmed yet."), page("confirm_arrival", facts.id), _("Confirm arrival"))


def blockers_to_record_not_departed(facts: CaseFacts) -> Iterator[Blocker]:
    if facts.arrived:
        yield Blocker(
            "arrived",
            _("The person has arrived. If that is wrong, correct the arrival first."),
            page("correct_arrival", facts.id),
            _("Correct arrival"),
        )


def blockers_to_open_intake(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.has_caseworker:
        yield Blocker(
            "no_caseworker",
            _("Nobody works on this case yet: name a caseworker."),
            page("assign_caseworker", facts.id),
            _("Assign caseworker"),
        )


def blockers_to_begin_counselling(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.notice_understood:
        yield Blocker(
            "no_notice",
            _("The notice has not been given in a language that the person understands: read it out."),
            page("record_notice", facts.person),
            _("Give the notice"),
        )


def blockers_without_plan(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.plan_agreed:
        link = "agree_plan" if facts.draft else "draft_plan"
        yield Blocker(
            "no_plan",
            _("No plan is agreed yet: agree it with the person."),
            page(link, facts.id),
            _("Agree the plan") if facts.draft else _("Write the plan"),
        )


def blockers_to_agree_plan(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.draft:
        yield Blocker(
            "no_draft", _("No plan is written yet that could be agreed."), page("draft_plan", facts.id), _("Write the plan")
        )
    if not facts.identity_answered:
        yield Blocker(
            "identity",
            _("No identity paper has been seen, and nothing says why there is none."),
            page("add_document", facts.id),
            _("Add the paper, or say why there is none"),
        )
    if not facts.screened:
        yield Blocker(
            "screening",
            _("The gentle questions have not been asked yet."),
            page("record_screening", facts.person),
            _("Ask them, alone"),
        )
    if facts.undecided_duplicates:
        yield Blocker("duplicates", _("It is not decided whether this person is known already."), page("duplicates"), _("Decide"))
    if facts.draft and facts.draft_total > facts.draft_ceiling and not facts.draft_approved:
        yield Blocker(
            "not_approved",
            _("The plan costs more than one person may agree to: a second person approves it first."),
            page("approve_plan", facts.id),
            _("Approve the plan"),
        )


def blockers_to_approve_plan(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.draft:
        yield Blocker(
            "no_draft", _("No plan is written yet that could be approved."), page("draft_plan", facts.id), _("Write the plan")
        )
    elif facts.draft_approved:
        yield Blocker(
            "approved", _("The plan is approved: agree it with the person."), page("agree_plan", facts.id), _("Agree the plan")
        )
    elif facts.draft_total <= facts.draft_ceiling:
        yield Blocker(
            "under_ceiling",
            _("The plan stays under the ceiling: it needs no second person."),
            page("agree_plan", facts.id),
            _("Agree the plan"),
        )


def blockers_without_proposal(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.proposals_open:
        yield Blocker("nothing_proposed", _("Nothing is proposed here that could be turned down."))


def blockers_to_start_training(facts: CaseFacts) -> Iterator[Blocker]:
    yield from blockers_without_plan(facts)
    if not facts.enrolments_running:
        link = "confirm_enrolment" if facts.enrolments_asked else "enrol"
        yield Blocker(
            "no_place",
            _("No place on a course is confirmed."),
            page(link, facts.id),
            _("Confirm the place") if facts.enrolments_asked else _("Enrol"),
        )


def blockers_to_begin_job_search(facts: CaseFacts) -> Iterator[Blocker]:
    yield from blockers_without_plan(facts)
    sentences = {
        "occupation": _("The profile names no occupation."),
        "level": _("The profile names no level of education."),
        "language": _("The profile names no language of work."),
    }
    for part in facts.missing_in_profile:
        yield Blocker(f"no_{part}", sentences[part], page("record_profile", facts.id), _("Record skills"))


def blockers_to_begin_start_up(facts: CaseFacts) -> Iterator[Blocker]:
    yield from blockers_without_plan(facts)
    if facts.plan_agreed and facts.plan_path != Path.START_UP:
        yield Blocker(
            "not_start_up",
            _("The plan that was agreed is not about a business: write one that is."),
            page("draft_plan", facts.id),
            _("Write the plan"),
        )


def blockers_to_end_placement(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.placements_running:
        yield Blocker("no_placement", _("No placement is running."), page("record_placement", facts.id), _("Record placement"))


def blockers_to_correct_placement(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.placements:
        yield Blocker("no_placement", _("No placement is on record."), page("record_placement", facts.id), _("Record placement"))


def blockers_without_promises(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.promises_open:
        yield Blocker("no_promise", _("No promise is open."), page("draft_plan", facts.id), _("Write the plan"))


def blockers_without_appointments(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.appointments_open:
        yield Blocker("no_appointment", _("No talk is booked."), page("book_session", facts.id), _("Book a talk"))


def blockers_without_sessions(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.sessions:
        yield Blocker("no_session", _("No talk is on record."), page("record_session", facts.id), _("Record a talk"))


def blockers_without_enrolment_asked(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.enrolments_asked:
        yield Blocker("no_enrolment", _("No place waits for an answer."), page("enrol", facts.id), _("Enrol"))


def blockers_without_enrolment(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.enrolments_running:
        yield Blocker("no_enrolment", _("No confirmed course is running."), page("enrol", facts.id), _("Enrol"))


def blockers_without_any_enrolment(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.enrolments:
        yield Blocker("no_enrolment", _("No enrolment is on record."), page("enrol", facts.id), _("Enrol"))


def blockers_without_application(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.applications_open:
        yield Blocker(
            "no_application",
            _("No application waits for an answer."),
            page("apply_for_vacancy", facts.id),
            _("Apply for a vacancy"),
        )


def blockers_without_costs(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.costs:
        yield Blocker("no_cost", _("No cost is booked."), page("book_cost", facts.id), _("Book a cost"))


def blockers_without_tasks(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.tasks_open:
        yield Blocker("no_task", _("No task is open on this case."), page("case", facts.id), _("Open the case"))


def blockers_to_record_death(facts: CaseFacts) -> Iterator[Blocker]:
    if facts.dead:
        yield Blocker("death_recorded", _("A death is recorded already."), page("confirm_death", facts.id), _("Confirm the death"))


def blockers_to_confirm_death(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.dead:
        yield Blocker("no_death", _("No death is recorded."), page("record_death", facts.id), _("Record a death"))
    elif facts.death_confirmed:
        yield Blocker("death_confirmed", _("The death is confirmed already."), page("case", facts.id), _("Open the case"))


def blockers_to_undo_death(facts: CaseFacts) -> Iterator[Blocker]:
    if not facts.dead:
        yield Blocker("no_death", _("No death is recorded."), page("case", facts.id), _("Open the case"))
    elif facts.death_confirmed:
        yield Blocker(
            "death_confirmed",
            _("The death is confirmed: a supervisor reopens the case instead."),
            page("reopen_case", facts.id),
            _("Reopen case"),
        )
    elif not facts.death_within_a_day:
        yield Blocker(
            "too_late",
            _("It was recorded more than a day ago: a supervisor confirms it, then reopens the case."),
            page("confirm_death", facts.id),
            _("Confirm the death"),
        )


def blockers_to_reopen_case(facts: CaseFacts) -> Iterator[Blocker]:
    if facts.erased:
        yield Blocker(
            "erased",
            _("The person asked for the file to be erased. A new return begins a new case."),
            page("case", facts.id),
            _("Open the case"),
        )
    if facts.merged or facts.outcome == Outcome.MERGED:
        yield Blocker(
            "merged", _("The case was merged into another: work goes on there."), page("case", facts.id), _("Open the case")
        )


def resumes_to(facts: CaseFacts) -> str:
    """Where a case that was on hold goes on: where it was, if what that state rests on still stands; else counselling."""
    was = facts.held_from
    still_stands = {
        "training": facts.plan_agreed and facts.enrolments_running > 0,
        "job_search": facts.plan_agreed,
        "placed": facts.placements_running > 0,
        "start_up": facts.plan_agreed and facts.plan_path == Path.START_UP,
    }
    return was if was not in WORKING or still_stands.get(was, True) else COUNSELLING


def too_much(spent: int, asked: int, ceiling: int, *, currency: str, link: str) -> Iterator[Blocker]:
    """First aid beyond what a caseworker may give alone; all amounts in minor units."""
    if spent + asked > ceiling:
        yield Blocker(
            "over_ceiling",
            _(
                "With what was given before this makes %(sum)s. "
                "A caseworker alone gives up to %(ceiling)s: a supervisor gives the rest."
            )
            % {"sum": in_money(spent + asked, currency), "ceiling": in_money(ceiling, currency)},
            link,
            _("Give first aid"),
        )


def in_money(minor: int, currency: str) -> str:
    """An amount of minor units as people read it: "TND 12.500", "EUR 40.00"."""
    places = decimals(currency)
    return f"{currency} {minor / 10**places:,.{places}f}" if places else f"{currency} {minor:,}"


def decimals(currency: str) -> int:
    """How many decimals the currency has; the dinars have three."""
    return {"TND": 3, "LYD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "BHD": 3, "XAF": 0, "XOF": 0, "JPY": 0, "GNF": 0}.get(currency, 2)


def in_words(day: dt.date) -> str:
    """A date as the active language writes it."""
    return date_format(day, "DATE_FORMAT")
