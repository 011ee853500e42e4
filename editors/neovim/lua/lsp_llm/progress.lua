--- The progress of jobs, in the server's own words: the newest one for a status line, and the last word of each as a
--- message. It asks for nothing.

local server = require("lsp_llm.server")

local M = {}

---@type { client_id: integer, token: string, title: string, message: string }[] in the order in which they began
local shown = {}

---@param client_id integer
---@param token string
---@return integer?
local function number_of(client_id, token)
  for number, row in ipairs(shown) do
    if row.client_id == client_id and row.token == token then
      return number
    end
  end
end

---@param row { title: string, message: string }
---@return string
local function words(row)
  return row.message == "" and row.title or row.title .. ": " .. row.message
end

---@param client_id integer
---@param token string
---@param value lsp.WorkDoneProgressBegin|lsp.WorkDoneProgressReport|lsp.WorkDoneProgressEnd
local function take(client_id, token, value)
  if value.kind == "begin" then
    table.insert(shown, { client_id = client_id, token = token, title = value.title, message = value.message or "" })
    return
  end
  local number = number_of(client_id, token)
  local row = number and shown[number]
  if not row then
    return
  end
  row.message = value.message or row.message
  if value.kind == "end" then
    table.remove(shown, number)
    vim.api.nvim_echo({ { words(row) } }, true, {})
  end
end

--- Follow the progress that the client is told.
function M.watch()
  vim.api.nvim_create_autocmd("LspProgress", {
    group = vim.api.nvim_create_augroup("lsp_llm.progress", {}),
    callback = function(event)
      local data = event.data
      if server.is_ours(data.client_id) then
        take(data.client_id, data.params.token, data.params.value)
        vim.cmd.redrawstatus({ bang = true })
      end
    end,
  })
end

--- The newest job's progress, as a status line wants it; empty when none runs.
---@return string
function M.statusline()
  -- A server that has died says no last word.
  shown = vim.tbl_filter(function(row)
    return vim.lsp.get_client_by_id(row.client_id) ~= nil
  end, shown)
  local newest = shown[#shown]
  return newest and (words(newest):gsub("%%", "%%%%")) or ""
end

return M
