--- What is there without a word of configuration: <Plug> mappings, `:LLM`, `:LspLlm`, and the client's abilities.
--- It starts no server and takes no key.

if vim.g.loaded_lsp_llm then
  return
end
vim.g.loaded_lsp_llm = true

if vim.fn.has("nvim-0.10") == 0 then
  vim.api.nvim_echo({ { "lsp-llm needs Neovim 0.10 or later", "ErrorMsg" } }, true, {})
  return
end

require("lsp_llm.keys").plugs()
require("lsp_llm.commands").define()
require("lsp_llm.server").register()
