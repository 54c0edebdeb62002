"""The specification of access: one literal table, verb → who. Whoever changes a role changes this, and is seen to."""

import pytest
from django.apps import apps

from accounts.roles import LINK_VERBS, OWN_VERBS, PROPOSED_BY, ROLES, SYSTEM_VERBS
from workflows.machine import AggregateRoot

# The letters of the table; beside them S the system, L a link, M oneself.
LETTERS = {
    "c": "caseworker",
    "s": "supervisor",
    "f": "front_desk",
    "p": "protection_lead",
    "g": "grant_officer",
    "d": "finance",
    "j": "juror",
    "h": "chair",
    "m": "programme_manager",
    "a": "auditor",
    "l": "data_protection",
    "o": "administrator",
}
TABLE = """
    accounts.accept_invitation      L
    accounts.choose_language        M
    accounts.correct_office         o
    accounts.correct_user           o
    accounts.deactivate_user        o
    accounts.grant_role             oS
    accounts.invite_again           oS
    accounts.invite_user            oS
    accounts.open_office            oS
    accounts.reactivate_user        o
    accounts.revoke_role            o
    casework.accept_transfer        s
    casework.add_course             cs
    casework.add_document           csg
    casework.add_employer           cs
    casework.add_provider           cs
    casework.add_task               csfpS
    casework.agree_plan             cs
    casework.apply_for_vacancy      cs
    casework.approve_plan           sm
    casework.assign_caseworker      cs
    casework.back_to_counselling    cs
    casework.bar_colleague          csp
    casework.begin_counselling      cs
    casework.begin_job_search       cs
    casework.begin_start_up         cs
    casework.book_cost              csd
    casework.book_session           csfp
    casework.cancel_session         csf
    casework.change_programme       ml
    casework.close_as_merged        sS
    casework.close_case             cs
    casework.complete_course        cs
    casework.complete_task          csp
    casework.confirm_arrival        csf
    casework.confirm_death          s
    casework.confirm_enrolment      cs
    casework.confirm_placement      cs
    casework.correct_arrival        cs
    casework.correct_cost           csd
    casework.correct_course         cs
    casework.correct_employer       cs
    casework.correct_enrolment      cs
    casework.correct_person         cs
    casework.correct_placement      cs
    casework.correct_provider       cs
    casework.correct_session        cs
    casework.decide_duplicate       cs
    casework.ask_about_duplicate    cs
    casework.take_back_decision     cs
    casework.decline_referral       cs
    casework.draft_plan             cs
    casework.drop_out               cs
    casework.end_placement          cs
    casework.enrol                  cs
    casework.fill_vacancy           cs
    casework.give_first_aid         csfp
    casework.go_live                m
    casework.hand_in_list           csS
    casework.import_referrals       csS
    casework.join_household         cs
    casework.keep_promise           cs
    casework.log_attempt            cs
    casework.merge_people           s
    casework.name_guardian          cs
    casework.offer_transfer         s
    casework.open_intake            cs
    casework.open_for_purpose       m
    casework.post_vacancy           cs
    casework.propose_closing        cs
    casework.put_on_hold            cs
    casework.record_attendance      cs
    casework.record_consent         cs
    casework.record_death           cs
    casework.raise_employer_concern cs
    casework.record_employer_answer cs
    casework.record_employer_visit  s
    casework.record_first_payment   S
    casework.record_no_show         csf
    casework.record_not_departed    cs
    casework.record_notice          cs
    casework.record_placement       cs
    casework.record_profile         cs
    casework.record_screening       csp
    casework.record_session         csp
    casework.refer                  csfS
    casework.reopen_case            s
    casework.resume                 cs
    casework.return_transfer        s
    casework.set_last_day           csS
    casework.set_reach              csp
    casework.set_safety             csp
    casework.set_up_programme       moS
    casework.sign_closing           sm
    casework.split_household        csp
    casework.start_training         cs
    casework.turn_down_proposal     sm
    casework.undo_death             cs
    casework.unmerge_people         s
    casework.withdraw_consent       csL
    casework.write_note             csp
    grants.account_for              gd
    grants.add_receipt              cs
    grants.admit_appeal             g
    grants.answer_evidence          cs
    grants.answer_rule              g
    grants.appeal                   cs
    grants.approve_tranche          gm
    grants.bounce                   d
    grants.cancel_tranche           gS
    grants.change_call              g
    grants.change_sitting           g
    grants.check_account            d
    grants.clone_call               g
    grants.close_period             m
    grants.close_submissions        gS
    grants.complete_contract        g
    grants.confirm_ineligible       gm
    grants.confirm_payment          d
    grants.correct_ledger           d
    grants.decide_call              g
    grants.declare                  j
    grants.declare_conflict         j
    grants.decline_award            csS
    grants.draft_call               g
    grants.draft_pitch              cs
    grants.draw_lots                g
    grants.find_eligible            g
    grants.find_ineligible          g
    grants.grant_support            csg
    grants.hand_over_letter         csg
    grants.hear_pitch               h
    grants.import_statement         d
    grants.invite_juror             g
    grants.lapse_reserve            S
    grants.lift_suspension          g
    grants.make_payment_order       d
    grants.mark_absent              h
    grants.match_line               d
    grants.move_pitch               csS
    grants.name_substitute          gh
    grants.name_unwanted            cs
    grants.open_call                g
    grants.open_jury                g
    grants.open_sitting             h
    grants.order_again              d
    grants.order_payment            d
    grants.plan_sitting             g
    grants.prolong_call             g
    grants.promote_reserve          m
    grants.propose_close_period     d
    grants.propose_decisions        h
    grants.propose_promotion        h
    grants.propose_recovery         g
    grants.propose_termination      g
    grants.put_on_agenda            g
    grants.raise_budget             gm
    grants.read_out_contract        csg
    grants.record_absence           h
    grants.record_recovery          gdm
    grants.record_visit             csg
    grants.recuse                   j
    grants.reject_appeal            g
    grants.release_scores           h
    grants.replace_account          cs
    grants.replace_juror            gh
    grants.request_tranche          cs
    grants.return_tranche           g
    grants.revise_pitch             cs
    grants.score_pitch              j
    grants.seat_juror               g
    grants.seat_jury                g
    grants.send_back_pitch          g
    grants.set_account              cs
    grants.settle_call              g
    grants.sign_contract            g
    grants.sign_decision            m
    grants.sign_decisions           m
    grants.submit_pitch             cs
    grants.suspend_contract         g
    grants.take_off_agenda          gh
    grants.terminate_contract       gm
    grants.undertake                j
    grants.waive_evidence           g
    grants.waive_recovery           gm
    grants.withdraw_pitch           cs
    grants.write_decision           h
    grants.write_pitch              cs
    monitoring.acknowledge_alarm    csp
    monitoring.ask_with             S
    monitoring.count_with           S
    monitoring.hand_to_caseworker   csS
    monitoring.invite               S
    monitoring.keep_part            S
    monitoring.log_attempt          cs
    monitoring.miss                 S
    monitoring.move_round           S
    monitoring.plan_round           S
    monitoring.record_interview     cs
    monitoring.refuse               L
    monitoring.remind               S
    monitoring.save_answer          L
    monitoring.stop                 csS
    monitoring.submit_answers       L
    monitoring.take_up              S
    monitoring.waive                csS
"""

