"""The interface for programs: addresses under /api/v1/, JSON in and out, problems as RFC 9457 documents.

Everything can be read that a person may read; written is one thing, the answers of one's own ballot.
"""
