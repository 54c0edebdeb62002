"""The addresses of the room: the page of a verb has the verb's name."""

from django.urls import path, register_converter

from casework.sections import SECTIONS
from casework.views import (
    case,
    day,
    duplicates,
    looked,
    matching,
    opening,
    programmes,
    queue,
    referrals,
    saved_views,
    signing,
    talk,
)
from casework.views.case_verbs import PAGES
from casework.views.catalogue import shelf_paths
from casework.views.person_verbs import person_paths
from casework.views.verbs import verb_path

app_name = "casework"


class SectionName:
    """A section of the file: this room's, or the panel of another."""

    regex = "|".join([*SECTIONS, "start_up", "follow_up"])

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(SectionName, "section")

urlpatterns = [
    path("day/", day.my_day, name="my_day"),
    path("day/print/", day.print_day, name="print_day"),
    path("day/visits/", day.visit_pack, name="visit_pack"),
    path("queue/", queue.queue, name="queue"),
    path("queue/views/", saved_views.saved_views, name="saved_views"),
    path("queue/views/save/", saved_views.save_view, name="save_view"),
    path("queue/views/<int:pk>/rename/", saved_views.rename_view, name="rename_view"),
    path("queue/views/<int:pk>/delete/", saved_views.delete_view, name="delete_view"),
    path("search/", queue.search, name="search"),
    path("cases/<uuid:pk>/", case.case, name="case"),
    path("cases/<uuid:pk>/story/", case.happened, name="story"),
    path("cases/<uuid:pk>/verbs/", case.verbs, name="verbs"),
    path("cases/<uuid:pk>/print/", case.on_paper, name="print"),
    path("cases/<uuid:pk>/who-has-looked/", looked.who_has_looked, name="who_has_looked"),
    path("cases/<uuid:pk>/talk/", talk.talk, name="talk"),
    path("cases/<uuid:pk>/talk/autosave/", talk.autosave, name="talk_autosave"),
    path("cases/<uuid:pk>/slip/", talk.slip, name="slip"),
    path("cases/<uuid:pk>/<section:name>/", case.section, name="section"),
    path("cases/<uuid:pk>/match/", matching.match_case, name="match_case"),
    path("match/", matching.match, name="match"),
    path("vacancies/<uuid:pk>/match/", matching.match_vacancy, name="match_vacancy"),
    path("to-sign/", signing.to_sign, name="to_sign"),
    path("to-sign/<int:pk>/sign/", signing.sign_proposal, name="sign_proposal"),
    path("to-sign/<int:pk>/turn-down/", signing.turn_down, name="turn_down"),
    path("open-for-purpose/", opening.open_for_purpose, name="open_for_purpose"),
    path("who-has-looked/", looked.looked, name="looked"),
    path("who-has-looked/csv/", looked.looked_csv, name="looked_csv"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/set-up/", programmes.set_up_programme, name="set_up_programme"),
    path("programmes/<slug:code>/", programmes.programme, name="programme"),
    path("programmes/<slug:code>/go-live/", programmes.go_live, name="go_live"),
    path("programmes/<slug:code>/files/", programmes.programme_files, name="programme_files"),
    path("programmes/<slug:code>/change/<slug:part>/", programmes.change_programme, name="change_programme"),
    path("people/new/", talk.new_person, name="new_person"),
    path("people/could-be/", talk.could_be_view, name="could_be"),
    path("people/<uuid:pk>/refer/", case.refer, name="refer"),
    path("referrals/", referrals.referrals, name="referrals"),
    path("referrals/hand-in-list/", referrals.hand_in_list, name="hand_in_list"),
    path("referrals/<uuid:pk>/", referrals.referral_list, name="referral_list"),
    path("referrals/<uuid:pk>/import-referrals/", referrals.import_referrals, name="import_referrals"),
    path("referrals/<uuid:pk>/rejected/", referrals.rejected_rows, name="rejected_rows"),
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path("duplicates/<uuid:pk>/", duplicates.duplicate, name="duplicate"),
    path("duplicates/<uuid:pk>/decide-duplicate/", duplicates.decide_duplicate, name="decide_duplicate"),
    path("duplicates/<uuid:pk>/ask-about-duplicate/", duplicates.ask_about_duplicate, name="ask_about_duplicate"),
    path("duplicates/<uuid:pk>/take-back-decision/", duplicates.take_back_decision, name="take_back_decision"),
    path("duplicates/<uuid:pk>/open-meanwhile/", duplicates.open_meanwhile, name="open_meanwhile"),
    path("duplicates/<uuid:pk>/merge-people/", duplicates.merge_people, name="merge_people"),
    *(verb_path(page) for page in PAGES),
    *person_paths(),
    *shelf_paths(),
]
