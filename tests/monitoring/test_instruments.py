"""What a round asks: every question in three languages, the next one, and what this phone may not show."""

import pytest

from monitoring import instruments
from monitoring.instruments import PREFER_NOT, BadAnswer, BadInstrument

EMPLOYMENT = instruments.instrument("employment")
WELLBEING = instruments.instrument("wellbeing")
BUSINESS = instruments.instrument("business")

WORDS = 'text = { en = "A", fr = "A", ar = "A" }'
GOOD = f"""
name = "toy"
version = 1
title = {{ en = "T", fr = "T", ar = "T" }}
prefer_not = {{ en = "P", fr = "P", ar = "P" }}
[[items]]
id = "one"
type = "one"
{WORDS}
options = [{{ id = "yes", {WORDS} }}, {{ id = "no", {WORDS} }}]
"""


def walk(asked, choose, way="web", alone=True):
    answers = {}
    while item := instruments.next_item(asked, answers, way, alone):
        answers[item.id] = choose(item)
    return answers


@pytest.mark.parametrize("asked", [EMPLOYMENT, BUSINESS, WELLBEING], ids=lambda one: one.name)
def test_every_sentence_is_there_in_every_language_and_is_one_sentence_to_read_aloud(asked):
    for thing in (asked, *asked.items, *(option for item in asked.items for option in asked.choices(item))):
        said = [instruments.text(thing, language) for language in instruments.LANGUAGES]
        assert all(said)
        assert len(max(said, key=len)) <= 120
        assert any("\u0600" <= letter <= "\u06ff" for letter in said[2])


@pytest.mark.parametrize("asked", [EMPLOYMENT, BUSINESS, WELLBEING], ids=lambda one: one.name)
def test_every_question_can_be_left_unanswered(asked):
    for item in asked.items:
        assert asked.choices(item)[-1].id == PREFER_NOT
        assert instruments.clean(item, PREFER_NOT) == PREFER_NOT


def test_refusing_every_question_comes_to_an_end():
    answers = walk(WELLBEING, lambda item: PREFER_NOT)

    assert set(answers) == {item.id for item in WELLBEING.items} - {"why_leave"}


def test_questions_about_a_job_are_left_out_for_someone_without_one():
    answers = walk(EMPLOYMENT, lambda item: "none" if item.id == "training" else "no")

    assert list(answers) == [
        "worked_last_week",
        "away_from_work",
        "looked_for_work",
        "could_start",
        "training",
        "in_danger",
        "call_me",
    ]


def test_a_business_that_closed_is_asked_since_when_and_why_and_nothing_about_money():
    answers = walk(BUSINESS, lambda item: "closed" if item.id == "stands" else item.options[0].id if item.options else "2026-04")

    assert list(answers) == ["stands", "ended_on", "why_closed"]


def test_one_that_lives_is_asked_for_jobs_and_money_and_one_that_rests_is_no_closed_one():
    for stands, hours in (("operating", True), ("seasonal_pause", False), ("changed", True)):
        given = {"stands": stands}
        answers = walk(BUSINESS, lambda item, given=given: given.get(item.id) or (item.options[0].id if item.options else 1))

        assert {"registered", "turnover", "profit", "jobs_women", "jobs_men", "uses_skills"} <= set(answers)
        assert ("hours_a_week" in answers) == hours and "why_closed" not in answers


def test_the_business_is_asked_after_work_in_its_own_rounds_alone_and_nothing_twice():
    assert [one.name for one in instruments.asked_in("business", 6)] == ["employment", "business", "wellbeing"]
    assert [one.name for one in instruments.asked_in("decision", 6)] == ["employment", "wellbeing"]
    assert instruments.known(BUSINESS, {"employment": {"registered": "no", "uses_skills": "some"}}) == {
        "registered": "no",
        "uses_skills": "some",
    }


def test_a_shared_phone_never_shows_violence_distress_exploitation_or_the_wish_to_leave():
    shown = walk(WELLBEING, lambda item: PREFER_NOT, alone=False) | walk(
        EMPLOYMENT, lambda item: item.options[0].id if item.options else 1, alone=False
    )

    assert not {"safe", "tension", "distress", "wants_to_talk", "can_stay", "why_leave"} & set(shown)
    assert not {"paid_as_agreed", "free_to_leave", "in_danger"} & set(shown)
    assert [item.id for item in instruments.left_for_voice(WELLBEING, {}, alone=False)] == [
        "safe",
        "tension",
        "distress",
        "wants_to_talk",
        "can_stay",
    ]


