"""A lead that outlives its team, and where an audit log begins whose oldest lines were removed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def name_organizations(apps, schema_editor):
    """Every lead is of the organization of its team."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    if is_postgresql:  # a check that waits for the end would forbid the changes of the table below
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    lead_model = apps.get_model("chainmap", "TeamLead")
    team_model = apps.get_model("chainmap", "Team")
    of_team = team_model.objects.filter(pk=models.OuterRef("team_id")).values("organization_id")[:1]
    lead_model.objects.using(schema_editor.connection.alias).update(organization_id=models.Subquery(of_team))
    if is_postgresql:
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


def forget_leads_of_nothing(apps, schema_editor):
    """Going back: there is no lead without a team."""
    lead_model = apps.get_model("chainmap", "TeamLead")
    lead_model.objects.using(schema_editor.connection.alias).filter(team_id=None).delete()


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("chainmap", "0005_reports"),
    ]

    operations = [
        migrations.AddField(
            model_name="teamlead",
            name="organization",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="team_leads",
                to="chainmap.organization",
            ),
        ),
        migrations.RunPython(name_organizations, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="teamlead",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="team_leads",
                to="chainmap.organization",
            ),
        ),
        migrations.AlterField(
            model_name="teamlead",
            name="team",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="leads",
                to="chainmap.team",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_leads_of_nothing),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["at"], name="audit_entry_at"),
        ),
        migrations.CreateModel(
            name="AuditAnchor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField()),
                ("at", models.DateTimeField()),
                ("seal", models.CharField(max_length=64)),
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="audit_anchor",
                        to="chainmap.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "beginning of the audit log",
                "verbose_name_plural": "beginnings of audit logs",
            },
        ),
    ]
