"""From templates and context to messages; pure, reads no file."""
