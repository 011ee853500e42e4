--- `:LLM` with words, and `:LspLlm` with the name of an action.

local M = {}

---@param call table
local function ask(call)
  local place, server = require("lsp_llm.place"), require("lsp_llm.server")
  local client = server.here()
  if client then
    local range = call.range > 0 and place.lines(call.line1, call.line2) or place.line_end(client)
    server.command("ask", { query = call.args, uri = vim.uri_from_bufnr(0), range = range })
  end
end

---@return string[]
local function names()
  return vim.tbl_map(function(key)
    return key[1]
  end, require("lsp_llm.keys").KEYS)
end

---@param call table
local function act(call)
  if not vim.tbl_contains(names(), call.args) then
    return require("lsp_llm.server").say(("there is no %q; there are %s"):format(call.args, table.concat(names(), ", ")))
  end
  if call.range > 0 then
    vim.cmd.normal({ call.line1 .. "GV" .. call.line2 .. "G", bang = true })
  end
  require("lsp_llm.actions")[call.args]()
end

--- Define both; `:LLM` is left to the user who has one.
function M.define()
  if vim.fn.exists(":LLM") ~= 2 then
    vim.api.nvim_create_user_command("LLM", ask, { nargs = "+", range = true, desc = "LLM: ask in words" })
  end
  vim.api.nvim_create_user_command("LspLlm", act, {
    nargs = 1,
    range = true,
    desc = "LLM: do by name",
    complete = function(beginning)
      return vim.tbl_filter(function(name)
        return vim.startswith(name, beginning)
      end, names())
    end,
  })
end

return M
