"""The access table: every role with a sentence, what it may do (verbs) and what it may see (files, reads).

Data, not code: `authority` and `scope` ask it, the people page shows it, and a test compares it with a literal table.
"""

from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Role:
    """One role. `sees`: the files of its offices, figures without names, or nothing of either."""

    label: Any
    sentence: Any
    verbs: frozenset[str]
    sees: Literal["office", "figures", "nothing"] = "nothing"
    reads: frozenset[str] = frozenset()
    needs_second_factor: bool = False


def _verbs(room: str, names: str) -> frozenset[str]:
    return frozenset(f"{room}.{name}" for name in names.split())


# ——— what belongs together in the work ———

_MEETING = _verbs(
    "casework",
    "refer confirm_arrival open_intake begin_counselling give_first_aid book_session cancel_session "
    "record_session record_no_show correct_session log_attempt record_profile add_document set_last_day "
    "write_note add_task complete_task correct_person record_notice record_consent withdraw_consent record_screening "
    "set_reach set_safety name_guardian join_household split_household bar_colleague hand_in_list "
    "import_referrals decide_duplicate ask_about_duplicate "
    "take_back_decision",
)
_PLANNING = _verbs(
    "casework",
    "draft_plan agree_plan keep_promise begin_start_up begin_job_search start_training "
    "back_to_counselling put_on_hold resume book_cost",
)
_SERVING = _verbs(
    "casework",
    "enrol confirm_enrolment record_attendance complete_course drop_out correct_enrolment "
    "apply_for_vacancy record_employer_answer record_placement confirm_placement end_placement "
    "correct_placement correct_arrival correct_cost add_employer correct_employer post_vacancy "
    "fill_vacancy add_provider correct_provider add_course correct_course raise_employer_concern",
)
_ENDING = _verbs(
    "casework",
    "decline_referral record_not_departed close_case propose_closing record_death undo_death assign_caseworker",
)
_ASKING = _verbs("monitoring", "log_attempt record_interview hand_to_caseworker waive stop acknowledge_alarm")
_SUPERVISING = _verbs(
    "casework",
    "sign_closing confirm_death reopen_case approve_plan turn_down_proposal offer_transfer accept_transfer return_transfer "
    "merge_people unmerge_people close_as_merged record_employer_visit",
)
_PITCHING = _verbs(
    "grants",
    "draft_pitch write_pitch move_pitch submit_pitch revise_pitch withdraw_pitch name_unwanted appeal decline_award "
    "hand_over_letter read_out_contract set_account replace_account grant_support request_tranche answer_evidence "
    "add_receipt record_visit",
)
_RUNNING_CALLS = _verbs(
    "grants",
    "draft_call clone_call change_call prolong_call raise_budget open_call close_submissions open_jury decide_call "
    "settle_call send_back_pitch answer_rule find_eligible find_ineligible confirm_ineligible plan_sitting "
    "change_sitting put_on_agenda take_off_agenda invite_juror name_substitute seat_jury seat_juror replace_juror "
    "draw_lots admit_appeal reject_appeal",
)
_CONTRACTING = _verbs(
    "grants",
    "hand_over_letter read_out_contract sign_contract complete_contract propose_termination terminate_contract "
    "grant_support approve_tranche return_tranche waive_evidence cancel_tranche account_for suspend_contract lift_suspension "
    "record_visit propose_recovery record_recovery waive_recovery",
)
_PAYING = _verbs(
    "grants",
    "make_payment_order order_payment confirm_payment bounce order_again import_statement match_line check_account "
    "account_for correct_ledger record_recovery propose_close_period",
)
_SCORING = _verbs("grants", "undertake declare declare_conflict recuse score_pitch")
_CHAIRING = _verbs(
    "grants",
    "open_sitting hear_pitch mark_absent record_absence release_scores write_decision propose_decisions "
    "propose_promotion replace_juror name_substitute take_off_agenda",
)
_SIGNING = _verbs(
    "grants",
    "sign_decisions sign_decision promote_reserve confirm_ineligible terminate_contract record_recovery waive_recovery "
    "approve_tranche raise_budget close_period",
)
_PEOPLE = _verbs(
    "accounts",
    "invite_user invite_again correct_user deactivate_user reactivate_user grant_role revoke_role open_office correct_office",
)

