"""Three calls of the demo: last month's, decided and being paid; one with a sitting to decide today; one that takes pitches."""

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from casework.actions import support
from casework.models import Case
from config.demo.crowd import Town, fresh
from config.demo.days import Days, Life, at, workday
from config.demo.office import CLOSED_AFTER_DAYS
from grants.actions import accounts, calls, contracts, decisions, pitches, scores, sittings, statements, tranches
from grants.models import Call, Contract, Pitch, Seat, Sitting, Statement, Tranche
from workflows import clock
from workflows.acting import Refused

_LEVELS = {
    "skill": (
        "Has never done it", "Has watched others do it", "Has done it for months", "Has done it for pay, a year or more",
        "Has done it for pay, years, and led others",
    ),
    "buyers": (
        "No customers named", "Customers described, none spoken to", "Some asked, answers written down",
        "Several have said they would buy", "Written orders, or a market already tried",
    ),
    "figures": (
        "Costs and income do not fit", "Large costs are missing", "Adds up on hope", "Adds up, with one weak month",
        "Adds up in the worst month too",
    ),
    "worst": (
        "Has not thought of it", "Hopes it does not come", "Knows what would happen", "Has a way through",
        "Has tried the way through",
    ),
    "others": (
        "Work for nobody yet", "Work for one, some day", "Work for oneself now", "Work for one more in a year",
        "Work for two or more, declared",
    ),
}  # fmt: skip
_CRITERIA = (
    {"code": "skill", "question": "Can they do this work?", "predicts": "Whether the trade is mastered", "weight": 3},
    {"code": "buyers", "question": "Is there someone who will buy?", "predicts": "Takings in the first year", "weight": 3},
    {"code": "figures", "question": "Do the figures hold?", "predicts": "Whether the till runs dry", "weight": 2},
    {"code": "worst", "question": "What if the worst month comes?", "predicts": "Whether it lasts a year", "weight": 1},
    {"code": "others", "question": "What will it change for others?", "predicts": "Work beside one’s own", "weight": 1},
)
_RULES = (
    {"rule": "months_since_return", "number": 24},
    {"rule": "plan_agreed"},
    {"rule": "identity_seen"},
    {"rule": "no_running_contract"},
    {"rule": "asked", "question": "Will the business be where the office can visit it?"},
)
_JURY = (("elif", "Banque de Tunisie et du Golfe"), ("idris", "Employment service"), ("karim", "Municipality of La Marsa"))


@dataclass(frozen=True)
class Idea:
    """A business that somebody pitches; amounts in cents of the euro."""

    title: str
    activity: str
    market: str
    place: str
    asked: int
    own: int
    family: int
    uses: tuple[tuple[str, str, int, str], ...]
    takings: int
    """Income of a good month."""
    costs: int
    risk: str
    permits: str
    levels: tuple[int, int, int, int, int]
    """What an even-handed juror would give."""


