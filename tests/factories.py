"""People, offices and files for the tests. A state is reached by performing the verbs; the cast never changes.

Amina (caseworker, Tunis), Boris (her supervisor), Chen (caseworker, Zarzis), Nour (his supervisor), Dana (finance),
Elif, Idris and Karim (jurors), Farid (chair), Gia (programme manager), Hana (grant officer), Lena (data protection),
Mona (administrator), Petra (protection lead, Tunis), Rida (front desk, Tunis).
"""

import datetime as dt
import itertools
import uuid
from typing import Any

from django.db import models

from accounts.models import Office, RoleGrant, User
from accounts.scope import forget_scope
from casework.actions import case as case_verbs
from casework.actions import closing, people, plan, support, training, work
from casework.actions.case import new_case
from casework.actions.people import new_person
from casework.models import Case, Course, EmergencyNumber, Employer, Person, Programme, ProgrammeOffice, Provider
from workflows import clock
from workflows.acting import SYSTEM, act
from workflows.partial import PartialDate

CAST = {
    "amina": ("caseworker", "TUNIS"),
    "boris": ("supervisor", "TUNIS"),
    "chen": ("caseworker", "ZARZIS"),
    "nour": ("supervisor", "ZARZIS"),
    "dana": ("finance", None),
    "elif": ("juror", None),
    "idris": ("juror", None),
    "karim": ("juror", None),
    "farid": ("chair", None),
    "gia": ("programme_manager", None),
    "hana": ("grant_officer", None),
    "lena": ("data_protection", None),
    "mona": ("administrator", None),
    "petra": ("protection_lead", "TUNIS"),
    "rida": ("front_desk", "TUNIS"),
}

_number = itertools.count(1)


def office(code: str = "TUNIS", **also: Any) -> Office:
    """The office of that code, made at first use."""
    made, _new = Office.objects.get_or_create(code=code, defaults={"name": code.capitalize(), "country": "TN", **also})
    return made


def programme(code: str = "TN-RETURN", **also: Any) -> Programme:
    """The programme of that code, open, carried out in Tunis and Zarzis; made at first use."""
    made, new = Programme.objects.get_or_create(
        code=code,
        defaults={
            "name": "Return to Tunisia",
            "country": "TN",
            "lawful_basis": "The task given to the office by law.",
            "lawful_basis_decided_by": "Lena",
            "live_since": clock.now(),
            **also,
        },
    )
    if new:
        for one in ("TUNIS", "ZARZIS"):
            ProgrammeOffice.objects.create(programme=made, office=office(one))
        EmergencyNumber.objects.create(programme=made, label="Police", number="197", checked_on=clock.today())
    return made


def user(name: str = "", *, role: str = "", at: str | None = None, **also: Any) -> User:
    """A user with one role at one office (`at` empty: at every office). A name of the cast brings its own role."""
    name = name or f"user{next(_number)}"
    if not role and name in CAST:
        role, at = CAST[name]
    found = User.objects.filter(email=f"{name}@example.org").first()
    if found is None:
        found = User.objects.create(email=f"{name}@example.org", name=name.capitalize(), invited_at=clock.now(), **also)
        if role:
            give_role(found, role, at)
    forget_scope(found)
    return found


def give_role(to: User, role: str, at: str | None = None) -> RoleGrant:
    """One more role."""
    grant = RoleGrant.objects.create(user=to, role=role, office=office(at) if at else None, since=clock.now())
    forget_scope(to)
    return grant


def person(
    *, programme: Programme | None = None, phone: str = "", email: str = "", document_number: str = "", **who: Any
) -> Person:
    """A person with the rows that find them, and no case yet. Everybody is made up."""
    n = next(_number)
    who = {
        "given_names": f"Khaled{n}",
        "family_name": f"Belhaj{n}",
        "sex": "male",
        "born": PartialDate(1990),
        "language": "ar",
        **who,
    }
    made, rows = new_person(
        programme=programme or globals()["programme"](), phone=phone, email=email, document_number=document_number, **who
    )
    made.save(force_insert=True)
    save_rows(rows)
    return made


def save_rows(rows: list[models.Model]) -> None:
    """Insert children of whatever models."""
    for row in rows:
        row.save(force_insert=True)


