"""The addresses of the map, of what-if, and of workshops and presentations: one list a part."""

from chainmap.web.compare_urls import compare_urls
from chainmap.web.exercise_urls import exercise_urls
from chainmap.web.map_urls import map_urls
from chainmap.web.practice_urls import practice_urls
from chainmap.web.report_job_urls import report_job_urls
from chainmap.web.report_urls import report_urls
from chainmap.web.room_urls import room_urls
from chainmap.web.scenario_urls import scenario_urls
from chainmap.web.scene_urls import scene_urls
from chainmap.web.walk_urls import walk_urls
from chainmap.web.workshop_after_urls import workshop_after_urls
from chainmap.web.workshop_urls import workshop_urls

coach_urls = [
    *map_urls,
    *walk_urls,
    *scenario_urls,
    *workshop_urls,
    *room_urls,
    *exercise_urls,
    *scene_urls,
    *workshop_after_urls,
    *practice_urls,
    *report_job_urls,
    *report_urls,
    *compare_urls,
]
