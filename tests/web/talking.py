"""What the tests of conversations and agreements share."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone


def text(answer):
    return answer.content.decode()


def due_on(days=7):
    return str(timezone.localdate() + timedelta(days=days))


def agreed(**given):
    usual = {"sentence": "It comes by Tuesday", "owner": "other", "due_on": due_on(), "decides": "", "decides_name": ""}
    return usual | given