_PIZZERIA = Idea(
    "A pizzeria in La Marsa",
    "Neapolitan pizza from a wood oven, to eat there and to carry home.",
    "Two schools and the beach road; forty neighbours were asked what they pay for a pizza now.",
    "A shop of thirty square metres in La Marsa, lease ready to sign.",
    5_200_00, 1_500_00, 800_00,
    (("equipment", "Wood oven, second hand", 4_300_00, "Fours du Sud"), ("equipment", "Dough mixer", 1_650_00, "Fours du Sud"),
     ("stock", "Flour, cheese, tomatoes for two months", 1_550_00, "")),
    2_100_00, 1_180_00,
    "Winter is slow at the beach: lunch for two schools carries it.",
    "Food hygiene card (has it), patent (asked for), lease (draft).",
    (5, 4, 4, 3, 4),
)  # fmt: skip
_LIVESTOCK = Idea(
    "Sheep and goats in Beni Khedache",
    "Twelve ewes and two rams; lambs for the feast, milk in between.",
    "Three butchers of Médenine have said what they pay for a lamb.",
    "The family’s land in Beni Khedache.",
    4_600_00, 400_00, 900_00,
    (("equipment", "Twelve ewes, two rams", 4_400_00, "Marché de Médenine"), ("premises", "Fence and roof", 900_00, ""),
     ("working_capital", "Fodder for the first winter", 600_00, "")),
    980_00, 610_00,
    "A dry year: fodder is bought early, and six ewes are sold first.",
    "Vaccination book with the state vet.",
    (4, 4, 3, 4, 3),
)  # fmt: skip
_FEED = Idea(
    "Feed for the herds of Zarzis",
    "Barley, bran and mineral blocks, sold by the sack from a storehouse at the market.",
    "Sixty keepers buy in Médenine now, forty kilometres away; eleven would buy here.",
    "A storehouse at the weekly market of Zarzis.",
    4_700_00, 1_200_00, 0,
    (("stock", "First stock of barley and bran", 3_900_00, "Moulins du Sahel"),
     ("transport", "A used three-wheeler", 1_400_00, "Garage Ben Amor"),
     ("premises", "Rent for three months", 600_00, "")),
    1_900_00, 1_450_00,
    "Prices double in a dry spring: half is bought after the harvest.",
    "Trade register (open).",
    (4, 4, 4, 3, 3),
)  # fmt: skip
_PHOTOGRAPHER = Idea(
    "Weddings and papers, a photographer in Zarzis",
    "Weddings in summer; passport pictures, prints and school groups in winter.",
    "Six weddings a season are spoken for; the school asks every autumn.",
    "A shop beside the town hall, not found yet.",
    5_600_00, 1_400_00, 0,
    (("equipment", "Two cameras and lenses", 4_600_00, "Photo Carthage"), ("equipment", "Printer", 1_400_00, "Photo Carthage"),
     ("permits", "Registration and sign", 1_000_00, "")),
    1_300_00, 820_00,
    "The shop is not found: without it only weddings remain.",
    "Patent (asked for); no lease yet.",
    (5, 3, 3, 2, 2),
)  # fmt: skip
_TODAY = (
    Idea("Repairs of phones at the station", "Screens, batteries, sockets, while people wait for the train.",
         "Two hundred pass each morning; thirty were asked.", "A kiosk at the station of Tunis.", 4_400_00, 600_00, 500_00,
         (("equipment", "Bench, tools, microscope", 3_300_00, "Electro Lafayette"), ("stock", "Spare parts", 2_200_00, "")),
         1_600_00, 980_00, "The kiosk is let by the year only.", "Permit of the railway (written yes).", (4, 4, 3, 3, 2)),
    Idea("Warm bread before the first bell", "Rolls and flat bread from four in the morning, carried to three schools.",
         "Nine hundred pupils; two canteens have written.", "A bakery of the cousin, half days.", 5_200_00, 1_500_00, 800_00,
         (("equipment", "Deck oven, second hand", 4_300_00, "Fours du Sud"),
          ("equipment", "Mixer and trays", 1_650_00, "Fours du Sud"), ("stock", "Flour and gas, two months", 1_550_00, "")),
         1_260_00, 880_00, "Schools close in summer; one café has been asked.", "Food hygiene card (has it).", (5, 4, 4, 3, 3)),
    Idea("Olive wood for the hotels", "Boards, bowls and spoons, turned and oiled.", "Four hotels of Djerba have taken samples.",
         "The father’s workshop in Zarzis.", 4_200_00, 700_00, 600_00,
         (("equipment", "Lathe and band saw", 3_900_00, "Machines Sfax"), ("stock", "Wood of two groves", 1_600_00, "")),
         1_150_00, 700_00, "Hotels pay late: a third is asked for at the order.", "Craft card (has it).", (4, 3, 3, 3, 3)),
)  # fmt: skip


def begin(days: Days, town: Town, today: dt.date) -> None:
    """Let the calls of the demo live, each from its own day."""
    day = lambda ago: workday(today - dt.timedelta(days=ago))  # noqa: E731 (read as a word in the lines below)
    days.begins(_last_months_call(town, day))
    days.begins(_todays_sitting(town, day, today))
    days.begins(_the_open_call(town, day, today))
    days.begins(_supports(town, day))


