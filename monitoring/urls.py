"""Addresses of this room. Behind `a/` stands the page of somebody without an account."""

from django.urls import path

from monitoring.views import answer, calls, dimensions, effort, report

app_name = "monitoring"

urlpatterns = [
    path("a/<str:token>/", answer.answer, name="answer"),
    path("calls/", calls.calls, name="calls"),
    path("calls/now/<int:task>/", calls.acknowledge_alarm, name="acknowledge_alarm"),
    path("calls/<uuid:key>/", calls.call, name="call"),
    path("calls/<uuid:key>/try/", calls.log_attempt, name="log_attempt"),
    path("calls/<uuid:key>/talk/", calls.record_interview, name="record_interview"),
    path("calls/<uuid:key>/leave-out/", calls.waive, name="waive"),
    path("calls/<uuid:key>/hand/", calls.hand_to_caseworker, name="hand_to_caseworker"),
    path("calls/<uuid:key>/answers/", calls.answers, name="answers"),
    path("follow-up/", report.report, name="report"),
    path("follow-up/effort/", effort.effort_of_a_year, name="effort"),
    path("follow-up/effort.csv", effort.effort_csv, name="effort_csv"),
    path("follow-up/by/", dimensions.report_by, name="report_by"),
    path("follow-up/by.csv", dimensions.report_by_csv, name="report_by_csv"),
    path("follow-up/print/", report.report_print, name="report_print"),
    path("follow-up/figures.csv", report.report_csv, name="report_csv"),
    path("follow-up/figures.xlsx", report.report_xlsx, name="report_xlsx"),
]
