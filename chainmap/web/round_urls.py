"""The addresses of rounds and their results."""

from django.urls import path

from chainmap.web import coaching_rules, round_results, rounds, slips

_ROUNDS = "organizations/<int:organization>/rounds/"
_ROUND = _ROUNDS + "<int:round>/"

round_urls = [
    path(_ROUNDS, rounds.round_list, name="rounds"),
    path(_ROUNDS + "new/", rounds.round_new, name="round_new"),
    path(_ROUND, rounds.round_page, name="round"),
    path(_ROUND + "edit/", rounds.round_change, name="round_edit"),
    path(_ROUND + "preview/", rounds.round_preview, name="round_preview"),
    path(_ROUND + "poster/", rounds.round_poster, name="round_poster"),
    path(_ROUND + "slips/", slips.round_slips, name="round_slips"),
    path(_ROUND + "open/", rounds.round_start, name="round_open"),
    path(_ROUND + "invite/", rounds.round_invite, name="round_invite"),
    path(_ROUND + "close/", rounds.round_end, name="round_close"),
    path(_ROUND + "reopen/", rounds.round_again, name="round_reopen"),
    path(_ROUND + "delete/", rounds.round_remove, name="round_delete"),
    path(_ROUND + "results.<bottlenecks_format:format>", round_results.round_download, name="round_download"),
    path(_ROUND + "ratings/<int:rating>/share/", round_results.round_share, name="round_share"),
    path("organizations/<int:organization>/coaching-rules/", coaching_rules.coaching_rules, name="coaching_rules"),
]
