---@brief
---
--- lsp-llm writes LLM answers into the buffer while you go on typing: select, pick a code action.
--- It serves every filetype, so it names none.

---@type vim.lsp.Config
return {
  cmd = { "lsp-llm", "--stdio" },
  root_markers = { ".lsp-llm.toml", ".git" },
  -- What lies in no project, such as a chat, has no server of its own.
  reuse_client = function(client, config)
    return client.name == config.name
      and not client:is_stopped()
      and (not config.root_dir or client.config.root_dir == config.root_dir)
  end,
  flags = { debounce_text_changes = 20 }, -- the stream stays lively while you type
}