# role: what it sees, what it reads, whether it signs in with a code as well
READS = {
    "caseworker": ("office", "names notes restricted_notes flags money", False),
    "supervisor": ("office", "names notes restricted_notes flags money answers barred people figures accesses", False),
    "front_desk": ("office", "names", False),
    "protection_lead": ("office", "names notes restricted_notes protection flags", False),
    "grant_officer": ("office", "names money", False),
    "finance": ("office", "names money", False),
    "juror": ("nothing", "", False),
    "chair": ("nothing", "", True),
    "programme_manager": ("figures", "figures money", True),
    "auditor": ("nothing", "sample accesses", False),
    "data_protection": ("figures", "accesses consents figures effort people", True),
    "administrator": ("nothing", "people", True),
}


def rows():
    return {verb: "".join(who) for verb, *who in (line.split() for line in TABLE.strip().splitlines())}


def declared():
    machines = [model for model in apps.get_models() if issubclass(model, AggregateRoot) and model._meta.app_label != "toy"]
    return {f"{model._meta.app_label}.{name}": one for model in machines for name, one in model.known_verbs().items()}


@pytest.mark.parametrize(("letter", "role"), LETTERS.items())
def test_a_role_has_the_verbs_of_the_table_and_no_others(letter, role):
    assert ROLES[role].verbs == {verb for verb, who in rows().items() if letter in who}


def test_the_system_and_links_have_the_verbs_of_the_table_and_no_others():
    assert {verb for verb, who in rows().items() if "S" in who} == SYSTEM_VERBS
    assert {verb for verb, who in rows().items() if "L" in who} == frozenset().union(*LINK_VERBS.values())
    assert {verb for verb, who in rows().items() if "M" in who} == OWN_VERBS


def test_every_verb_of_every_machine_is_in_the_table():
    assert set(declared()) == set(rows())


@pytest.mark.parametrize("role", READS)
def test_a_role_sees_and_reads_what_the_table_says(role):
    sees, reads, code = READS[role]
    assert (ROLES[role].sees, ROLES[role].reads, ROLES[role].needs_second_factor) == (sees, frozenset(reads.split()), code)


def test_there_are_no_other_roles_and_each_has_its_sentence():
    assert set(ROLES) == set(READS) == set(LETTERS.values())
    for role in ROLES.values():
        assert str(role.sentence).endswith(".") and len(str(role.sentence)) > 30


def test_every_verb_that_signs_says_which_verb_proposes():
    signing = {verb for verb, one in declared().items() if one.signs}
    assert signing == set(PROPOSED_BY)
    assert set(PROPOSED_BY.values()) <= set(declared())


def test_who_gives_roles_sees_no_file_and_who_sees_files_gives_no_roles():
    givers = {code for code, role in ROLES.items() if "accounts.grant_role" in role.verbs}
    assert givers == {"administrator"}
    assert all(ROLES[code].sees == "nothing" for code in givers)


@pytest.mark.parametrize("role", ["grant_officer", "finance", "juror", "chair", "auditor", "front_desk", "programme_manager"])
def test_nobody_who_decides_or_pays_reads_notes_or_answers(role):
    assert not ROLES[role].reads & {"notes", "restricted_notes", "answers", "protection", "flags"}
