"""The program's door: `python -m lsp_llm` and the console script `lsp-llm`."""

from __future__ import annotations


def main() -> int:
    """Run the command line and give its exit code."""
    from lsp_llm.cli import run

    return run()


if __name__ == "__main__":
    raise SystemExit(main())
