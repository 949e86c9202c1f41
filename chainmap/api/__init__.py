"""The interface for programs: addresses under /api/v1/, JSON out, problems as RFC 9457 documents. Read only."""
