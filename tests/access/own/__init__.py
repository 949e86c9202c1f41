"""Rows of the addresses of "my page", of the map and of workshops, one module a part.

Each module has ``ROWS`` and ``holes(organization)``: what stands in the holes of its addresses, "<int:need>" -> number.
Alice is the member who stands for a party; what she may see of her own is nobody else's: refused with 404.
"""

from tests.access.own import (
    after,
    assessments,
    comparing,
    exercises,
    handoffs,
    kept_files,
    maps,
    me,
    news,
    practice,
    reports,
    rooms,
    scenarios,
    scenes,
    stories,
    talks,
    walks,
    workshops,
)

MODULES = (
    me,
    handoffs,
    talks,
    stories,
    assessments,
    news,
    maps,
    walks,
    scenarios,
    workshops,
    rooms,
    exercises,
    scenes,
    after,
    practice,
    kept_files,
    reports,
    comparing,
)
