"""What the tests of the pages of hand-offs share."""

from __future__ import annotations

from django.urls import reverse


def at(handoff, name="handoff", *parts):
    return reverse(f"chainmap:{name}", args=[handoff.organization_id, handoff.pk, *parts])


def chain_at(organization, query=""):
    return reverse("chainmap:my_chain", args=[organization.pk]) + query


def text_of(answer):
    return " ".join(answer.content.decode().split())


# ---- needs


def need_of(**more):
    return {"text": "by Tuesday", "importance": "3", "version": "", **more}
