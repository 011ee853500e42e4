"""Conversations that last: as values, as Markdown text that any editor holds, and as files in a folder."""