def case(
    *,
    person: Person | None = None,
    at: str = "TUNIS",
    by: User | None = None,
    caseworker: User | None = None,
    programme: Programme | None = None,
    **facts: Any,
) -> Case:
    """A referred case at an office, referred by performing the verb."""
    office(at)
    programme = programme or globals()["programme"]()
    by = by or user("amina" if at == "TUNIS" else "chen")
    made = new_case(
        person=person or globals()["person"](programme=programme), programme=programme, office=office(at), caseworker=caseworker,
        **{"referred_on": clock.today(), **facts},
    )  # fmt: skip
    with act(made, "casework.refer", by=by) as made:
        made.says(person=made.person_id, programme=programme.pk, office=made.office_id)
    return made


def days_ago(days: int) -> dt.date:
    return clock.today() - dt.timedelta(days=days)


# ——— a case in a state, reached by performing the verbs ———


def told(case: Case, *, by: User | None = None) -> Case:
    """The notice was given in a language understood."""
    people.record_notice(case.person, by=by or user("amina"), language="ar", text_version="1", case=case)
    return again(case)


def agreed(case: Case, *, by: User | None = None, path: str = "work", amount: int = 200_00) -> Case:
    """Identity seen, screened, and a plan agreed by both."""
    by = by or user("amina")
    support.add_document(again(case), by=by, kind="identity", seen_on=clock.today())
    people.record_screening(case.person, by=by, outcomes=["nothing_said"], alone=True, case=case)
    plan.draft_plan(
        again(case),
        by=by,
        path=path,
        lines=[{"kind": "training", "what": "A course", "amount": amount}],
        goals=[{"what": "Work as a baker"}],
        promises=[{"whose": "office", "what": "Find a course"}],
    )
    plan.agree_plan(again(case), by=by, person_mark="agreed")
    return again(case)


def employer(name: str = "Boulangerie du Port") -> Employer:
    return Employer.objects.filter(name=name).first() or work.add_employer(by=user("amina"), name=name, place="Tunis")


def course(title: str = "Baker’s certificate") -> Course:
    centre = Provider.objects.filter(name="Centre de Tunis").first() or training.add_provider(
        by=user("amina"), name="Centre de Tunis"
    )
    return Course.objects.filter(title=title).first() or training.add_course(by=user("amina"), provider=centre, title=title)


def placed(case: Case, *, by: User | None = None, **facts: Any) -> Case:
    """In work since today."""
    facts = {"occupation": "Baker", "started_on": PartialDate.of(clock.today()), "known_by": "contract", **facts}
    work.record_placement(again(case), by=by or user("amina"), employer=employer(), **facts)
    return again(case)


def again(case: Case) -> Case:
    """The case as it stands now."""
    return Case.objects.get(pk=case.pk)


def case_at(state: str, *, by: User | None = None, **facts: Any) -> Case:
    """A case of Amina's in the state, with everything that the way there asks for."""
    by = by or user("amina")
    made = case(caseworker=by, by=by, **facts)
    if state == "referred":
        return made
    made = case_verbs.open_intake(made, by=by)
    if state == "intake":
        return again(made)
    made = case_verbs.begin_counselling(told(made, by=by), by=by)
    match state:
        case "on_hold":
            case_verbs.put_on_hold(made, by=by, reason="harvest", review_on=clock.today() + dt.timedelta(days=30))
        case "closed":
            closing.close_case(made, by=by, outcome="support_ended")
        case "training":
            agreed(made, by=by, path="training")
            training.enrol(again(made), by=by, course=course(), confirmed=True)
            training.start_training(again(made), by=by)
        case "job_search":
            agreed(made, by=by)
            work.record_profile(again(made), by=by, occupation="Baker", level="isced_3", languages=["ar"])
            work.begin_job_search(again(made), by=by)
        case "placed":
            placed(agreed(made, by=by), by=by)
        case "start_up" | "funded":
            agreed(made, by=by, path="start_up")
            work.begin_start_up(again(made), by=by)
            if state == "funded":
                # What the first confirmed payment of an award does; the way through the money is tested where the money is.
                work.record_first_payment(
                    again(made), by=SYSTEM("grants.confirm_payment"), contract=uuid.uuid4(), paid_on=clock.today()
                )
    return again(made)
