"""The addresses of the room: the page of a verb has the verb's name."""

from django.urls import path, register_converter

from casework.sections import SECTIONS
from casework.views import case, day, looked, queue, talk
from casework.views.case_verbs import PAGES
from casework.views.catalogue import shelf_paths
from casework.views.person_verbs import person_paths
from casework.views.verbs import verb_path

app_name = "casework"


class SectionName:
    """A section of the file: this room's, or the panel of another."""

    regex = "|".join([*SECTIONS, "follow_up"])

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(SectionName, "section")

urlpatterns = [
    path("day/", day.my_day, name="my_day"),
    path("queue/", queue.queue, name="queue"),
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
    path("people/new/", talk.new_person, name="new_person"),
    path("people/could-be/", talk.could_be_view, name="could_be"),
    path("people/<uuid:pk>/refer/", case.refer, name="refer"),
    *(verb_path(page) for page in PAGES),
    *person_paths(),
    *shelf_paths(),
]
