"""`manage.py begin`: the first hour of an office that installs Homeward for real."""

import os
import re
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email, validate_slug
from django.db import transaction

from accounts.actions import grant_role, invite_again, invite_user, open_office
from accounts.invitations import LASTS, link_for
from accounts.models import Office, User
from casework.actions.programme import set_up_programme
from casework.models import Person, Programme
from workflows.acting import SYSTEM, Refused

BY = SYSTEM("config.begin")

# What is asked: the option, the question, and what an answer looks like. All of it can also be given by the environment.
QUESTIONS = (
    ("programme_name", "What is the programme called?", "Return to Tunisia"),
    ("programme_code", "Its code, as it stands in lists and commands?", "TN-RETURN"),
    ("country", "Where do people come back to? Two letters", "TN"),
    ("office", "Its offices, as CODE=Name, with semicolons?", "TUNIS=Tunis;ZARZIS=Zarzis"),
    ("emergency", "Numbers to call in danger, as Who=Number, with semicolons?", "Police=197;Ambulance=190"),
    ("administrator", "The e-mail of the first administrator?", "mona@office.example"),
    ("administrator_name", "And their name?", "Mona Trabelsi"),
)


class Command(BaseCommand):
    help = (
        "Begins an installation for real: the programme, its offices, the numbers to call in danger, and the first administrator, "
        "who is sent an invitation (its link is printed as well). What is not given by an option or by HOMEWARD_BEGIN_… is asked. "
        "Run again, it makes what is missing and nothing twice; where people are on file it refuses."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, question, example in QUESTIONS:
            many: dict[str, Any] = {"action": "append"} if name in ("office", "emergency") else {}
            parser.add_argument(f"--{name.replace('_', '-')}", metavar=example.partition(";")[0], help=question, **many)
        parser.add_argument("--currency", default="", metavar="EUR", help="of ceilings and plans; EUR unless given")
        parser.add_argument("--language", default="en", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument("--no-input", action="store_false", dest="interactive", help="ask nothing: what is missing is an error")

    def handle(self, *args: Any, interactive: bool, **given: Any) -> None:
        if Person.objects.exists():
            raise CommandError("People are on file here. Begin is for an empty installation: an administrator does the rest.")
        answers = {name: self._answer(name, question, example, given, interactive) for name, question, example in QUESTIONS}
        offices, numbers = _pairs("office", answers["office"]), _pairs("emergency", answers["emergency"])
        email = _valid(answers["administrator"].lower(), validate_email, "is no e-mail address")
        code = _valid(answers["programme_code"], validate_slug, "is no code: letters, digits and hyphens").upper()
        if not re.fullmatch(r"[A-Za-z]{2}", answers["country"]):
            raise CommandError(f"{answers['country']} is no country in two letters, such as TN.")
        if User.objects.exclude(email=email).exists():
            raise CommandError("Others have accounts here. Ask the administrator: this command makes the first one only.")
        country = answers["country"].upper()
        try:
            with transaction.atomic():
                rows = [self._office(office, name, country) for office, name in offices]
                self._programme(code, answers["programme_name"], country, rows, numbers, given["currency"].upper() or "EUR")
                link = self._administrator(email, answers["administrator_name"], given["language"])
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self._say_what_next(email, link)

    def _answer(self, name: str, question: str, example: str, given: dict[str, Any], interactive: bool) -> str:
        answer = given.get(name) or os.environ.get(f"HOMEWARD_BEGIN_{name.upper()}", "")
        if isinstance(answer, list):
            answer = ";".join(answer)
        while not answer.strip():
            if not (interactive and sys.stdin.isatty()):
                raise CommandError(f"Missing: --{name.replace('_', '-')} (or HOMEWARD_BEGIN_{name.upper()}). {question}")
            answer = input(f"{question} [{example}] ")
        return answer.strip()

    def _office(self, code: str, name: str, country: str) -> Office:
        office = Office.objects.filter(code__iexact=code).first()
        if office is None:
            _valid(code, validate_slug, "is no code: letters, digits and hyphens")
            office = open_office(by=BY, code=code, name=name, country=country, time_zone=settings.TIME_ZONE)
            self.stdout.write(f"Office {office.code}, {office.name}: opened.")
        else:
            self.stdout.write(f"Office {office.code}, {office.name}: there already.")
        return office

    def _programme(
        self, code: str, name: str, country: str, offices: list[Office], numbers: list[tuple[str, str]], currency: str
    ) -> None:
        if Programme.objects.filter(code=code).exists():
            self.stdout.write(f"Programme {code}: there already, left as it is.")
            return
        called = [{"label": who, "number": number} for who, number in numbers]
        set_up_programme(by=BY, code=code, name=name, country=country, offices=offices, emergency_numbers=called, currency=currency)
        self.stdout.write(f"Programme {code}, {name}: set up, not open yet.")

    def _administrator(self, email: str, name: str, language: str) -> str:
        """The account with its role; the link of its invitation, or "" where a password was chosen already."""
        user = User.objects.filter(email=email).first()
        if user is None:
            user = invite_user(by=BY, email=email, name=name, language=language)
            self.stdout.write(f"{email}: invited.")
        elif user.is_invited:
            user = invite_again(user, by=BY)
            self.stdout.write(f"{email}: invited again. The link of before ended.")
        else:
            self.stdout.write(f"{email}: signs in already.")
        if not user.grants.in_force().filter(role="administrator", office=None).exists():
            grant_role(user, by=BY, role="administrator")
        return link_for(User.objects.get(pk=user.pk)) if user.is_invited else ""

    def _say_what_next(self, email: str, link: str) -> None:
        if link:
            self.stdout.write(
                f"\nThe invitation goes to {email}. Whoever holds this link chooses the password, for {LASTS.days} days:"
            )
            self.stdout.write(f"  {link}\n")
        self.stdout.write(
            "Then, in the product:\n"
            "  1. The administrator signs in, sets up the code from the phone, and invites the others under People and roles:\n"
            "     a programme manager, a colleague for data protection, and for each office a supervisor and caseworkers.\n"
            "  2. Data protection writes down the lawful basis, under Programmes.\n"
            "  3. Somebody calls each number to call in danger, and the programme manager writes down that it answered.\n"
            "  4. The programme manager opens the programme. The page says what is still missing."
        )


def _pairs(name: str, text: str) -> list[tuple[str, str]]:
    """`CODE=Name;CODE=Name` as pairs."""
    found = []
    for part in filter(None, (each.strip() for each in text.split(";"))):
        left, equals, right = (each.strip() for each in part.partition("="))
        if not (left and equals and right):
            raise CommandError(f"--{name}: {part} is not written as CODE=Name (or Who=Number).")
        found.append((left, right))
    return found


def _valid(text: str, check: Any, wrong: str) -> str:
    try:
        check(text)
    except ValidationError as error:
        raise CommandError(f"{text} {wrong}.") from error
    return text
