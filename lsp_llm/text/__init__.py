"""Text as values: documents, positions, edits, tracked regions and line diffs; pure."""