ROLES: dict[str, Role] = {
    "caseworker": Role(
        _("Caseworker"),
        _("Meets people, keeps their files, agrees plans and places them in work, at one office."),
        _MEETING | _PLANNING | _SERVING | _ENDING | _ASKING | _PITCHING,
        sees="office",
        # Of answers, a caseworker reads what the person let their adviser read, item by item (promise 5.3).
        reads=frozenset({"names", "notes", "restricted_notes", "flags", "money"}),
    ),
    "supervisor": Role(
        _("Supervisor"),
        _("Answers for an office: hands out files, signs what takes two, takes over and hands over."),
        _MEETING | _PLANNING | _SERVING | _ENDING | _ASKING | _SUPERVISING | _PITCHING,
        sees="office",
        reads=frozenset(
            {"names", "notes", "restricted_notes", "flags", "money", "answers", "barred", "people", "figures", "accesses"}
        ),
    ),
    "front_desk": Role(
        _("Front desk"),
        _("Receives people, books and cancels appointments. Reads no notes."),
        _verbs("casework", "refer book_session cancel_session record_no_show give_first_aid confirm_arrival add_task"),
        sees="office",
        reads=frozenset({"names"}),
    ),
    "protection_lead": Role(
        _("Protection lead"),
        _("Reads what is restricted for a person’s safety, and sets the rules of contact."),
        _verbs(
            "casework",
            "record_screening set_safety set_reach give_first_aid split_household bar_colleague write_note add_task "
            "complete_task record_session book_session",
        )
        | _verbs("monitoring", "acknowledge_alarm"),
        sees="office",
        reads=frozenset({"names", "notes", "restricted_notes", "protection", "flags"}),
    ),
    "grant_officer": Role(
        _("Grant officer"),
        _("Runs calls and approves payments. Reads no notes and no answers."),
        _verbs("casework", "add_document") | _RUNNING_CALLS | _CONTRACTING,
        sees="office",
        reads=frozenset({"names", "money"}),
    ),
    "finance": Role(
        _("Finance"),
        _("Pays what was approved and books what was paid. Reads no notes and no answers."),
        _verbs("casework", "book_cost correct_cost") | _PAYING,
        sees="office",
        reads=frozenset({"names", "money"}),
    ),
    "juror": Role(_("Juror"), _("Scores the pitches of a sitting. Sees the pitch, and nothing of the file behind it."), _SCORING),
    "chair": Role(
        _("Chair"), _("Leads a sitting and proposes its decisions. Does not score."), _CHAIRING, needs_second_factor=True
    ),
    "programme_manager": Role(
        _("Programme manager"),
        _("Reads figures and reports, signs as the second. Sees a name only for a stated purpose."),
        _verbs(
            "casework", "set_up_programme change_programme go_live approve_plan sign_closing turn_down_proposal open_for_purpose"
        )
        | _SIGNING,
        sees="figures",
        reads=frozenset({"figures", "money"}),
        needs_second_factor=True,
    ),
    "auditor": Role(
        _("Auditor"),
        _("Reads who has looked, and the files that were drawn for the audit. Opens no other."),
        frozenset(),
        reads=frozenset({"sample", "accesses"}),
    ),
    "data_protection": Role(
        _("Data protection"),
        _("Reads who has looked, the register of consents, and figures. Decides on the lawful basis."),
        _verbs("casework", "change_programme"),
        sees="figures",
        reads=frozenset({"accesses", "consents", "figures", "effort", "people"}),
        needs_second_factor=True,
    ),
    "administrator": Role(
        _("Administrator"),
        _("Invites colleagues, gives roles, opens offices. Sees no file."),
        _PEOPLE | _verbs("casework", "set_up_programme"),
        reads=frozenset({"people"}),
        needs_second_factor=True,
    ),
}

# Roles are granted to all three kinds of actor.
SYSTEM_VERBS = (
    _verbs(
        "casework",
        "refer import_referrals close_as_merged add_task set_last_day hand_in_list set_up_programme record_first_payment",
    )
    | _verbs(
        "monitoring",
        "plan_round move_round invite remind hand_to_caseworker miss waive stop count_with ask_with keep_part take_up",
    )
    | _verbs("grants", "close_submissions move_pitch lapse_reserve decline_award cancel_tranche")
    | _verbs("accounts", "invite_user invite_again grant_role open_office")
)
"""What the system does by itself, naming the job."""

LINK_VERBS: dict[str, frozenset[str]] = {
    "invitation": _verbs("monitoring", "save_answer submit_answers refuse") | _verbs("casework", "withdraw_consent"),
    "welcome": _verbs("accounts", "accept_invitation"),
}
"""What somebody with a link does, by the kind of the link."""

OWN_VERBS = _verbs("accounts", "choose_language")
"""What everybody does with their own account, whatever their role, and nobody with another's."""

PROPOSED_BY = {
    "casework.sign_closing": "casework.propose_closing",
    "casework.approve_plan": "casework.draft_plan",
    "grants.confirm_ineligible": "grants.find_ineligible",
    "grants.sign_decisions": "grants.propose_decisions",
    "grants.promote_reserve": "grants.propose_promotion",
    "grants.terminate_contract": "grants.propose_termination",
    "grants.record_recovery": "grants.propose_recovery",
    "grants.close_period": "grants.propose_close_period",
}
"""The verb that signs → the verb that proposes it: two persons, so that an office of one can never do it alone."""
