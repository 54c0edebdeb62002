"""Who reaches which address: the table. A new address fails `test_every_address` until it stands here, or is the page of a verb.

A row has a sign for each person of PEOPLE: `+` let in, `x` told that it is not theirs (403), `0` that nothing is there (404).
Whoever has not signed in is led to the sign-in page, everywhere but at the addresses of PUBLIC.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# The file of the world is Amina's, at the office of Tunis. `z` is the caseworker of Zarzis, `n` a colleague without a role.
PEOPLE = {
    "c": "amina",
    "s": "boris",
    "f": "rida",
    "p": "petra",
    "g": "hana",
    "d": "dana",
    "j": "elif",
    "h": "farid",
    "m": "gia",
    "a": "adem",
    "l": "lena",
    "o": "mona",
    "z": "chen",
    "n": "nobody",
}
SEE_THE_FILE = "csfpgd"
LISTS = SEE_THE_FILE + "z"
# A pitch that was handed in: those of the file, and whoever runs, pays or signs for the call. A call: all who work with pitches.
SEE_THE_SITTING = "gmhj"
SEE_THE_PITCH = SEE_THE_FILE + "m"
SEE_THE_CALL = "csgdhmz"


@dataclass(frozen=True)
class Address:
    """What the address needs to be complete (asked of the world), who reaches it, and how it is asked for."""

    cells: str
    args: Callable[[Any], list[Any]] = lambda _world: []
    post: bool = False


def let_in(letters: str, others: str = "x") -> str:
    """Those of the letters, and all others alike."""
    return "".join("+" if letter in letters else others for letter in PEOPLE)


def on_file(letters: str) -> str:
    """Those of the letters; the others who see the file are told whose it is, and to all the rest it is not there."""
    return "".join("0" if letter not in SEE_THE_FILE else "+" if letter in letters else "x" for letter in PEOPLE)


def among(seeing: str, letters: str) -> str:
    """Those of the letters; others who see the row are told whose it is, and to all the rest it is not there."""
    return "".join("0" if letter not in seeing else "+" if letter in letters else "x" for letter in PEOPLE)


def of_call(world: Any) -> list[Any]:
    return [world.call.pk]


def of_pitch(world: Any) -> list[Any]:
    return [world.pitch.pk]


def of_contract(world: Any) -> list[Any]:
    return [world.contract.pk]


def of_tranche(world: Any) -> list[Any]:
    return [world.tranche.pk]


def of_account(world: Any) -> list[Any]:
    return [world.account.pk]


def of_order(world: Any) -> list[Any]:
    return [world.order.pk]


def of_statement(world: Any) -> list[Any]:
    return [world.statement.pk]


def of_period(world: Any) -> list[Any]:
    return [world.period.pk]


def of_sitting(world: Any) -> list[Any]:
    return [world.sitting.pk]


def of_seat(world: Any) -> list[Any]:
    return [world.seat.pk]


def of_case(world: Any) -> list[Any]:
    return [world.case.pk]


def of_person(world: Any) -> list[Any]:
    return [world.case.person_id]


def of_colleague(world: Any) -> list[Any]:
    return [world.colleague.pk]


def of_listing(world: Any) -> list[Any]:
    return [world.listing.pk]


def of_duplicate(world: Any) -> list[Any]:
    return [world.duplicate.pk]


def of_programme(world: Any) -> list[Any]:
    return [world.case.programme.code]


def of_round(world: Any) -> list[Any]:
    return [world.round.pk]


ALL = let_in("".join(PEOPLE))
NOBODY = let_in("", "0")
# Whoever makes no calls is told so whatever stands in the address; a caller of another office finds nothing there.
CALLERS = "".join("+" if each in "cs" else "0" if each == "z" else "x" for each in PEOPLE)

PUBLIC = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "choose_theme",
    "choose_language",
    "look",
    "accounts:accept_invitation",
    "monitoring:answer",
}

ADDRESSES: dict[str, Address] = {
    # the front door
    "home": Address(ALL),
    "choose_theme": Address(ALL, post=True),
    "choose_language": Address(ALL, post=True),
    "look": Address(let_in("o", "0")),
    # signing in
    "account_login": Address(ALL),
    "account_logout": Address(ALL),
    "account_inactive": Address(ALL),
    "account_reauthenticate": Address(ALL),
    "account_change_password": Address(ALL),
    "account_reset_password": Address(ALL),
    "account_reset_password_done": Address(ALL),
    "account_reset_password_from_key": Address(ALL, lambda _world: ["1", "x-y"]),
    "account_reset_password_from_key_done": Address(ALL),
    "mfa_index": Address(ALL),
    "mfa_authenticate": Address(ALL),
    "mfa_reauthenticate": Address(ALL),
    "mfa_activate_totp": Address(ALL),
    # nobody here has a code from the phone yet: there is nothing to show or to take away
    "mfa_deactivate_totp": Address(NOBODY),
    "mfa_view_recovery_codes": Address(NOBODY),
    "mfa_generate_recovery_codes": Address(ALL),
    "mfa_download_recovery_codes": Address(NOBODY),
    # accounts: a supervisor and data protection read of colleagues, the administrator keeps them; `c` is the colleague looked at
    "accounts:me": Address(ALL),
    "accounts:choose_language": Address(ALL, post=True),
    "accounts:accept_invitation": Address(let_in("", "+"), lambda world: [world.welcome]),
    "accounts:people": Address(let_in("slo")),
    "accounts:person": Address("++" + "0" * 8 + "++" + "00", of_colleague),
    "accounts:roles": Address(ALL),
    "accounts:invite_user": Address(let_in("o")),
    "accounts:correct_user": Address("xx" + "0" * 8 + "x+" + "00", of_colleague),
    "accounts:invite_again": Address("xx" + "0" * 8 + "x+" + "00", of_colleague),
    "accounts:deactivate_user": Address("xx" + "0" * 8 + "x+" + "00", of_colleague),
    "accounts:reactivate_user": Address("xx" + "0" * 8 + "x+" + "00", of_colleague),
    "accounts:grant_role": Address("xx" + "0" * 8 + "x+" + "00", of_colleague),
    "accounts:revoke_role": Address("xx" + "0" * 8 + "x+" + "00", lambda world: [world.grant.pk]),
    "accounts:offices": Address(ALL),
    "accounts:check_offices": Address(let_in("slo")),
    "accounts:open_office": Address(let_in("o")),
    "accounts:correct_office": Address(let_in("o"), lambda world: [world.case.office_id]),
    # casework: whoever sees the files of an office opens its lists; a file is there for its own office alone
    "casework:my_day": Address(ALL),
    "casework:print_day": Address(let_in(LISTS)),
    "casework:visit_pack": Address(let_in(LISTS)),
    "casework:queue": Address(ALL),
    "casework:search": Address(ALL),
    # one's own saved views; those of a colleague are not there
    "casework:saved_views": Address(ALL),
    "casework:save_view": Address(ALL, post=True),
    "casework:rename_view": Address(NOBODY, lambda _world: [999_999], post=True),
    "casework:delete_view": Address(NOBODY, lambda _world: [999_999], post=True),
    # lists of referrals and possible repeats: of one's own office, and for those who receive and decide
    "casework:referrals": Address(let_in("csfz")),
    "casework:hand_in_list": Address(let_in("csz")),
    "casework:referral_list": Address(on_file("csf"), of_listing),
    "casework:import_referrals": Address(on_file("cs"), of_listing, post=True),
    "casework:rejected_rows": Address(on_file("cs"), of_listing),
    "casework:duplicates": Address(let_in("csz")),
    "casework:duplicate": Address(on_file("cs"), of_duplicate),
    "casework:decide_duplicate": Address(on_file("cs"), of_duplicate, post=True),
    "casework:ask_about_duplicate": Address(on_file("cs"), of_duplicate, post=True),
    "casework:take_back_decision": Address(on_file("cs"), of_duplicate, post=True),
    "casework:open_meanwhile": Address(on_file("cs"), of_duplicate, post=True),
    "casework:merge_people": Address(on_file("s"), of_duplicate, post=True),
    "casework:case": Address(on_file(SEE_THE_FILE), of_case),
    "casework:story": Address(on_file(SEE_THE_FILE), of_case),
    "casework:verbs": Address(on_file(SEE_THE_FILE), of_case),
    "casework:print": Address(on_file(SEE_THE_FILE), of_case),
    "casework:talk": Address(on_file("csp"), of_case),
    "casework:talk_autosave": Address(on_file("csp"), of_case, post=True),
    "casework:slip": Address(on_file("csp"), of_case),
    "casework:new_person": Address(let_in("csfz")),
    "casework:could_be": Address(let_in("csfz"), post=True),
    # the second person, a stated purpose, who has looked; the rules of programmes
    "casework:to_sign": Address(let_in("sm")),
    "casework:sign_proposal": Address(
        "".join("0" if each in "sm" else "x" for each in PEOPLE), lambda _world: [999_999], post=True
    ),
    "casework:turn_down": Address("".join("0" if each in "sm" else "x" for each in PEOPLE), lambda _world: [999_999], post=True),
    "casework:open_for_purpose": Address(let_in("m")),
    "casework:looked": Address(ALL),
    "casework:looked_csv": Address(ALL),
    "casework:programmes": Address(let_in("smlo")),
    "casework:set_up_programme": Address(let_in("mo")),
    "casework:programme": Address(let_in("smlo"), of_programme),
    "casework:go_live": Address(let_in("m"), of_programme, post=True),
    "casework:programme_files": Address(let_in("m"), of_programme),
    "casework:change_programme": Address(let_in("ml"), lambda world: [world.case.programme.code, "asking"]),
    "casework:who_has_looked": Address(on_file(SEE_THE_FILE), of_case),
    "casework:section": Address(on_file(SEE_THE_FILE), lambda world: [world.case.pk, "work"]),
    # the shelves that all files draw on
    "casework:centres": Address(let_in(LISTS)),
    "casework:courses": Address(let_in(LISTS)),
    "casework:employers": Address(let_in(LISTS)),
    "casework:vacancies": Address(let_in(LISTS)),
    "casework:add_provider": Address(let_in("csz")),
    "casework:add_course": Address(let_in("csz")),
    "casework:add_employer": Address(let_in("csz")),
    "casework:post_vacancy": Address(let_in("csz")),
    "casework:correct_provider": Address(let_in("csz"), lambda world: [world.centre.pk]),
    "casework:correct_course": Address(let_in("csz"), lambda world: [world.course.pk]),
    "casework:correct_employer": Address(let_in("csz"), lambda world: [world.employer.pk]),
    "casework:raise_employer_concern": Address(let_in("csz"), lambda world: [world.employer.pk]),
    "casework:record_employer_visit": Address(let_in("s"), lambda world: [world.employer.pk]),
    # matching: for those who apply with people; the jobs are everybody's, the people those of one's own files
    "casework:match": Address(let_in("csz")),
    "casework:match_case": Address(on_file("cs"), of_case),
    "casework:match_vacancy": Address(let_in("csz"), lambda world: [world.vacancy.pk]),
    "casework:fill_vacancy": Address(let_in("csz"), lambda world: [world.vacancy.pk], post=True),
    # grants: calls for all who work with pitches; a pitch for its file and its call, its earlier versions for its file
    "grants:calls": Address(let_in(SEE_THE_CALL + "j")),
    "grants:call": Address(among(SEE_THE_CALL, SEE_THE_CALL), of_call),
    "grants:draft_call": Address(let_in("g")),
    "grants:clone_call": Address(among(SEE_THE_CALL, "g"), of_call),
    "grants:change_call": Address(among(SEE_THE_CALL, "g"), of_call),
    "grants:pitch": Address(among(SEE_THE_PITCH, SEE_THE_PITCH), of_pitch),
    "grants:pitch_print": Address(among(SEE_THE_PITCH, SEE_THE_PITCH), of_pitch),
    "grants:pitch_versions": Address(among(SEE_THE_PITCH, SEE_THE_FILE), of_pitch),
    "grants:write_pitch": Address(among(SEE_THE_PITCH, "cs"), of_pitch),
    "grants:autosave_pitch": Address(among(SEE_THE_PITCH, "cs"), of_pitch, post=True),
    # money: a contract for its file and for whoever approves, pays or signs; orders and statements for those who pay
    "grants:payments": Address(let_in("gdm")),
    "grants:make_payment_order": Address(let_in("d")),
    "grants:payment_order": Address(among("gdm", "gd"), of_order),
    "grants:payment_order_print": Address(among("gdm", "gd"), of_order),
    "grants:payment_order_file": Address(among("gdm", "d"), lambda world: [world.order.pk, "csv"]),
    "grants:import_statement": Address(let_in("d")),
    "grants:statement": Address(among("d", "d"), of_statement),
    "grants:match_line": Address(among("d", "d"), of_statement),
    "grants:periods": Address(let_in("gdm")),
    "grants:close_period": Address(among("gdm", "m"), of_period),
    "grants:contract": Address(among(SEE_THE_PITCH, SEE_THE_PITCH), of_contract),
    "grants:money_of_case": Address(on_file("csgd"), of_case),
    "grants:check_account": Address(among(SEE_THE_FILE, "d"), of_account),
    "grants:replace_account": Address(among(SEE_THE_FILE, "cs"), of_account),
    # the jury: a sitting for its chair, the officer and whoever signs; a seat for its own juror, and for the chair by deed alone
    "grants:sittings": Address(let_in("ghm")),
    "grants:my_pitches": Address(let_in("j")),
    "grants:sitting": Address(among(SEE_THE_SITTING, "ghm"), of_sitting),
    "grants:minutes": Address(among(SEE_THE_SITTING, "ghm"), of_sitting),
    "grants:score_pitch": Address(among("j", "j"), of_seat),
    "grants:autosave_scores": Address(among("j", "j"), of_seat, post=True),
    "grants:declare": Address(among("j", "j"), of_seat),
    "grants:declare_conflict": Address(among("j", "j"), of_seat),
    "grants:recuse": Address(among("j", "j"), of_seat),
    "grants:record_absence": Address(among("jhg", "h"), of_seat),
    "grants:replace_juror": Address(among("jhg", "gh"), of_seat),
    # no committee has decided on this pitch: there is no letter
    "grants:letter": Address("".join("x" if each in SEE_THE_PITCH and each not in "csg" else "0" for each in PEOPLE), of_pitch),
    # monitoring: those who advise make the calls; answers are read by those who look after the call-backs, in part by the adviser
    "monitoring:answer": Address(NOBODY, lambda _world: ["altered"]),
    "monitoring:calls": Address(let_in("csz")),
    "monitoring:call": Address(CALLERS, of_round),
    "monitoring:log_attempt": Address(CALLERS, of_round, post=True),
    "monitoring:record_interview": Address(CALLERS, of_round),
    "monitoring:waive": Address(CALLERS, of_round),
    "monitoring:hand_to_caseworker": Address(CALLERS, of_round, post=True),
    "monitoring:answers": Address(on_file("cs"), of_round),
    # figures: a supervisor those of the office, programme manager and data protection all of them; nobody a name
    "monitoring:report": Address(let_in("sml")),
    "monitoring:report_by": Address(let_in("ml")),
    "monitoring:report_by_csv": Address(let_in("ml")),
    "monitoring:report_print": Address(let_in("sml")),
    "monitoring:report_csv": Address(let_in("sml")),
    "monitoring:report_xlsx": Address(let_in("sml")),
    # whether effort falls alike: data protection alone
    "monitoring:effort": Address(let_in("l")),
    "monitoring:effort_csv": Address(let_in("l")),
    "monitoring:acknowledge_alarm": Address(NOBODY, lambda _world: [999_999], post=True),
}
