"""The addresses of the room, a group for each of its nouns: the page of a verb has the verb's name."""

from grants.views import calls, juries, money, pitches

app_name = "grants"

urlpatterns = [*calls.addresses, *pitches.addresses, *juries.addresses, *money.addresses]