@pytest.mark.parametrize(
    ("way", "alone", "asked"),
    [
        ("web", True, True),
        ("web", False, False),
        ("phone", False, True),
        ("visit", False, True),
        ("paper", True, False),
        ("proxy", True, False),
    ],
)
def test_a_sensitive_question_needs_an_own_phone_or_a_voice(way, alone, asked):
    assert instruments.may_ask(WELLBEING.item("distress"), {}, way, alone) is asked


def test_a_wish_to_leave_asks_nothing_of_the_office_and_a_wished_for_call_does():
    assert instruments.tasks_of(WELLBEING, {"can_stay": "no", "why_leave": "need"}) == ()
    assert instruments.tasks_of(EMPLOYMENT, {"call_me": "yes", "in_danger": "no"}) == ("call_back",)
    assert instruments.tasks_of(EMPLOYMENT, {"call_me": "no", "in_danger": "yes"}) == ("danger",)


def test_nobody_is_asked_twice_whether_he_works():
    assert instruments.known(WELLBEING, {"employment": {"worked_last_week": "yes"}}) == {"working": "yes"}
    assert instruments.known(WELLBEING, {"employment": {"worked_last_week": "no", "away_from_work": "no"}}) == {"working": "no"}
    assert instruments.known(WELLBEING, {"employment": {"worked_last_week": PREFER_NOT}}) == {}


def test_work_is_asked_in_every_round_and_the_long_survey_at_the_start_and_after_half_a_year():
    assert [one.name for one in instruments.asked_in("plan", 0)] == ["employment", "wellbeing"]
    assert [one.name for one in instruments.asked_in("work", 3)] == ["employment"]
    assert [one.name for one in instruments.asked_in("work", 12)] == ["employment", "wellbeing"]


@pytest.mark.parametrize(
    ("item", "given", "kept"),
    [
        ("hours_a_week", "٤٠", 40),
        ("hours_a_week", "37,5", 37.5),
        ("started_on", "2026", "2026"),
        ("started_on", "2024-02-29", "2024-02-29"),
        ("call_me", "yes", "yes"),
    ],
)
def test_an_answer_is_kept_as_it_is_meant(item, given, kept):
    assert instruments.clean(EMPLOYMENT.item(item), given) == kept


@pytest.mark.parametrize(
    ("item", "given", "code"),
    [
        ("hours_a_week", "many", "not_a_number"),
        ("hours_a_week", "nan", "not_a_number"),
        ("hours_a_week", 200, "out_of_range"),
        ("hours_a_week", -1, "out_of_range"),
        ("started_on", "last year", "not_a_date"),
        ("started_on", "2026-02-30", "no_such_date"),
        ("started_on", "2026-13", "no_such_date"),
        ("call_me", "perhaps", "not_offered"),
    ],
)
def test_an_answer_that_is_not_on_offer_is_refused(item, given, code):
    with pytest.raises(BadAnswer) as refused:
        instruments.clean(EMPLOYMENT.item(item), given)

    assert (refused.value.item_id, refused.value.code) == (item, code)


def test_none_of_these_stands_alone():
    owns = WELLBEING.item("owns")

    assert instruments.clean(owns, ["tools", "land"]) == ["land", "tools"]
    for given, code in ((["none", "land"], "stands_alone"), ([], "nothing_chosen"), (["gold"], "not_offered"), (7, "not_offered")):
        with pytest.raises(BadAnswer) as refused:
            instruments.clean(owns, given)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('ar = "A" }', 'ar = "" }', "one: the text is missing in ar"),
        ('id = "no"', 'id = "yes"', "one.yes: an id of its own is needed"),
        ('type = "one"', 'type = "song"', "one: type is one of one, many, number, date"),
        (
            'type = "one"',
            'type = "one"\nask_if = { two = ["yes"] }',
            "one: ask_if names two, which is not asked before it",
        ),
        ('type = "one"', 'type = "one"\ndimension = "x"', "one: x is not one of the dimensions"),
        ('type = "one"', 'type = "one"\nalone = true', "one: alone is not known here"),
        ("version = 1", "version = 2", "top: name and version must be those of the file's name"),
        ('id = "one"', 'id = "One!"', "One!: an id of small letters, digits and _ is needed"),
    ],
)
def test_a_fault_in_a_file_is_told_with_file_and_item(tmp_path, old, new, says):
    path = tmp_path / "toy.1.toml"
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(BadInstrument) as refused:
        instruments.read_file(path)

    assert str(refused.value) == f"toy.1.toml: {says}"


def test_a_good_file_is_read_and_a_broken_one_named(tmp_path):
    path = tmp_path / "toy.1.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert instruments.read_file(path).item("one").option("yes").id == "yes"

    path.write_text("name = ", encoding="utf-8")
    with pytest.raises(BadInstrument, match=r"^toy\.1\.toml: cannot be read"):
        instruments.read_file(path)
