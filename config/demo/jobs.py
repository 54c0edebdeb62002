"""Jobs that are to be had in the last weeks of the demo, and an employer of whom somebody has warned."""

import datetime as dt

from casework.actions import concerns, work
from config.demo.crowd import Town

# Which of the town's employers, what job, what trade, how many days ago, and what it asks for.
_JOBS = (
    (0, "Mason for a school", "mason", 3, {"level": "isced_1", "place": "Tunis"}),
    (0, "Scaffolder", "mason", 9, {"hazardous": True, "place": "La Marsa"}),
    (1, "Baker, mornings", "baker", 2, {"languages": ["ar"], "place": "Ben Arous"}),
    (2, "Fridge mechanic", "fridge mechanic", 5, {"level": "isced_3", "languages": ["ar", "fr"], "place": "Zarzis"}),
    (3, "Cook for the season", "cook", 6, {"kind": "seasonal", "languages": ["fr", "it"], "place": "Zarzis"}),
    (4, "Nurse aide", "nurse aide", 11, {"level": "isced_3", "languages": ["ar", "fr"], "place": "Tunis"}),
    (5, "Carpenter for windows", "carpenter", 8, {"kind": "apprenticeship", "place": "Ben Arous"}),
    (6, "Tailor", "tailor", 4, {"place": "Ariana"}),
    (7, "Truck driver", "truck driver", 7, {"languages": ["ar"], "place": "Médenine"}),
    (8, "Waiter", "waiter", 1, {"languages": ["fr"], "place": "Tunis"}),
)
_WARNED_OF = 8


def are_posted(town: Town, today: dt.date) -> None:
    """Post them, each on its day; a caseworker has heard that the restaurant keeps papers."""
    for which, title, trade, ago, asks in _JOBS:
        work.post_vacancy(
            by=town.house.amina,
            employer=town.employers[which],
            title=title,
            occupation=trade,
            posted_on=today - dt.timedelta(days=ago),
            expires_on=today + dt.timedelta(days=30 - ago),
            source="ANETI",
            **asks,
        )
    concerns.raise_employer_concern(
        town.employers[_WARNED_OF],
        by=town.house.amina,
        kind="keeps_papers",
        words="Two waiters say that their cards are in the safe.",
    )
