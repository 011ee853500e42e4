"""`lsp-llm setup`: the configurations of editors/, printed or put where each editor reads them."""
