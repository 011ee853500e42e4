"""`lsp-llm demo`: the real server and the embedded engine, played before an audience."""
