"""What the result of an exercise says to one person alone, on that person's own phone."""

from __future__ import annotations

from chainmap.domain.exercise_entries import ClientEntry, entry_from_json
from chainmap.domain.exercise_results import ClientResult
from chainmap.domain.exercises import Exercise as Kind
from chainmap.exports.client_words import own_client_sentence
from chainmap.models import Exercise, Party
from chainmap.services.exercise_results import result_kept
from chainmap.services.exercise_rooms import entries_of, teller_of
from chainmap.services.joining import Room


def own_client_said(*, room: Room, exercise: Exercise) -> str:
    """Whom this person named beside whom the chain names, as it was at the reveal; "" where there is nothing to say.

    That is before the reveal, without names, and for whoever has no place, said nothing or has no client in the chain.
    """
    own = room.participant.party_id
    if exercise.kind != Kind.CLIENT or own is None or room.workshop.is_anonymous or room.is_waiting:
        return ""
    kept = result_kept(exercise=exercise)
    if not isinstance(kept, ClientResult):
        return ""
    found = next((one for one in kept.answers if one.party == own), None)
    # a place may have been somebody else's at the reveal: what is said is what came from this person
    row = entries_of(exercise).filter(teller=teller_of(room, exercise)).first()
    said = entry_from_json(Kind.CLIENT, row.content) if row is not None else None
    if found is None or found.chain is None or not isinstance(said, ClientEntry):
        return ""
    parties = Party.objects.filter(organization=room.workshop.organization_id, pk__in=[found.chain, said.party or 0])
    names = dict(parties.values_list("pk", "name"))
    named = said.words if said.party is None else names.get(said.party, "")
    if not named or found.chain not in names:
        return ""
    return own_client_sentence(
        named=named, chain=names[found.chain], is_same=said.party == found.chain, share=found.share
    )
