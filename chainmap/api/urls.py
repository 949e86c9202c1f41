"""Addresses under /api/v1/."""

from django.urls import path, re_path

from chainmap.api import ballots, reports, rounds, views
from chainmap.api.documentation import OpenApi, documentation

app_name = "chainmap_api"
urlpatterns = [
    path("schema/", OpenApi.as_view(), name="schema"),
    path("docs/", documentation, name="docs"),
    path("organizations/", views.OrganizationList.as_view(), name="organizations"),
    path("organizations/<int:organization>/", views.OrganizationDetail.as_view(), name="organization"),
    path("organizations/<int:organization>/bottlenecks/", views.Bottlenecks.as_view(), name="bottlenecks"),
    path("organizations/<int:organization>/report/", reports.OrganizationReport.as_view(), name="report"),
    path(
        "organizations/<int:organization>/report/files/<str:format>/",
        reports.OrganizationReportFile.as_view(),
        name="report_file",
    ),
    path("organizations/<int:organization>/parties/", views.PartyList.as_view(), name="parties"),
    path("organizations/<int:organization>/parties/<int:pk>/", views.PartyDetail.as_view(), name="party"),
    path("organizations/<int:organization>/handoffs/", views.HandOffList.as_view(), name="handoffs"),
    path("organizations/<int:organization>/handoffs/<int:pk>/", views.HandOffDetail.as_view(), name="handoff"),
    path("organizations/<int:organization>/ratings/", views.RatingList.as_view(), name="ratings"),
    path("organizations/<int:organization>/ratings/<int:pk>/", views.RatingDetail.as_view(), name="rating"),
    path("organizations/<int:organization>/rounds/", rounds.RoundList.as_view(), name="rounds"),
    path("organizations/<int:organization>/rounds/<int:pk>/", rounds.RoundDetail.as_view(), name="round"),
    path("organizations/<int:organization>/rounds/<int:pk>/release/", rounds.RoundRelease.as_view(), name="release"),
    path(
        "organizations/<int:organization>/rounds/<int:pk>/bottlenecks/",
        rounds.RoundBottlenecks.as_view(),
        name="round_bottlenecks",
    ),
    path("organizations/<int:organization>/rounds/<int:pk>/ballot/", ballots.RoundBallot.as_view(), name="ballot"),
    path(
        "organizations/<int:organization>/rounds/<int:pk>/ballot/<int:ask>/",
        ballots.RoundBallotQuestion.as_view(),
        name="ballot_question",
    ),
    path("links/<str:token>/", ballots.LinkBallot.as_view(), name="link"),
    path("links/<str:token>/<int:ask>/", ballots.LinkBallotQuestion.as_view(), name="link_question"),
    re_path(r"^", views.UnknownAddress.as_view(), name="unknown"),
]
