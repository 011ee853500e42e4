---@brief
---
--- lsp-llm writes LLM answers into the buffer while you go on typing: select, pick a code action.
--- It serves every filetype, so it names none.

---@type vim.lsp.Config
return {
  cmd = { "lsp-llm", "--stdio" },
  root_markers = { ".lsp-llm.toml", ".git" },
  flags = { debounce_text_changes = 20 }, -- the stream stays lively while you type
}
