"""The form of a note."""

from django.utils.translation import gettext_lazy as _

from casework.forms.verb import VerbForm, choice, words
from workflows.models import Note

AUDIENCES = [
    (Note.FILE, _("Whoever reads the notes of this file")),
    (Note.RESTRICTED, _("Caseworkers, the supervisor and the protection lead")),
    (Note.PROTECTION, _("The protection lead alone")),
]


class WriteNoteForm(VerbForm):
    text = words(_("Note"), required=True, lines=6)
    audience = choice(AUDIENCES, _("Who may read it"), initial=Note.FILE)
