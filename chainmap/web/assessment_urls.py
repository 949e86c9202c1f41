"""The addresses of self-assessments."""

from django.urls import URLPattern, path

from chainmap.web import assessments, questionnaire_pages

_ORGANIZATION = "organizations/<int:organization>/"
_ONE = _ORGANIZATION + "me/assessments/<slug:code>/<slug:about>/"

assessment_urls: list[URLPattern] = [
    path(_ORGANIZATION + "me/assessments/", assessments.assessments, name="assessments"),
    path(_ONE, assessments.assessment, name="assessment"),
    path(_ONE + "share/", assessments.share, name="assessment_share"),
    path(_ORGANIZATION + "assessments/", assessments.figures, name="assessment_figures"),
    path(_ORGANIZATION + "questionnaires/", questionnaire_pages.questionnaires, name="questionnaires"),
    path(
        _ORGANIZATION + "questionnaires/<slug:code>/", questionnaire_pages.questionnaire_edit, name="questionnaire_edit"
    ),
]
