"""The addresses of the room: the page of a verb has the verb's name."""

from django.urls import path

from accounts.views import offices, own, people

app_name = "accounts"

urlpatterns = [
    path("me/", own.me, name="me"),
    path("me/language/", own.choose_language, name="choose_language"),
    path("welcome/<str:token>/", own.accept_invitation, name="accept_invitation"),
    path("team/", people.people, name="people"),
    path("team/roles/", people.roles, name="roles"),
    path("team/roles/<int:grant>/take-back/", people.revoke_role, name="revoke_role"),
    path("team/invite/", people.invite_user, name="invite_user"),
    path("team/<uuid:pk>/", people.person, name="person"),
    path("team/<uuid:pk>/correct/", people.correct_user, name="correct_user"),
    path("team/<uuid:pk>/invite/", people.invite_again, name="invite_again"),
    path("team/<uuid:pk>/end/", people.deactivate_user, name="deactivate_user"),
    path("team/<uuid:pk>/open/", people.reactivate_user, name="reactivate_user"),
    path("team/<uuid:pk>/role/", people.grant_role, name="grant_role"),
    path("offices/", offices.offices, name="offices"),
    path("offices/open/", offices.open_office, name="open_office"),
    path("offices/check/", offices.check_offices, name="check_offices"),
    path("offices/<uuid:pk>/correct/", offices.correct_office, name="correct_office"),
]
