--- `lsp-llm/edit`: carries out what the server writes, as one undo step and without moving the cursor.
--- It checks the version, because an edit for an older text would land in the wrong place.

local marks = require("lsp_llm.marks")
local undo = require("lsp_llm.undo")

local M = {}

local CURSORS = vim.api.nvim_create_namespace("lsp_llm.cursors")
local STALE = "the buffer has changed: version %d was meant, %d is here"
local UNREPORTED = "Neovim does not report the changes of this buffer any more, because its servers had ended and it was"
  .. " changed before another one came: wipe it out (:bwipeout), and open the file again"

---@type table<integer, true> buffers whose changes no server hears of, which is so for as long as they live
local unreported = {}

--- Whether the buffer has moved on since `version`; nil is any version.
---@param bufnr integer
---@param version integer?
---@return string? reason
local function stale(bufnr, version)
  local current = vim.lsp.util.buf_versions[bufnr]
  -- Not "other than": Neovim counts from 0, the server says 1 for it, and another client that attaches sets it to 0.
  if version and current and current > version then
    return STALE:format(version, current)
  end
end

--- Remember where the cursors are, and give a function that puts those back that an edit has taken along.
--- Text that is written right at a cursor goes behind it.
---@param bufnr integer
---@return fun()
local function cursors(bufnr)
  local held = {}
  for _, window in ipairs(vim.fn.win_findbuf(bufnr)) do
    local row, column = unpack(vim.api.nvim_win_get_cursor(window))
    local options = { right_gravity = false, strict = false }
    held[window] = vim.api.nvim_buf_set_extmark(bufnr, CURSORS, row - 1, column, options)
  end
  return function()
    for window, id in pairs(held) do
      local row, column = unpack(vim.api.nvim_buf_get_extmark_by_id(bufnr, CURSORS, id, {}))
      vim.api.nvim_buf_del_extmark(bufnr, CURSORS, id)
      if not vim.deep_equal(vim.api.nvim_win_get_cursor(window), { row + 1, column }) then
        vim.api.nvim_win_set_cursor(window, { row + 1, column })
      end
    end
  end
end

---@param bufnr integer
---@param edits table[]
---@param encoding string
local function apply(bufnr, edits, encoding)
  local text_edits = {}
  -- The first of ours is carried out first; Neovim begins with the last one of those at the same place.
  for number = #edits, 1, -1 do
    table.insert(text_edits, { range = edits[number].range, newText = edits[number].text })
  end
  local put_back = cursors(bufnr)
  undo.before(bufnr)
  local version = vim.lsp.util.buf_versions[bufnr]
  vim.lsp.util.apply_text_edits(text_edits, bufnr, encoding)
  put_back()
  undo.after(bufnr)
  if version and version == vim.lsp.util.buf_versions[bufnr] then
    -- The server would wait for the report for ever.
    unreported[bufnr] = true
    vim.api.nvim_buf_call(bufnr, function()
      vim.cmd("silent undo")
    end)
    error(UNREPORTED, 0)
  end
end

---@param bufnr integer
---@param params table
---@param encoding string
---@return { applied: boolean, failureReason?: string }
local function insert(bufnr, params, encoding)
  if not vim.api.nvim_buf_is_loaded(bufnr) then
    return { applied = false, failureReason = "the buffer is not loaded" }
  end
  local reason = unreported[bufnr] and UNREPORTED or stale(bufnr, params.version)
  if reason then
    return { applied = false, failureReason = reason }
  end
  -- A buffer may be read-only, or a plugin's autocommand may fail: that is for the server to hear.
  local is_done, problem = pcall(apply, bufnr, params.edits, encoding)
  return { applied = is_done, failureReason = not is_done and tostring(problem) or nil }
end

--- Carry out one request of the server.
---@param params { jobId: string, uri: string, version?: integer, kind: string, range?: table, edits?: table[] }
---@param context { client_id: integer }
function M.handle(_, params, context)
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  local bufnr = vim.uri_to_bufnr(params.uri)
  if params.version == vim.NIL then
    params.version = nil
  end
  if params.kind == "insert" then
    return insert(bufnr, params, client.offset_encoding)
  elseif params.kind == "begin" then
    undo.open(bufnr, params.jobId)
    marks.begin(bufnr, params.jobId, params.range, client.offset_encoding)
  else
    undo.close(bufnr, params.jobId)
    marks.finish(bufnr, params.jobId, params.kind)
  end
  return { applied = true }
end

return M
