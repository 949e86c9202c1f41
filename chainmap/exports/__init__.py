"""Findings in, files out: (filename, content type, bytes). No database, no access rules: those come before."""
