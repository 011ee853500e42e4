--- The progress of jobs, in the server's own words: the newest one for a status line, and the last word of each as a
--- message. It asks for nothing.

local server = require("lsp_llm.server")

local M = {}

---@type { client_id: integer, token: string, title: string, message: string }[] in the order in which they began
local shown = {}

---@type string the last message that a server had shown
local said = ""

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
    -- What went wrong has been a message before; nothing is said twice.
    if not vim.endswith(said, (row.message:gsub("^%d+ s, ", ""))) then
      vim.api.nvim_echo({ { words(row) } }, true, {})
    end
  end
end

--- `window/showMessage`, as Neovim does it.
function M.show_message(err, params, context)
  said = params.message
  return vim.lsp.handlers["window/showMessage"](err, params, context)
end

local function redraw()
  vim.cmd.redrawstatus({ bang = true })
end

--- Follow the progress that the client is told.
function M.watch()
  local group = vim.api.nvim_create_augroup("lsp_llm.progress", {})
  vim.api.nvim_create_autocmd("LspProgress", {
    group = group,
    callback = function(event)
      local data = event.data
      if server.is_ours(data.client_id) then
        take(data.client_id, data.params.token, data.params.value)
        redraw()
      end
    end,
  })
  vim.api.nvim_create_autocmd("LspDetach", { group = group, callback = redraw })
end

--- The newest job's progress, as a status line wants it; empty when none runs.
---@return string
function M.statusline()
  -- A server that has died says no last word.
  shown = vim.tbl_filter(function(row)
    local client = vim.lsp.get_client_by_id(row.client_id)
    return client ~= nil and not server.is_stopped(client)
  end, shown)
  local newest = shown[#shown]
  return newest and (words(newest):gsub("%%", "%%%%")) or ""
end

return M
