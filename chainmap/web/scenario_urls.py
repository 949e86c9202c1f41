"""The addresses of what-if and scenarios."""

from django.urls import URLPattern, path

from chainmap.web import kept_scenarios, scenario_pages

_ORGANIZATION = "organizations/<int:organization>/"
_SCENARIOS = _ORGANIZATION + "scenarios/"
_SCENARIO = _SCENARIOS + "<int:scenario>/"

scenario_urls: list[URLPattern] = [
    path(_ORGANIZATION + "what-if.json", scenario_pages.what_if, name="what_if"),
    path(_ORGANIZATION + "what-if/", scenario_pages.what_if_page, name="what_if_page"),
    path(_SCENARIOS, kept_scenarios.scenarios, name="scenarios"),
    path(_SCENARIOS + "compare/", kept_scenarios.scenario_beside, name="scenario_compare"),
    path(_SCENARIO, kept_scenarios.scenario, name="scenario"),
    path(_SCENARIO + "edit/", kept_scenarios.scenario_edit, name="scenario_edit"),
    path(_SCENARIO + "remove/", kept_scenarios.scenario_away, name="scenario_remove"),
]
