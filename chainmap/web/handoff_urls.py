"""The addresses of a person's own hand-offs."""

from django.urls import URLPattern, path

from chainmap.web import handoff_changes, handoff_pages, my_chain, need_pages, people

_ORGANIZATION = "organizations/<int:organization>/"
_HANDOFFS = _ORGANIZATION + "me/handoffs/"
_HANDOFF = _HANDOFFS + "<int:handoff>/"
_NEED = _HANDOFF + "needs/<int:need>/"

handoff_urls: list[URLPattern] = [
    path(_ORGANIZATION + "people.json", people.people_suggestions, name="people_suggestions"),
    path(_ORGANIZATION + "parties/<int:party>/left/", people.party_left, name="party_left"),
    path(_HANDOFFS, my_chain.my_chain, name="my_chain"),
    path(_HANDOFFS + "new/", handoff_changes.handoff_new, name="handoff_new"),
    path(_HANDOFF, handoff_pages.handoff_page, name="handoff"),
    path(_HANDOFF + "edit/", handoff_changes.handoff_change, name="handoff_edit"),
    path(_HANDOFF + "remove/", handoff_changes.handoff_out, name="handoff_remove"),
    path(_HANDOFF + "say/", handoff_pages.say, name="handoff_say"),
    path(_HANDOFF + "restore/", handoff_pages.restore, name="handoff_restore"),
    path(_HANDOFF + "undo/", handoff_pages.undo, name="handoff_undo"),
    path(_HANDOFF + "needs/", need_pages.need_new, name="need_add"),
    path(_NEED, need_pages.need_change, name="need_edit"),
    path(_NEED + "reply/", need_pages.need_answer, name="need_reply"),
    path(_NEED + "remove/", need_pages.need_out, name="need_remove"),
]
