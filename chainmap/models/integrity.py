"""Rules the database keeps across tables, as triggers on SQLite and PostgreSQL alike.

- nothing leaves an end customer, and both ends of a hand-off belong to its organization;
- a rating, its rater, its hand-off and its round belong to one organization, and nobody rates their own hand-off;
- a question, who is asked and the round belong to one organization, and nobody is asked about their own hand-off;
- a conversation is between the two sides of its hand-off, an agreement is made and kept by one of them, a moment is
  told by somebody else than the supplier, and whoever decides or is named belongs to the organization;
- a workshop, who is in it, what was said in it, its scenes, a scenario and a place on the map stay inside their
  organization; nobody is known in an anonymous workshop, and the mode stays once one was opened;
- a link to a report, its file, a report by mail and its team belong to one organization;
- a lead and its team belong to one organization;
- a line of the audit log is never changed but for the account that is gone, and its beginning never goes back;
- a release is never changed; the mode of a round with an answer, and a round's minimum group once open, stay;
- a party gets no other user while it has what its user wrote for themselves alone;
- a party with hand-offs does not move to another organization, and one that gives something is no end customer.

They are installed after every ``migrate`` and not by one migration: SQLite rebuilds a table on most changes of it and
drops its triggers on the way.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

#: name -> (table, event, condition that forbids the row, message)
RULES: dict[str, tuple[str, str, str, str]] = {
    "handoff_ends": (
        "chainmap_handoff",
        "INSERT OR UPDATE",
        "NOT EXISTS (SELECT 1 FROM chainmap_party WHERE id = NEW.supplier_id"
        " AND organization_id = NEW.organization_id AND kind <> 'end_customer')"
        " OR NOT EXISTS (SELECT 1 FROM chainmap_party WHERE id = NEW.customer_id"
        " AND organization_id = NEW.organization_id)"
        " OR (NEW.decision_owner_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chainmap_party"
        " WHERE id = NEW.decision_owner_id AND organization_id = NEW.organization_id))",
        "handoff_ends: both ends and who decides in the organization, and nothing leaves an end customer",
    ),
    "party_stays": (
        "chainmap_party",
        "UPDATE",
        "(NEW.organization_id <> OLD.organization_id AND EXISTS (SELECT 1 FROM chainmap_handoff"
        " WHERE supplier_id = NEW.id OR customer_id = NEW.id))"
        " OR (NEW.kind = 'end_customer' AND OLD.kind <> 'end_customer'"
        " AND EXISTS (SELECT 1 FROM chainmap_handoff WHERE supplier_id = NEW.id))",
        "party_stays: a party with hand-offs keeps its organization, and one that gives is no end customer",
    ),
    "party_user": (
        "chainmap_party",
        "UPDATE",
        "NEW.user_id IS NOT NULL AND (OLD.user_id IS NULL OR NEW.user_id <> OLD.user_id)"
        " AND (EXISTS (SELECT 1 FROM chainmap_assessment WHERE party_id = NEW.id)"
        " OR EXISTS (SELECT 1 FROM chainmap_clientanswer WHERE party_id = NEW.id)"
        " OR EXISTS (SELECT 1 FROM chainmap_preparation WHERE party_id = NEW.id))",
        "party_user: what one person wrote for themselves alone would become another one s",
    ),
    "party_team": (
        "chainmap_party",
        "INSERT OR UPDATE",
        "NEW.team_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chainmap_team WHERE id = NEW.team_id"
        " AND organization_id = NEW.organization_id)",
        "party_team: a party and its team belong to one organization",
    ),
    "rating_sides": (
        "chainmap_rating",
        "INSERT OR UPDATE",
        "NOT EXISTS (SELECT 1 FROM chainmap_handoff h JOIN chainmap_round r ON r.organization_id = h.organization_id"
        " JOIN chainmap_party p ON p.organization_id = h.organization_id WHERE h.id = NEW.handoff_id"
        " AND r.id = NEW.round_id AND p.id = NEW.rater_id AND h.supplier_id <> p.id)",
        "rating_sides: hand-off, round and rater in one organization, and nobody rates what they gave themselves",
    ),
    "ask_sides": (
        "chainmap_ask",
        "INSERT OR UPDATE",
        "NOT EXISTS (SELECT 1 FROM chainmap_handoff h JOIN chainmap_round r ON r.organization_id = h.organization_id"
        " JOIN chainmap_party p ON p.organization_id = h.organization_id WHERE h.id = NEW.handoff_id"
        " AND r.id = NEW.round_id AND p.id = NEW.rater_id AND h.supplier_id <> p.id)",
        "ask_sides: hand-off, round and rater in one organization, and nobody rates what they gave themselves",
    ),
    "conversation_sides": (
        "chainmap_conversation",
        "INSERT OR UPDATE",
        "NOT EXISTS (SELECT 1 FROM chainmap_handoff h WHERE h.id = NEW.handoff_id"
        " AND NEW.inviter_id IN (h.supplier_id, h.customer_id) AND NEW.invitee_id IN (h.supplier_id, h.customer_id))",
        "conversation_sides: between the two sides of the hand-off",
    ),
    "agreement_sides": (
        "chainmap_agreement",
        "INSERT OR UPDATE",
        "NOT EXISTS (SELECT 1 FROM chainmap_handoff h WHERE h.id = NEW.handoff_id"
        " AND NEW.made_by_id IN (h.supplier_id, h.customer_id) AND NEW.owner_id IN (h.supplier_id, h.customer_id)"
        " AND (NEW.decides_id IS NULL OR EXISTS (SELECT 1 FROM chainmap_party p WHERE p.id = NEW.decides_id"
        " AND p.organization_id = h.organization_id)))",
        "agreement_sides: made and kept by one of the two sides, and who decides is of the organization",
    ),
    "moment_sides": (
        "chainmap_moment",
        "INSERT OR UPDATE",
        "NOT EXISTS (SELECT 1 FROM chainmap_handoff h JOIN chainmap_party p ON p.organization_id = h.organization_id"
        " WHERE h.id = NEW.handoff_id AND p.id = NEW.teller_id AND h.supplier_id <> p.id)",
        "moment_sides: told by somebody of the organization who is not the supplier",
    ),
    "client_answer_sides": (
        "chainmap_clientanswer",
        "INSERT OR UPDATE",
        "NEW.client_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chainmap_party p JOIN chainmap_party c"
        " ON c.organization_id = p.organization_id AND c.id <> p.id"
        " WHERE p.id = NEW.party_id AND c.id = NEW.client_id)",
        "client_answer_sides: somebody else of the organization",
    ),
    "story_handoffs": (
        "chainmap_story_handoffs",
        "INSERT OR UPDATE",
        "NOT EXISTS (SELECT 1 FROM chainmap_story s JOIN chainmap_handoff h ON h.organization_id = s.organization_id"
        " WHERE s.id = NEW.story_id AND h.id = NEW.handoff_id)",
        "story_handoffs: story and hand-offs in one organization",
    ),
    "workshop_sides": (
        "chainmap_workshop",
        "INSERT OR UPDATE",
        "(NEW.team_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chainmap_team WHERE id = NEW.team_id"
        " AND organization_id = NEW.organization_id))"
        " OR (NEW.round_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chainmap_round WHERE id = NEW.round_id"
        " AND organization_id = NEW.organization_id))"
        " OR (NEW.current_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chainmap_exercise WHERE id = NEW.current_id"
        " AND workshop_id = NEW.id))"
        " OR (NEW.scene_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chainmap_scene WHERE id = NEW.scene_id"
        " AND workshop_id = NEW.id))",
        "workshop_sides: team, round, exercise and scene of a workshop are of its organization, and its own",
    ),
    "workshop_mode": (
        "chainmap_workshop",
        "UPDATE",
        "NEW.mode <> OLD.mode AND (OLD.state <> 'prepared' OR NEW.state <> 'prepared'"
        " OR EXISTS (SELECT 1 FROM chainmap_participant WHERE workshop_id = NEW.id)"
        " OR EXISTS (SELECT 1 FROM chainmap_entry x JOIN chainmap_exercise e ON e.id = x.exercise_id"
        " WHERE e.workshop_id = NEW.id))",
        "workshop_mode: the mode stays once a workshop was opened or somebody joined",
    ),
    "participant_sides": (
        "chainmap_participant",
        "INSERT OR UPDATE",
        "(NEW.party_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chainmap_workshop w JOIN chainmap_party p"
        " ON p.organization_id = w.organization_id WHERE w.id = NEW.workshop_id AND p.id = NEW.party_id))"
        " OR (NEW.said_party_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chainmap_workshop w JOIN chainmap_party p"
        " ON p.organization_id = w.organization_id WHERE w.id = NEW.workshop_id AND p.id = NEW.said_party_id))"
        " OR ((NEW.party_id IS NOT NULL OR NEW.said_party_id IS NOT NULL OR NEW.user_id IS NOT NULL OR NEW.name <> '')"
        " AND EXISTS (SELECT 1 FROM chainmap_workshop w WHERE w.id = NEW.workshop_id AND w.mode = 'anonymous'))",
        "participant_sides: of the workshop s organization, and nobody in particular in an anonymous one",
    ),
    "entry_sides": (
        "chainmap_entry",
        "INSERT OR UPDATE",
        "NOT EXISTS (SELECT 1 FROM chainmap_exercise e JOIN chainmap_workshop w ON w.id = e.workshop_id"
        " WHERE e.id = NEW.exercise_id AND ((w.mode = 'anonymous' AND NEW.participant_id IS NULL)"
        " OR (w.mode = 'open' AND EXISTS (SELECT 1 FROM chainmap_participant p WHERE p.id = NEW.participant_id"
        " AND p.workshop_id = w.id))))",
        "entry_sides: said by somebody of the workshop, and by nobody in particular in an anonymous one",
    ),
    "scene_sides": (
        "chainmap_scene",
        "INSERT OR UPDATE",
        "(NEW.workshop_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chainmap_workshop WHERE id = NEW.workshop_id"
        " AND organization_id = NEW.organization_id))"
        " OR (NEW.focus_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chainmap_party WHERE id = NEW.focus_id"
        " AND organization_id = NEW.organization_id))"
        " OR (NEW.exercise_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chainmap_exercise WHERE id = NEW.exercise_id"
        " AND workshop_id = NEW.workshop_id))",
        "scene_sides: a scene shows what is of its organization and its workshop",
    ),
    "map_place_sides": (
        "chainmap_mapplace",
        "INSERT OR UPDATE",
        "(NEW.party_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chainmap_party WHERE id = NEW.party_id"
        " AND organization_id = NEW.organization_id))"
        " OR (NEW.team_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chainmap_team WHERE id = NEW.team_id"
        " AND organization_id = NEW.organization_id))",
        "map_place_sides: what stands on a map belongs to its organization",
    ),
    "scenario_sides": (
        "chainmap_scenario",
        "INSERT OR UPDATE",
        "NEW.round_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chainmap_round WHERE id = NEW.round_id"
        " AND organization_id = NEW.organization_id)",
        "scenario_sides: a scenario and its round belong to one organization",
    ),
    "report_link_sides": (
        "chainmap_reportlink",
        "INSERT OR UPDATE",
        "NOT EXISTS (SELECT 1 FROM chainmap_keptfile WHERE id = NEW.file_id AND organization_id = NEW.organization_id)",
        "report_link_sides: a link and its file belong to one organization",
    ),
    "report_schedule_sides": (
        "chainmap_reportschedule",
        "INSERT OR UPDATE",
        "(NEW.team_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chainmap_team WHERE id = NEW.team_id"
        " AND organization_id = NEW.organization_id))"
        " OR (NEW.sent_round_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chainmap_round WHERE id = NEW.sent_round_id"
        " AND organization_id = NEW.organization_id))",
        "report_schedule_sides: a report by mail, its team and its round belong to one organization",
    ),
    "team_lead_sides": (
        "chainmap_teamlead",
        "INSERT OR UPDATE",
        "NEW.team_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chainmap_team WHERE id = NEW.team_id"
        " AND organization_id = NEW.organization_id)",
        "team_lead_sides: a lead and its team belong to one organization",
    ),
    "audit_anchor_moves_on": (
        "chainmap_auditanchor",
        "UPDATE",
        "NEW.organization_id <> OLD.organization_id OR NEW.number <= OLD.number",
        "audit_anchor_moves_on: the beginning of a log never goes back",
    ),
    "audit_entry_stays": (
        "chainmap_auditentry",
        "UPDATE",
        "NEW.organization_id <> OLD.organization_id OR NEW.number <> OLD.number OR NEW.at <> OLD.at"
        " OR NEW.who <> OLD.who OR NEW.what <> OLD.what OR NEW.about <> OLD.about OR NEW.seal <> OLD.seal"
        " OR (NEW.user_id IS NOT NULL AND (OLD.user_id IS NULL OR NEW.user_id <> OLD.user_id))",
        "audit_entry_stays: what was logged is never changed",
    ),
    "release_stays": ("chainmap_release", "UPDATE", "1 = 1", "release_stays: what was published is never changed"),
    "round_stays": (
        "chainmap_round",
        "UPDATE",
        "(NEW.mode <> OLD.mode AND (EXISTS (SELECT 1 FROM chainmap_answer a JOIN chainmap_ask q ON q.id = a.ask_id"
        " WHERE q.round_id = NEW.id AND a.score <> '--')"
        " OR EXISTS (SELECT 1 FROM chainmap_sealedanswer s WHERE s.round_id = NEW.id AND s.score <> '--')"
        " OR EXISTS (SELECT 1 FROM chainmap_release p WHERE p.round_id = NEW.id)))"
        " OR (NEW.k <> OLD.k AND OLD.state <> 'draft')",
        "round_stays: the mode is frozen at the first answer, the minimum group at opening",
    ),
}


def sqlite_statements() -> list[str]:
    """The triggers in SQLite's words: one for each event."""
    statements = []
    for name, (table, events, forbidden, message) in RULES.items():
        for event in events.split(" OR "):
            trigger = f"chainmap_{name}_{event.lower()}"
            statements += [
                f"DROP TRIGGER IF EXISTS {trigger}",
                f"CREATE TRIGGER {trigger} BEFORE {event} ON {table} WHEN {forbidden} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
            ]
    return statements


def postgresql_statements() -> list[str]:
    """The triggers in PostgreSQL's words: a function for each rule."""
    statements = []
    for name, (table, events, forbidden, message) in RULES.items():
        statements += [
            f"CREATE OR REPLACE FUNCTION chainmap_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {forbidden} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END IF; "
            "RETURN NEW; END $$",
            f"CREATE OR REPLACE TRIGGER chainmap_{name} BEFORE {events} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION chainmap_{name}()",
        ]
    return statements


def remove_triggers(*, using: str, **_kwargs: Any) -> None:
    """Take the triggers of SQLite away before ``migrate``: it refuses to rename a table that one of them names."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'chainmap%%'", [])
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")


def install_triggers(*, using: str, **_kwargs: Any) -> None:
    """Put the triggers in place; called after ``migrate``, safe to call again."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if not tables >= {table for table, *_ in RULES.values()}:
        return  # the app is being unmigrated
    statements = {"sqlite": sqlite_statements, "postgresql": postgresql_statements}[connection.vendor]()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
