"""Every address. A room owns what is under its own name; nothing here is reached without signing in unless its view says so.

`/health/live` and `/health/ready` are answered by `config.health.Watch`, before any of these.
"""

from importlib.util import find_spec

from allauth.account import views as account
from django.urls import include, path, re_path

from config import views

signing_in = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("two-factor/", include("allauth.mfa.urls")),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("account/", include(signing_in)),
    path("", include("config.appearance")),
    *([path("", include("accounts.urls"))] if find_spec("accounts.urls") else []),
    path("", include("casework.urls")),
    path("", include("grants.urls")),
    path("", include("monitoring.urls")),
]

handler400 = views.unreadable
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.broken