def _call(town: Town, code: str, title: str, *, opens: dt.date, closes: dt.date, decides: dt.date) -> Call:
    hana = town.house.hana
    call = calls.draft_call(
        by=hana,
        programme=town.programme,
        office=town.house.offices["TUNIS"],
        code=code,
        title=title,
        currency="EUR",
        budget=24_000_00,
        floor=4_000_00,
        ceiling=6_000_00,
        opens_on=opens,
        closes_on=closes,
        decides_by=decides,
        criteria=[{**one, "levels": list(_LEVELS[str(one["code"])])} for one in _CRITERIA],
        eligibility=_RULES,
    )
    return calls.open_call(call, by=hana)


# ——— candidates ———


def _candidates(town: Town, office: str, many: int) -> list[Case]:
    """Open files on the start-up path whose plan is agreed and who pitch nowhere yet, the oldest first."""
    busy = Pitch.objects.exclude(state="withdrawn").values("case")
    files = Case.objects.filter(
        state="start_up",
        office__code=office,
        programme=town.programme,
        caseworker__isnull=False,
        death_recorded_at=None,
        referred_on__gte=clock.today() - dt.timedelta(days=CLOSED_AFTER_DAYS - 100),
    ).exclude(pk__in=busy)
    agreed = files.filter(plans__agreed_at__isnull=False, plans__replaced_at=None).exclude(sender_reference__in=("TR-MM", "TR-WO"))
    return list(agreed.select_related("person", "caseworker").order_by("referred_on", "pk")[:many])


def _account(town: Town, case: Case) -> None:
    if not case.accounts.filter(contract=None).exists():
        account = accounts.set_account(case, by=case.caseworker, holder=case.person.name, pay_by="postal_order", bank="La Poste")
        accounts.check_account(account, by=town.house.dana, how="in_person")


