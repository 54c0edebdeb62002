"""The programme "Return to Tunisia" over eighteen months: set up, lived day by day, and left with work for today."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from casework.actions import training, work
from config.demo import crowd, grants, jobs, names, people
from config.demo.answers import Answering
from config.demo.cast import BY, House, invite_cast
from config.demo.days import Days, at
from config.demo.office import Office
from config.demo.programme import open_programme
from monitoring.dispatch import dispatch
from workflows import chain, clock, messages
from workflows.partial import PartialDate

MONTHS = 18
CROWD = 270


@dataclass
class Told:
    """What was made, for whoever started it."""

    cases: int
    days: int


def tell(now: dt.datetime, *, seed: int = 2026, said: Callable[[str], Any] = print) -> Told:
    """Live through the eighteen months before `now`. Every row is written by a verb; nothing leaves the machine."""
    rng = random.Random(seed)
    today = timezone.localtime(now).date()
    first = today - dt.timedelta(days=MONTHS * 30)
    with clock.moved_to(at(first, 8)):
        house = invite_cast()
        town = town_of(house)
        days = Days(until=now)
        arrivals = _crowd(days, town, rng, first, today)
        people.everybody(days, town, first, today)
        grants.begin(days, town, today)
        answering, office = Answering(rng, house), Office(rng, house)

        def evening(moment: dt.datetime) -> None:
            dispatch(moment)
            if moment < now:
                messages.send_waiting(at=moment)
                office.tidies_up(moment)
            answering.that_day(moment)

        days.pass_by(evening, lambda day: said(f"  {day:%B %Y}") if day.day == 1 else None)
        jobs.are_posted(town, today)
        people.work_for_today(town, today)
        chain.seal("events")
        chain.seal("accesses")
    return Told(arrivals, (today - first).days)


def town_of(house: House) -> crowd.Town:
    """The programme, opened, with its employers and courses."""
    programme = open_programme(
        code="TN-RETURN",
        name="Return to Tunisia",
        offices=list(house.offices.values()),
        administrator=house.mona,
        manager=house.gia,
        lawful_basis_decided_by="Lena Vogel",
    )
    employers = [work.add_employer(by=house.amina, name=name, trade=trade, place="Tunis") for name, trade in names.EMPLOYERS]
    courses = {}
    for office, me, provider in (
        ("TUNIS", house.amina, "Centre El Mourouj"),
        ("ZARZIS", house.chen, "Centre de formation de Zarzis"),
    ):
        school = training.add_provider(by=me, name=provider, place=office.capitalize())
        courses[office] = [training.add_course(by=me, provider=school, title=title, occupation=trade) for title, trade in _COURSES]
    return crowd.Town(programme, house, employers, courses)


_COURSES = (
    ("Refrigeration", "fridge mechanic"),
    ("Pastry and bread", "baker"),
    ("Welding, level 2", "welder"),
    ("Hotel kitchen", "cook"),
)


def _crowd(days: Days, town: crowd.Town, rng: random.Random, first: dt.date, today: dt.date) -> int:
    """The arrivals, spread over the months, referred month by month before they land."""
    span = (today - first).days
    # More of them came in the first year: their later rounds are what the report is about.
    landings = sorted(first + dt.timedelta(days=6 + int((span + 6) * rng.random() ** 1.5)) for _ in range(CROWD))
    for start in range(0, CROWD, 15):
        batch = landings[start : start + 15]
        days.begins(_list_comes_in(days, town, rng, batch, start, first))
    return CROWD


def _list_comes_in(days: Days, town: crowd.Town, rng: random.Random, landings: list[dt.date], start: int, first: dt.date) -> Any:
    yield at(max(first, landings[0] - dt.timedelta(days=5)), 8, 30)
    offices = [rng.choices(("TUNIS", "ZARZIS"), (58, 42))[0] for _ in landings]
    everybody = [
        (
            crowd.somebody(rng, start + number, office, landing),
            {
                "office": town.house.offices[office],
                "sender": "OFII",
                "sender_reference": f"TR-{start + number:04}",
                "return_as_sent": rng.choices(("voluntary", "assisted_voluntary", "forced"), (45, 35, 20))[0],
                "host_country": rng.choice(names.HOSTS),
                "expected_arrival": PartialDate.of(landing),
                "path": rng.choice(("work", "training", "start_up", "")),
            },
        )
        for number, (landing, office) in enumerate(zip(landings, offices, strict=True))
    ]
    for case, landing, office in zip(crowd.refer_many(everybody, programme=town.programme, by=BY), landings, offices, strict=True):
        days.begins(crowd.life(case, office, landing, town, random.Random(f"{start}:{case.sender_reference}")))
