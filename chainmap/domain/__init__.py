"""The pure core: records in, findings out. No Django, no files, no clock."""
