"""Rows of the addresses of "my page", one module a part.

Each module has ``ROWS`` and ``holes(organization)``: what stands in the holes of its addresses, "<int:need>" -> number.
Alice is the member who stands for a party; what she may see of her own is nobody else's: refused with 404.
"""

from tests.access.own import assessments, handoffs, me, news, stories, talks

MODULES = (me, handoffs, talks, stories, assessments, news)
