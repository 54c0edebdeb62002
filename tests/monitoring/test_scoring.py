"""The arithmetic of a survey, by examples worked by hand."""

import json

import pytest
from django.core.management import CommandError, call_command

from monitoring import instruments, scoring

WELLBEING = instruments.instrument("wellbeing")
ECONOMIC = [0.5, 0.5, 1, 0.75, 0.5, 0.5, 1, 1, 1]
SOCIAL = [0.75, 0.5, 0.75, 1, 0.25, 1, 0.5, 0.75, 0.5, 0.5]
PSYCHOSOCIAL = [0.5, 0.75, 1, 0.5, 0.75, 0.75, 0.5, 1, 1]
WORKED = {"economic": ECONOMIC, "social": SOCIAL, "psychosocial": PSYCHOSOCIAL}


def answers_worth(points):
    """Answer the survey so that each question gives the points of the example."""
    answers = {}
    for dimension, listed in points.items():
        for item, wanted in zip(WELLBEING.items_of(dimension), listed, strict=True):
            option = next(option for option in item.options if option.points == wanted)
            answers[item.id] = [option.id] if item.type == "many" else option.id
    return answers


def all_answers(pick):
    return {
        item.id: pick((option for option in item.options if option.points is not None), key=lambda option: option.points).id
        for item in WELLBEING.items
        if item.scored
    }


def test_the_worked_example():
    scores = scoring.score(WELLBEING, answers_worth(WORKED))

    assert {name: one.score for name, one in scores.dimensions.items()} == pytest.approx(
        {"economic": 0.75, "social": 0.65, "psychosocial": 0.75}
    )
    assert round(scores.composite, 4) == 0.7167
    assert round(scores.pooled, 4) == 0.7143


def test_two_refused_questions_leave_the_sum_and_the_count():
    answers = answers_worth(WORKED) | {"can_borrow": instruments.PREFER_NOT, "borrows": instruments.PREFER_NOT}

    economic = scoring.score(WELLBEING, answers).dimensions["economic"]

    assert (round(economic.score, 4), economic.answered, economic.due) == (0.7143, 7, 9)


def test_all_best_is_one_and_all_worst_is_nothing():
    for pick, end in ((max, 1.0), (min, 0.0)):
        scores = scoring.score(WELLBEING, all_answers(pick))
        assert {one.score for one in scores.dimensions.values()} | {scores.composite, scores.pooled} == {end}


def test_too_few_answers_make_no_score_and_say_why():
    few = {item.id: item.options[0].id for item in WELLBEING.items_of("economic")[:5]}
    scores = scoring.score(
        WELLBEING, all_answers(max) | {item.id: instruments.PREFER_NOT for item in WELLBEING.items_of("economic")} | few
    )

    assert scores.dimensions["economic"].score is None
    assert scores.dimensions["economic"].why == "5 of 9 answered; 60% are needed."
    assert (scores.composite, scores.pooled, scores.why) == (None, None, "No score for economic.")


def test_exactly_the_threshold_is_enough():
    assert scoring.score_points(WELLBEING, WORKED | {"social": [1] * 6 + [None] * 4}).dimensions["social"].score == 1


def test_no_children_of_school_age_is_not_a_missing_answer():
    social = scoring.score(WELLBEING, all_answers(max) | {"children_in_school": "no_children"}).dimensions["social"]

    assert (social.score, social.answered, social.due) == (1.0, 9, 9)


def test_not_knowing_is_a_missing_answer():
    social = scoring.score(WELLBEING, all_answers(max) | {"justice": "not_known"}).dimensions["social"]

    assert (social.score, social.answered, social.due) == (1.0, 9, 10)


def test_owning_two_things_is_worth_no_more_than_one():
    assert scoring.score(WELLBEING, all_answers(max) | {"owns": ["land", "tools"]}).dimensions["economic"].score == 1


def run(tmp_path, capsys, content, name="wellbeing"):
    path = tmp_path / "answers.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    call_command("score_answers", str(path), "--instrument", name)
    return json.loads(capsys.readouterr().out)


def test_the_command_scores_answers_and_points_alike(tmp_path, capsys):
    by_answers, by_points = run(tmp_path, capsys, [{"id": "a", "answers": answers_worth(WORKED)}, {"points": WORKED}])

    assert by_answers == {"id": "a"} | by_points
    assert by_points == {
        "instrument": "wellbeing",
        "version": 1,
        "scores": {"economic": 0.75, "social": 0.65, "psychosocial": 0.75, "composite": 0.7167, "composite_pooled": 0.7143},
        "coverage": {
            "economic": {"answered": 9, "due": 9},
            "social": {"answered": 10, "due": 10},
            "psychosocial": {"answered": 9, "due": 9},
        },
        "why": {},
    }


def test_one_object_is_answered_by_one_object(tmp_path, capsys):
    assert run(tmp_path, capsys, answers_worth(WORKED))["scores"]["composite"] == 0.7167


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        ("{", "wellbeing", "is not JSON"),
        ("7", "wellbeing", "an object with “answers” or “points” is needed."),
        ('[{"answers": {"justice": "perhaps"}}]', "wellbeing", "entry 1: justice: 'perhaps' is not one of the answers."),
        ('{"answers": {"riches": "yes"}}', "wellbeing", "wellbeing has no question riches."),
        ('{"answers": {"justice": {}}}', "wellbeing", "justice: {} is not one of the answers."),
        ('{"answers": []}', "wellbeing", "“answers” is an object"),
        ('{"points": {"economic": [2]}}', "wellbeing", "economic: points lie between 0 and 1, or are null."),
        ('{"points": {"luck": [1]}}', "wellbeing", "wellbeing has no dimension luck."),
        ('{"points": [1]}', "wellbeing", "“points” is an object"),
        ("{}", "employment", "employment is counted, not scored."),
        ("{}", "horoscope", "There is no instrument called horoscope. There are: business, employment, wellbeing."),
    ],
)
def test_a_file_that_cannot_be_scored_ends_with_two_and_one_line(tmp_path, capsys, content, name, says):
    with pytest.raises(CommandError) as refused:
        run(tmp_path, capsys, content, name)

    assert refused.value.returncode == 2
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(capsys):
    with pytest.raises(CommandError, match=r"nowhere\.json cannot be read: No such file or directory\."):
        call_command("score_answers", "nowhere.json", "--instrument", "wellbeing")
