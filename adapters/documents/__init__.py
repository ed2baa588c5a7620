"""Reading documents: from an untrusted file to its text in reading order."""
