"""lsp-llm: a language server that streams LLM answers into any editor; importing the package does nothing."""

__version__ = "0.1.0"