def _pitch(town: Town, call: Call, case: Case, idea: Idea, **also: Any) -> Pitch:
    me, today = case.caseworker, clock.today()
    pitch = pitches.draft_pitch(case, by=me, call=call, title=idea.title, language="fr")
    growth = [idea.takings * min(month, 10) // 10 for month in range(1, 13)]
    said = {
        "story": "Years of work abroad, and the wish to be one’s own master at home.",
        "qualifications": "Learned on the job abroad, and at the course of the office.",
        "activity": idea.activity,
        "market": idea.market,
        "place": idea.place,
        "permits": idea.permits,
        "support": "The family helps in the first months; a cousin keeps the books.",
        "risks": idea.risk,
        "jobs_men": 1,
        "sources": [
            {"kind": kind, "amount": amount}
            for kind, amount in (("asked", idea.asked), ("own", idea.own), ("family", idea.family))
            if amount
        ],
        "uses": [
            {"kind": kind, "what": what, "amount": amount, "supplier": supplier, "quoted_on": today - dt.timedelta(days=5)}
            for kind, what, amount, supplier in idea.uses
        ],
        "forecast": [{"month": n, "income": income, "expense": idea.costs} for n, income in enumerate(growth, 1)],
        **also,
    }
    return pitches.write_pitch(pitch, by=me, **said)


def _submitted(town: Town, call: Call, case: Case, idea: Idea) -> Pitch:
    _account(town, case)
    return pitches.submit_pitch(_pitch(town, call, case, idea), by=case.caseworker, confirmed_how="signed")


def _eligible(town: Town, pitch: Pitch) -> Pitch:
    hana = town.house.hana
    pitch = Pitch.objects.get(pk=pitch.pk)
    open_rules = pitch.call.eligibility.exclude(answers__pitch=pitch)
    pitch = pitches.answer_rule(pitch, by=hana, answers={rule.pk: "yes" for rule in open_rules})
    return pitches.find_eligible(pitch, by=hana)


# ——— the jury ———


def _sitting(town: Town, call: Call, held_on: dt.date, place: str) -> Sitting:
    hana = town.house.hana
    sitting = sittings.plan_sitting(call, by=hana, chair=town.house.farid, held_on=held_on, place=place)
    for name, institution in _JURY:
        sittings.invite_juror(
            Sitting.objects.get(pk=sitting.pk),
            by=hana,
            user=getattr(town.house, name),
            institution=institution,
            languages=["fr", "ar"],
        )
    sittings.seat_jury(Sitting.objects.get(pk=sitting.pk), by=hana)
    return sittings.draw_lots(Sitting.objects.get(pk=sitting.pk), by=hana)


def _undertake(town: Town, sitting: Sitting) -> None:
    for name, _institution in _JURY:
        sittings.undertake(Sitting.objects.get(pk=sitting.pk), by=getattr(town.house, name))


def _scores(town: Town, pitch: Pitch, levels: Sequence[int], names: Sequence[str]) -> None:
    """Each juror scores by the idea, one of them sterner, one of them kinder."""
    criteria = list(pitch.call.criteria.all())
    lean = {"elif": -1, "idris": 0, "karim": 1}
    for seat in Seat.objects.filter(pitch=pitch, left_at=None).select_related("member__user"):
        name = seat.member.user.email.partition("@")[0]
        if name not in names:
            continue
        me = getattr(town.house, name)
        scores.declare(seat, by=me)
        given = {}
        for place, one in enumerate(criteria):
            level = max(1, min(5, levels[place] + (lean[name] if place % 2 else 0)))
            given[one.pk] = {"level": level, "words": "As the plan says and the candidate showed." if level in (1, 5) else ""}
        scores.score_pitch(Seat.objects.get(pk=seat.pk), by=me, scores=given)


# ——— last month's ———


def _last_months_call(town: Town, day: Any) -> Life:
    house = town.house
    yield at(day(86), 9)
    call = _call(town, "2026-1", "Spring call for small businesses", opens=day(86), closes=day(53), decides=day(30))
    mohamed = Case.objects.get(sender_reference="TR-MM", programme=town.programme)
    yield at(day(60), 10)
    found = [mohamed, *_candidates(town, "ZARZIS", 3)]
    ideas = (_PIZZERIA, _LIVESTOCK, _FEED, _PHOTOGRAPHER)
    made = [(_submitted(town, call, case, idea), idea) for case, idea in zip(found, ideas, strict=False)]
    yield at(day(48), 9)
    calls.close_submissions(Call.objects.get(pk=call.pk), by=house.hana)
    for pitch, _idea in made:
        _eligible(town, pitch)
    calls.open_jury(Call.objects.get(pk=call.pk), by=house.hana)
    sitting = _sitting(town, Call.objects.get(pk=call.pk), day(32), "Municipality of Zarzis")
    yield at(day(32), 9)
    _undertake(town, sitting)
    sittings.open_sitting(Sitting.objects.get(pk=sitting.pk), by=house.farid)
    for pitch, idea in made:
        sittings.hear_pitch(Pitch.objects.get(pk=pitch.pk), by=house.farid)
        _scores(town, pitch, idea.levels, ("elif", "idris", "karim"))
        sittings.release_scores(Pitch.objects.get(pk=pitch.pk), by=house.farid)
    for pitch, idea in made:
        _decide(town, sitting, pitch, idea)
    decisions.propose_decisions(Sitting.objects.get(pk=sitting.pk), by=house.farid)
    yield at(day(31), 9)
    decisions.sign_decisions(Sitting.objects.get(pk=sitting.pk), by=house.gia)
    calls.decide_call(Call.objects.get(pk=call.pk), by=house.hana)
    awarded = [(pitch, case) for (pitch, idea), case in zip(made, found, strict=False) if idea is not _PHOTOGRAPHER]
    for (pitch, _idea), case in zip(made, found, strict=False):
        pitches.hand_over_letter(Pitch.objects.get(pk=pitch.pk), by=case.caseworker)
    yield at(day(29), 12)
    for pitch, case in awarded:
        contracts.read_out_contract(Pitch.objects.get(pk=pitch.pk), by=case.caseworker)
    yield at(day(25), 10)
    signed = [
        (contracts.sign_contract(Pitch.objects.get(pk=pitch.pk), by=house.hana, ends_on=day(25) + dt.timedelta(days=365)), case)
        for pitch, case in awarded
    ]
    yield at(day(24), 11)
    for contract, case in signed:
        _hand_in(_tranche(contract, 1), case)
        tranches.request_tranche(_tranche(contract, 1), by=case.caseworker)
    yield at(day(23), 11)
    for contract, _case in signed[:2]:
        _approve(town, _tranche(contract, 1))
    if len(signed) > 2:
        tranches.return_tranche(_tranche(signed[2][0], 1), by=house.hana, reason="The quote of the three-wheeler is not signed.")
    yield at(day(22), 14)
    for contract, _case in signed[:2]:
        tranches.make_payment_order([_tranche(contract, 1)], by=house.dana)
    yield at(day(18), 10)
    lines = "date;reference;amount;currency;text\n" + "".join(
        f"{day(19):%Y-%m-%d};TN{day(19):%m%d}-{place};-{paid.amount / 100:.2f};EUR;start-up {paid.payment_key}\n"
        for place, paid in enumerate((_tranche(contract, 1) for contract, _case in signed[:2]), 1)
    )
    lines += f"{day(19):%Y-%m-%d};TN{day(19):%m%d}-9;-4.50;EUR;account fees\n"
    statements.import_statement(
        by=house.dana,
        programme=town.programme,
        office=house.offices["TUNIS"],
        name=f"Statement {day(19):%Y-%m}",
        data=lines.encode(),
    )
    _settle(town)
    yield at(day(6), 10)
    contract, case = signed[0]
    paper = support.add_document(
        fresh(case), by=case.caseworker, kind="receipt", title="Receipts of the oven", seen_on=clock.today(), file=_picture()
    )
    for one in _tranche(contract, 1).evidence.filter(after_payment=True, given_at=None):
        tranches.add_receipt(
            _tranche(contract, 1), by=case.caseworker, document=paper, amount=_tranche(contract, 1).amount, evidence=one
        )
    tranches.account_for(_tranche(contract, 1), by=house.hana)
    yield at(day(3), 15)
    contracts.record_visit(
        Contract.objects.get(pk=contract.pk), by=case.caseworker, words="Open since two weeks; the oven runs, two work there."
    )
    tranches.request_tranche(_tranche(contract, 2), by=case.caseworker)


def _decide(town: Town, sitting: Sitting, pitch: Pitch, idea: Idea) -> None:
    said: dict[str, Any] = {"result": "awarded", "amount": min(idea.asked, 4_792_00) if idea is not _PIZZERIA else 5_000_00}
    if idea is _PHOTOGRAPHER:
        said = {
            "result": "adjourned", "reasons": ["permits"], "come_back_on": sitting.held_on + dt.timedelta(days=75),
            "words": "Come back with the shop: a lease, or a written yes of the owner.",
        }  # fmt: skip
    elif idea is _PIZZERIA:
        said["conditions"] = ["The lease, signed", "A talk with the book-keeper of the centre"]
    try:
        decisions.write_decision(Sitting.objects.get(pk=sitting.pk), by=town.house.farid, pitch=pitch, **said)
    except Refused:
        said["leaves_rule_because"] = "The committee heard that the third juror read an older version of the plan."
        decisions.write_decision(Sitting.objects.get(pk=sitting.pk), by=town.house.farid, pitch=pitch, **said)


def _tranche(contract: Contract, number: int) -> Tranche:
    return Tranche.objects.get(contract=contract, number=number)


def _picture() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(drawn, "PNG")
    return SimpleUploadedFile("paper.png", drawn.getvalue(), content_type="image/png")


def _hand_in(tranche: Tranche, case: Case) -> None:
    """Every paper that is asked for before the tranche, handed in."""
    for one in tranche.evidence.filter(after_payment=False, given_at=None, waived_because=""):
        paper = support.add_document(
            fresh(case), by=case.caseworker, kind="other", title=one.what[:120], seen_on=clock.today(), file=_picture()
        )
        tranches.answer_evidence(Tranche.objects.get(pk=tranche.pk), by=case.caseworker, evidence=one, document=paper)


def _approve(town: Town, tranche: Tranche) -> None:
    """The grant officer approves; above the programme's amount the manager too."""
    tranche = tranches.approve_tranche(tranche, by=town.house.hana)
    if tranche.state == "requested":
        tranches.approve_tranche(tranche, by=town.house.gia)


def _settle(town: Town) -> None:
    for statement in Statement.objects.all():
        statements.settle_lines(statement, by=town.house.dana)


# ——— today's ———


def _todays_sitting(town: Town, day: Any, today: dt.date) -> Life:
    house = town.house
    yield at(day(48), 11)
    call = _call(
        town, "2026-2", "Summer call for small businesses", opens=day(48), closes=day(20), decides=today + dt.timedelta(days=20)
    )
    yield at(day(28), 10)
    found = [*_candidates(town, "TUNIS", 2), *_candidates(town, "ZARZIS", 1)]
    made = [(_submitted(town, call, case, idea), idea) for case, idea in zip(found, _TODAY, strict=False)]
    yield at(day(14), 9)
    calls.close_submissions(Call.objects.get(pk=call.pk), by=house.hana)
    for pitch, _idea in made:
        _eligible(town, pitch)
    calls.open_jury(Call.objects.get(pk=call.pk), by=house.hana)
    sitting = _sitting(town, Call.objects.get(pk=call.pk), today, "Employment service, Tunis")
    yield at(today - dt.timedelta(days=3), 16)
    _undertake(town, sitting)
    yield at(today, 0, 5)
    sittings.open_sitting(Sitting.objects.get(pk=sitting.pk), by=house.farid)
    # Two have handed in all of it, the third has begun.
    for place, (pitch, idea) in enumerate(made):
        _scores(town, pitch, idea.levels, ("elif", "idris", "karim") if place == 0 else ("idris", "karim"))


# ——— open now ———


def _the_open_call(town: Town, day: Any, today: dt.date) -> Life:
    yield at(day(12), 9)
    call = _call(
        town, "2026-3", "Autumn call for small businesses",
        opens=day(12), closes=today + dt.timedelta(days=19), decides=today + dt.timedelta(days=60),
    )  # fmt: skip
    yield at(day(5), 11)
    wafa = Case.objects.get(sender_reference="TR-WO", programme=town.programme)
    sewing = Idea(
        "A sewing workshop with her sister", "Uniforms for hotels and schools, mended and made.",
        "Two hotels of La Goulette have asked for a price.", "A room in her mother’s house.", 7_500_00, 500_00, 0,
        (("equipment", "Four machines", 6_200_00, "Machines Sfax"), ("stock", "Cloth", 1_800_00, "")),
        1_400_00, 900_00, "One hotel alone is half of the orders.", "Craft card (asked for).", (4, 3, 3, 3, 4),
    )  # fmt: skip
    _pitch(town, call, wafa, sewing)
    for case in _candidates(town, "TUNIS", 1):
        _submitted(town, call, case, _TODAY[0])


# ——— money that no jury awards ———


def _supports(town: Town, day: Any) -> Life:
    """A wage subsidy, a tool, a journey: one of each way that a tranche can go."""
    house = town.house
    yield at(day(40), 10)
    placed = Case.objects.filter(state="placed", programme=town.programme, caseworker__isnull=False, death_recorded_at=None)
    files = list(placed.select_related("person", "caseworker").order_by("referred_on", "pk")[:3])
    given = []
    for case, (kind, purpose, amount) in zip(
        files,
        (
            ("social_aid", "A bed and a stove", 620_000),
            ("in_kind", "A welder’s tools", 900_000),
            ("transport", "Bus to work", 150_000),
        ),
        strict=False,
    ):
        _account(town, case)
        supplier = {"supplier": "Outillage Rades"} if kind == "in_kind" else {}
        contract = contracts.grant_support(
            fresh(case), by=house.hana, kind=kind, purpose=purpose,
            schedule=[(clock.today(), amount // 2), (None, amount - amount // 2)],
            **supplier,
        )  # fmt: skip
        given.append((contract, case))
    yield at(day(36), 11)
    for contract, case in given:
        if contract.kind == "in_kind":
            shop = accounts.set_account(
                fresh(case), by=case.caseworker, holder="Outillage Rades", pay_by="cheque", bank="BTG", contract=contract
            )
            accounts.check_account(shop, by=house.dana, how="in_person")
        _hand_in(_tranche(contract, 1), case)
        tranches.request_tranche(_tranche(contract, 1), by=case.caseworker)
    yield at(day(35), 11)
    for contract, _case in given:
        _approve(town, _tranche(contract, 1))
    yield at(day(34), 11)
    for contract, _case in given[:2]:
        tranches.order_payment(_tranche(contract, 1), by=house.dana)
    if given:
        yield at(day(30), 11)
        tranches.bounce(_tranche(given[0][0], 1), by=house.dana, reason="The post office does not know the name.")
        tranches.cancel_tranche(_tranche(given[-1][0], 2), by=house.hana, reason="The employer pays the bus from now on.")
