--- The <Plug> mappings, and the keys that they have unless the user has given them others. It takes no key that is
--- mapped already.

local M = {}

--- Name of the action, modes, key behind the prefix, what it does.
M.KEYS = {
  { "replace", { "n", "x" }, "r", "replace the selection, or lines" },
  { "yap", { "n", "x" }, "y", "insert behind the selection, or at the end of the line" },
  { "ask", { "n", "x" }, "a", "say what you want" },
  { "cancel", { "n" }, "s", "stop" },
  { "restore", { "n" }, "u", "restore the original" },
  { "accept", { "n" }, "k", "accept" },
  { "retry", { "n" }, "t", "retry" },
  { "next", { "n" }, "n", "next answer" },
  { "previous", { "n" }, "N", "previous answer" },
  { "presets", { "n" }, "p", "choose the preset" },
  { "chat", { "n", "x" }, "c", "chat" },
  { "history", { "n" }, "h", "history" },
}

---@param name string
---@return string
local function plug(name)
  return ("<Plug>(lsp-llm-%s)"):format(name)
end

--- Define the <Plug> mappings.
function M.plugs()
  for _, key in ipairs(M.KEYS) do
    local name = key[1]
    vim.keymap.set(key[2], plug(name), function()
      require("lsp_llm.actions")[name]()
    end, { desc = "LLM: " .. key[4] })
  end
end

--- Map the keys behind a prefix.
---@param prefix string
function M.defaults(prefix)
  for _, key in ipairs(M.KEYS) do
    for _, mode in ipairs(key[2]) do
      local is_free = vim.fn.maparg(prefix .. key[3], mode) == ""
      if is_free and vim.fn.hasmapto(plug(key[1]), mode) == 0 then
        vim.keymap.set(mode, prefix .. key[3], plug(key[1]), { desc = "LLM: " .. key[4] })
      end
    end
  end
end

return M
