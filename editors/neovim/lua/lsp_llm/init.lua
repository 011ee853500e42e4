--- lsp-llm for Neovim's own LSP client: what an `init.lua` calls. See `:help lsp-llm`.

local M = {}

---@class lsp_llm.Options
---@field prefix? string|false what the default keys begin with; false: no keys, and <Esc> stays as it is
---@field server? table laid over the client's configuration: `cmd`, `settings`, …

local OPTIONS = { prefix = { "string", "boolean" }, server = { "table" } }

---@param opts table
local function check(opts)
  for name, value in pairs(opts) do
    local kinds = OPTIONS[name]
    if not kinds then
      error(("lsp_llm.setup: there is no option %q; there are prefix and server"):format(tostring(name)), 3)
    end
    if not vim.tbl_contains(kinds, type(value)) or value == true then
      error(("lsp_llm.setup: %s is %s: %s is expected"):format(name, type(value), table.concat(kinds, " or ")), 3)
    end
  end
end

--- Start the server for every file, and set the keys.
---@param opts? lsp_llm.Options
function M.setup(opts)
  opts = opts or {}
  check(opts)
  vim.cmd.runtime("plugin/lsp_llm.lua")
  if vim.fn.has("nvim-0.10") == 0 then
    return -- The line above has said so.
  end
  if opts.prefix ~= false then
    require("lsp_llm.keys").defaults(opts.prefix or "<leader>a")
    require("lsp_llm.escape").enable()
  end
  require("lsp_llm.server").enable(opts.server or {})
end

--- How the newest running job goes, in a few words; empty when none runs. For a status line:
--- `%{%v:lua.require'lsp_llm'.statusline()%}`.
---@return string
function M.statusline()
  return require("lsp_llm.progress").statusline()
end

--- Do what a key would: `require("lsp_llm").run("retry")`. The names are those of `:LspLlm`.
---@param name string
function M.run(name)
  require("lsp_llm.actions")[name]()
end

return M
