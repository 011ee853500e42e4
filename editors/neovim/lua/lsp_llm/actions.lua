--- What the keys and `:LspLlm` do, one function each. It sends commands and shows answers; edits come by themselves.

local marks = require("lsp_llm.marks")
local place = require("lsp_llm.place")
local server = require("lsp_llm.server")
local windows = require("lsp_llm.windows")

local M = {}

local function uri()
  return vim.uri_from_bufnr(0)
end

--- The selection, which ends thereby, or what `otherwise` gives.
---@param otherwise fun(client: table): table
---@return table? range nil where there is no server
local function here(otherwise)
  local client = server.here()
  if not client then
    return nil
  end
  local range = place.is_selecting() and place.selection(client) or otherwise(client)
  place.unselect()
  return range
end

--- Replace the selection, in normal mode [count] lines.
function M.replace()
  local range = here(function()
    local first = vim.fn.line(".")
    return place.lines(first, first + vim.v.count1 - 1)
  end)
  if range then
    server.command("replace", { uri = uri(), range = range })
  end
end

--- Insert behind the selection, in normal mode at the end of the line.
function M.yap()
  local range = here(place.line_end)
  if range then
    server.command("yap", { uri = uri(), range = range })
  end
end

--- Ask for words, and replace the selection or insert at the end of the line.
function M.ask()
  local range, document = here(place.line_end), uri()
  if not range then
    return
  end
  vim.ui.input({ prompt = "LLM: " }, function(words)
    if words and words:match("%S") then
      server.command("ask", { query = words, uri = document, range = range })
    end
  end)
end

--- Stop the jobs of this file.
function M.cancel()
  server.command("cancel", { uri = uri() }, function(result)
    if #result.cancelled == 0 then
      server.say("nothing runs in this file", vim.log.levels.INFO)
    end
  end)
end

---@param preset table
---@param chosen string
---@return string
local function described(preset, chosen)
  local parts = { preset.name, preset.model ~= "" and preset.model or preset.description }
  if preset.problem ~= "" then
    table.insert(parts, preset.problem)
  elseif preset.key == "missing" then
    table.insert(parts, "no key in " .. preset.keyPlace)
  end
  return (preset.name == chosen and "* " or "  ") .. table.concat(parts, " · ")
end

--- Choose the preset for this workspace.
function M.presets()
  local client = server.here()
  if not client then
    return
  end
  server.request(client, "lsp-llm/presets/list", { uri = uri() }, function(found)
    vim.ui.select(found.presets, {
      prompt = "LLM preset",
      kind = "lsp_llm_preset",
      format_item = function(preset)
        return described(preset, found.chosen)
      end,
    }, function(preset)
      if preset then
        server.command("preset", { id = preset.name }, function(answer)
          server.say(answer.reason or answer.id, vim.log.levels.INFO)
        end)
      end
    end)
  end)
end

--- The job at the cursor, else the server's choice among those of this file.
---@param more? table
---@return table
local function job(more)
  return vim.tbl_extend("error", { uri = uri(), jobId = marks.at_cursor() }, more or {})
end

--- Run a command for that job, after which there is nothing to choose any more.
---@param name string
local function settle(name)
  local bufnr = vim.api.nvim_get_current_buf()
  server.command(name, job(), function(result)
    marks.clear(bufnr, result.jobId)
  end)
end

--- Put back what a job replaced.
function M.restore()
  settle("restore")
end

--- What a job wrote is to stay; of a preview: take it.
function M.accept()
  settle("accept")
end

--- Ask again for the same place.
function M.retry()
  server.command("retry", job())
end

--- The next of the answers that a job and its retries have had.
function M.next()
  server.command("alternative", job({ step = 1 }))
end

--- The one before.
function M.previous()
  server.command("alternative", job({ step = -1 }))
end

--- A chat in a split; about the selection where there is one.
function M.chat()
  local about = vim.empty_dict()
  if place.is_selecting() then
    about = { uri = uri(), range = here(place.line_end) }
  end
  server.command("chat", about, function()
    windows.split_next("botright vsplit")
  end)
end

--- What was asked and answered, in a sidebar.
function M.history()
  server.command("history", vim.empty_dict(), function()
    windows.split_next("topleft 40vsplit")
  end)
end

return M
