"""Run inside a fresh installation: the demo's cast and town, and Khaled with a plan agreed. Prints the address of his file."""

import datetime as dt
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 (the settings are known only now)

from casework.actions import case as cases  # noqa: E402
from casework.actions import plan, work  # noqa: E402
from config.demo import crowd, people, story  # noqa: E402
from config.demo.cast import invite_cast  # noqa: E402
from workflows import clock  # noqa: E402
from workflows.partial import PartialDate  # noqa: E402


def main() -> None:
    call_command("migrate", verbosity=0)
    house = invite_cast()
    town = story.town_of(house)
    with clock.moved_to(clock.now() - dt.timedelta(days=130)):
        who = {
            "given_names": "Khaled", "family_name": "Belhaj", "native_name": "خالد بلحاج", "sex": "male", "born": PartialDate(1992),
            "nationality": "TN", "language": "ar", "phone": "+216 20 000 387", "email": "khaled@example.org",
        }  # fmt: skip
        facts = {"office": house.offices["TUNIS"], "sender": "OFII", "sender_reference": "J-1", "caseworker": house.amina}
        case = crowd.refer_many([(who, facts)], programme=town.programme, by=house.amina)[0]
        cases.open_intake(crowd.fresh(case), by=house.amina)
        people.met(case, house.amina)
        people.ready_for_a_plan(case, house.amina, "fridge mechanic")
        plan.draft_plan(
            crowd.fresh(case), by=house.amina, path="work", lines=[{"kind": "work", "what": "Way into work", "amount": 20_000}]
        )
        plan.agree_plan(crowd.fresh(case), by=house.amina, person_mark="agreed")
        work.begin_job_search(crowd.fresh(case), by=house.amina)
    sys.stdout.write(f"{crowd.fresh(case).get_absolute_url()}\n")


if __name__ == "__main__":
    main()
