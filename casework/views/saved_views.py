"""Views of the queue under a name: saved where one stands, and a page to rename and delete them."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from casework.actions import saved_views as shelf
from casework.models import SavedView
from casework.queue import Asked
from workflows.acting import Refused


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep what the queue was asked under a name; refused, one stands where one stood, and the name is kept to be mended."""
    asked = Asked.of(request.POST, view="mine").as_said()
    name = request.POST.get("name", "")
    try:
        saved = shelf.save_view(by=request.user, name=name, asked=asked)
    except Refused as refused:
        messages.warning(request, str(refused))
        asked = {**asked, "name": name[:60]}
    else:
        messages.success(request, _("“%(name)s” stands beside the other views now.") % {"name": saved.name})
    return redirect(f"{reverse('casework:queue')}?{urlencode(asked)}")


@require_safe
def saved_views(request: HttpRequest) -> HttpResponse:
    """One's own views, to rename and to delete."""
    rows = [(view, Asked.of(view.asked, view="mine")) for view in SavedView.objects.visible_to(request.user)]
    shown = [(view, f"{reverse('casework:queue')}?{urlencode(asked.as_said())}", asked.in_words()) for view, asked in rows]
    return render(request, "casework/saved_views.html", {"rows": shown})


@require_POST
def rename_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it another name."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    try:
        shelf.rename_view(view, by=request.user, name=request.POST.get("name", ""))
    except Refused as refused:
        messages.warning(request, str(refused))
    return redirect("casework:saved_views")


@require_POST
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep it no more."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    shelf.delete_view(view, by=request.user)
    messages.success(request, _("“%(name)s” is kept no more.") % {"name": view.name})
    return redirect("casework:saved_views")
