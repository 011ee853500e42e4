vim.opt.runtimepath:append(vim.fn.stdpath("data") .. "/lsp-llm")
require("lsp_llm").setup()
