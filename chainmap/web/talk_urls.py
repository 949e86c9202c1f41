"""The addresses of conversations and agreements."""

from django.urls import URLPattern, path

from chainmap.web import agreements, talks

_ORGANIZATION = "organizations/<int:organization>/"
_HANDOFF = _ORGANIZATION + "me/handoffs/<int:handoff>/"
_TALKS = _ORGANIZATION + "me/talks/"
_TALK = _TALKS + "<int:conversation>/"
_AGREEMENT = _ORGANIZATION + "me/agreements/<int:agreement>/"

talk_urls: list[URLPattern] = [
    path(_HANDOFF + "coffee/", talks.coffee_new, name="coffee_new"),
    path(_HANDOFF + "agree/", agreements.agreement_of_handoff, name="agreement_of_handoff"),
    path(_TALKS, talks.talks, name="talks"),
    path(_TALK, talks.talk, name="talk"),
    path(_TALK + "lines/", talks.talk_lines, name="talk_lines"),
    path(_TALK + "answer/", talks.talk_answer, name="talk_answer"),
    path(_TALK + "time/", talks.talk_time, name="talk_time"),
    path(_TALK + "conversation.ics", talks.talk_calendar, name="talk_calendar"),
    path(_TALK + "agree/", agreements.agreement_new, name="agreement_new"),
    path(_AGREEMENT, agreements.agreement, name="agreement"),
    path(_AGREEMENT + "edit/", agreements.agreement_change, name="agreement_edit"),
    path(_AGREEMENT + "answer/", agreements.agreement_say, name="agreement_answer"),
    path(_AGREEMENT + "outcome/", agreements.agreement_end, name="agreement_outcome"),
    path(_AGREEMENT + "share/", agreements.agreement_tick, name="agreement_share"),
    path(_ORGANIZATION + "agreements/", agreements.agreements_shared, name="agreements_shared"),
]
