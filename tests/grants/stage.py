"""Calls and pitches for the tests. A state is reached by performing the verbs; amounts are cents."""

import datetime as dt
from typing import Any

from casework.models import Case
from grants.actions import calls, pitches
from grants.models import Account, Call, Pitch
from tests import factories as make
from workflows import clock
from workflows.acting import act

LEVELS = ["No customers named", "Described, none spoken to", "Some asked", "Several would buy", "Written orders"]
CRITERIA = (
    {
        "code": "skill",
        "question": "Can they do this work?",
        "predicts": "Whether the trade is mastered",
        "weight": 2,
        "levels": LEVELS,
    },
    {"code": "market", "question": "Will somebody buy?", "predicts": "Takings", "weight": 2, "levels": LEVELS},
    {"code": "figures", "question": "Do the figures hold?", "predicts": "Survival", "weight": 1, "levels": LEVELS},
)
RULES = ({"rule": "plan_agreed"}, {"rule": "asked", "question": "Will the business be in the region?"})
WORDS = {
    "story": "Eight years in bakeries of Marseille.",
    "qualifications": "Baker, shift leader.",
    "activity": "Bread rolls for three schools.",
    "market": "Nine hundred pupils; two canteens have written.",
    "place": "A shop in La Marsa.",
    "permits": "Patent asked for.",
    "support": "My sister keeps the books.",
    "risks": "Schools close in summer: I have asked a café.",
}
SOURCES = ({"kind": "asked", "amount": 5_200_00}, {"kind": "own", "amount": 1_500_00}, {"kind": "family", "amount": 800_00})
USES = (
    {"kind": "equipment", "what": "Deck oven", "amount": 4_300_00, "supplier": "Fours du Sud"},
    {"kind": "equipment", "what": "Mixer", "amount": 1_650_00, "supplier": "Fours du Sud"},
    {"kind": "stock", "what": "Flour and gas", "amount": 1_550_00},
)


def call(**settings: Any) -> Call:
    """A call that is written: EUR 40,000, EUR 4,000 to 6,000 a plan, until in two weeks."""
    today = clock.today()
    settings = {
        "code": f"c{Call.objects.count() + 1}",
        "title": "Spring call",
        "budget": 40_000_00,
        "floor": 4_000_00,
        "ceiling": 6_000_00,
        "opens_on": today,
        "closes_on": today + dt.timedelta(days=14),
        "decides_by": today + dt.timedelta(days=40),
        "criteria": CRITERIA,
        "eligibility": RULES,
        **settings,
    }
    programme = settings.pop("programme", None) or make.programme()
    return calls.draft_call(by=make.user("hana"), programme=programme, office=make.office("TUNIS"), **settings)


def open_call(**settings: Any) -> Call:
    """A call that takes pitches."""
    return calls.open_call(call(**settings), by=make.user("hana"))


def candidate(**facts: Any) -> Case:
    """Somebody on the start-up path whose plan is agreed, identity seen and account checked."""
    case = make.case_at("start_up", **facts)
    checked_account(case)
    return case


def checked_account(case: Case, number: str = "") -> Account:
    """An account that the caseworker wrote down and finance confirmed."""
    amina, dana = make.user("amina"), make.user("dana")
    account = Account(
        case=case,
        holder=case.person.name,
        number=number or f"TN59{case.pk.int % 10**18:018}",
        written_at=clock.now(),
        written_by=amina,
    )
    with act(account, "grants.set_account", by=amina) as account:
        pass
    with act(account, "grants.check_account", by=dana) as account:
        account.checked_at, account.checked_by = clock.now(), dana
    return account


def draft(at: Call | None = None, case: Case | None = None, **facts: Any) -> Pitch:
    """A pitch that was begun."""
    at = at or open_call()
    return pitches.draft_pitch(case or candidate(), by=make.user("amina"), call=at, title=facts.pop("title", "Warm bread"), **facts)


def written(at: Call | None = None, case: Case | None = None, **said: Any) -> Pitch:
    """A pitch that is whole: 5,200 asked of 7,500."""
    pitch = draft(at, case)
    said = {
        **WORDS,
        "sources": SOURCES,
        "uses": [{**use, "quoted_on": clock.today()} for use in USES],
        "forecast": [{"month": month, "income": month * 100_00, "expense": 700_00} for month in range(1, 13)],
        **said,
    }
    return pitches.write_pitch(pitch, by=make.user("amina"), **said)


def submitted(at: Call | None = None, case: Case | None = None, **said: Any) -> Pitch:
    """A pitch that was handed in."""
    return pitches.submit_pitch(written(at, case, **said), by=make.user("amina"), confirmed_how="signed")


def eligible(at: Call | None = None, case: Case | None = None, **said: Any) -> Pitch:
    """A pitch that meets the rules."""
    hana = make.user("hana")
    pitch = submitted(at, case, **said)
    asked = {rule.pk: "yes" for rule in pitch.call.eligibility.filter(rule="asked")}
    return pitches.find_eligible(pitches.answer_rule(pitch, by=hana, answers=asked), by=hana)


def again(row: Any) -> Any:
    """The row as it stands now."""
    return type(row)._base_manager.get(pk=row.pk)
