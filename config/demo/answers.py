"""How people answer: some by the link, some when they are called, some never, and one that worries."""

import datetime as dt
import random
from typing import Any

from config.demo.cast import House
from config.demo.people import WORRIED
from monitoring import instruments
from monitoring.actions import answering, calling
from monitoring.models import Invitation, Round
from workflows import clock
from workflows.acting import NotYours, Refused


class Answering:
    """Plays the returnees: looks each evening at who was asked, and decides whether today is the day that they answer."""

    def __init__(self, rng: random.Random, house: House) -> None:
        self.rng, self.house = rng, house
        self._will: dict[Any, str] = {}

    def that_day(self, moment: dt.datetime) -> None:
        """Answers of one day, by link and by voice."""
        for one in Round.objects.filter(state="invited").exclude(case__sender_reference=WORRIED).select_related("case__person"):
            will = self._will.setdefault(one.pk, self.rng.choices(("link", "voice", "never", "no"), (36, 30, 24, 10))[0])
            if will in ("link", "no") and self.rng.random() < 0.3:
                self._by_link(one, no=will == "no")
        for one in Round.objects.filter(state="interviewing").select_related("case__person", "case__office"):
            will = self._will.setdefault(one.pk, self.rng.choices(("voice", "never"), (68, 32))[0])
            if self.rng.random() < 0.25:
                self._by_voice(one, moment, reached=will != "never")

    def _by_link(self, one: Round, *, no: bool) -> None:
        invitation = Invitation.objects.filter(round=one, ended_at=None).order_by("-pk").first()
        if invitation is None:
            return
        try:
            if no:
                answering.refuse(invitation, never_again=False)
                return
            answering.begin_answers(invitation, phone_is="mine_alone", language="ar")
            invitation.refresh_from_db()
            for _most in range(40):
                said = answering.said_so_far(one)
                left = [
                    q for q in answering.questions(one, way="web", alone=True) if q.item.id not in said.get(q.instrument.name, {})
                ]
                if not left or (self.rng.random() < 0.01 and said):
                    break
                answering.save_answer(invitation, left[0], self._says(one, left[0].instrument, left[0].item))
            answering.submit_answers(invitation, shared=[])
        except Refused:
            return

    def _by_voice(self, one: Round, moment: dt.datetime, *, reached: bool) -> None:
        by = one.case.caseworker or (self.house.boris if one.case.office.code == "TUNIS" else self.house.nour)
        now = moment.replace(hour=14)
        clock.set_to(now)
        try:
            if not reached:
                if one.attempts.count() < 2:
                    calling.log_attempt(one, by=by, outcome=self.rng.choice(("no_answer", "switched_off", "wrong_number")))
                return
            answering.record_interview(one, by=by, way="phone", answers=self._interview(one))
        except (Refused, NotYours):
            return
        finally:
            clock.set_to(moment)

    def _interview(self, one: Round) -> dict[tuple[str, str], Any]:
        one.instruments = one.instruments or answering.schedule_asks(one)
        given: dict[tuple[str, str], Any] = {}
        for asked in answering.asked_by(one):
            so_far: dict[str, Any] = {}
            while (item := instruments.next_item(asked, so_far, "phone", True)) is not None:
                so_far[item.id] = self._says(one, asked, item)
                given[asked.name, item.id] = so_far[item.id]
        return given

    def _says(self, one: Round, asked: instruments.Instrument, item: instruments.Item) -> Any:
        """One answer: in work as a placed person mostly is and a newcomer seldom, calm about the rest."""
        if self.rng.random() < 0.02:
            return instruments.PREFER_NOT
        working = "yes" if self.rng.random() < (0.8 if one.months else 0.2) else "no"
        calm = {"worked_last_week": working, "in_danger": "no", "call_me": "no", "free_to_leave": "yes", "paid_as_agreed": "yes"}
        if item.id in calm:
            return calm[item.id]
        if item.type == "number":
            return str(int(min(max(40, item.least or 0), item.most or 40)))
        if item.type == "date":
            return f"{clock.today():%Y-%m}"
        chosen = self.rng.choice(asked.choices(item)).id
        return [chosen] if item.type == "many" else chosen
