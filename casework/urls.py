"""The addresses of the room: the page of a verb has the verb's name."""

from django.urls import path

from casework.views import case, day, queue
from casework.views.case_verbs import PAGES
from casework.views.catalogue import shelf_paths
from casework.views.person_verbs import person_paths
from casework.views.verbs import verb_path

app_name = "casework"

urlpatterns = [
    path("day/", day.my_day, name="my_day"),
    path("queue/", queue.queue, name="queue"),
    path("search/", queue.search, name="search"),
    path("cases/<uuid:pk>/", case.case, name="case"),
    path("people/<uuid:pk>/refer/", case.refer, name="refer"),
    *(verb_path(page) for page in PAGES),
    *person_paths(),
    *shelf_paths(),
]
