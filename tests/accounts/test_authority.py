"""May this actor perform this verb on this row, and if not, who can?"""

import pytest
from django.contrib.auth import get_user_model

from accounts.authority import authority, offices_of
from tests import factories
from workflows.actors import LINK, SYSTEM, actor_of


class Row:
    """Whatever belongs to an office."""

    def __init__(self, office_id):
        self.pk = 1
        self.office_id = office_id


def ask(who, verb, row):
    return authority(actor_of(who), verb, row)


def test_who_may_is_told_nothing(amina, tunis):
    assert ask(amina, "casework.record_placement", Row(tunis.pk)) is None


def test_who_may_not_is_told_who_can(amina, boris, tunis):
    assert str(ask(amina, "casework.merge_people", Row(tunis.pk))) == "Boris may do this. Ask them."


def test_two_are_named_and_no_more(amina, tunis):
    for name in ("yara", "boris", "adem"):
        factories.user(name, role="supervisor", at="TUNIS")
    assert str(ask(amina, "casework.merge_people", Row(tunis.pk))) == "Adem or Boris may do this. Ask one of them."


def test_who_can_everywhere_is_named_and_who_can_elsewhere_is_not(amina, zarzis, tunis):
    factories.user("nour")
    sentence = ask(amina, "casework.sign_closing", Row(tunis.pk))
    assert str(sentence) == "Nobody at the office of Tunis may do this yet: ask the administrator."
    factories.user("gia")
    assert str(ask(amina, "casework.sign_closing", Row(tunis.pk))) == "Gia may do this. Ask them."


def test_a_closed_account_is_not_named(amina, boris, tunis):
    get_user_model().objects.filter(pk=boris.pk).update(is_active=False)
    assert "Nobody at the office of Tunis" in str(ask(amina, "casework.merge_people", Row(tunis.pk)))


def test_the_name_is_looked_up_only_when_it_is_read(amina, boris, tunis, django_assert_num_queries):
    ask(amina, "casework.refer", Row(tunis.pk))
    with django_assert_num_queries(0):
        sentence = ask(amina, "casework.merge_people", Row(tunis.pk))
    with django_assert_num_queries(1):
        str(sentence)


def test_a_colleague_of_another_office_may_not(tunis, amina):
    chen = factories.user("chen")
    assert str(ask(chen, "casework.record_placement", Row(tunis.pk))) == "Amina may do this. Ask them."


@pytest.mark.parametrize(
    ("actor", "verb", "answer"),
    [
        (SYSTEM("monitoring.dispatch"), "monitoring.invite", None),
        (SYSTEM("monitoring.dispatch"), "casework.close_case", "The system does not do this by itself."),
        (LINK("invitation", 7), "monitoring.save_answer", None),
        (LINK("invitation", 7), "accounts.accept_invitation", "This link does not do that."),
        (LINK("welcome", 7), "accounts.accept_invitation", None),
        (LINK("welcome", 7), "monitoring.save_answer", "This link does not do that."),
        (LINK("forged", 7), "monitoring.save_answer", "This link does not do that."),
    ],
)
def test_the_system_and_links_do_their_own_and_no_more(actor, verb, answer):
    refusal = authority(actor, verb, Row(None))
    assert (refusal if refusal is None else str(refusal)) == answer


def test_ones_own_is_for_oneself(amina, boris, mona):
    assert ask(amina, "accounts.choose_language", amina) is None
    for other in (boris, mona):
        assert str(ask(other, "accounts.choose_language", amina)) == "Everybody does this for themselves."


def test_a_row_may_say_whose_locks_apply(tunis, zarzis):
    class Offered(Row):
        def offices_for(self, verb):
            return (tunis.pk, zarzis.pk) if verb == "x.take" else ()

    class Indirect:
        office_id = None

        def authority_office_id(self):
            return zarzis.pk

    assert offices_of(Offered(tunis.pk), "x.take") == (tunis.pk, zarzis.pk)
    assert offices_of(Offered(tunis.pk), "x.other") == (None,)
    assert offices_of(Indirect(), "x") == (zarzis.pk,)
    assert offices_of(Row(tunis.pk), "x") == (tunis.pk,)
    assert offices_of(object(), "x") == (None,)
