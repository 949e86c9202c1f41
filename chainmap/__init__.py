"""Chainmap: who each person's most important client is, and where value is lost before it reaches the end customer."""
