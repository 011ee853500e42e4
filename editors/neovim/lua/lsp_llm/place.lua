--- Where a command is meant: the selection, or the cursor, in the words of the protocol. It changes nothing.

local M = {}

---@param client table
---@param row integer from 0
---@param column integer in bytes, from 0
local function position(client, row, column)
  local character = vim.lsp.util.character_offset(0, row, column, client.offset_encoding)
  return { line = row, character = character }
end

---@param row integer from 0
---@return string
local function line(row)
  return vim.api.nvim_buf_get_lines(0, row, row + 1, false)[1] or ""
end

--- Whole lines; the end is the beginning of the next one, be it there or not.
---@param first integer from 1
---@param last integer
function M.lines(first, last)
  return { start = { line = first - 1, character = 0 }, ["end"] = { line = last, character = 0 } }
end

--- The end of the cursor's line.
---@param client table
function M.line_end(client)
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  local place = position(client, row, #line(row))
  return { start = place, ["end"] = place }
end

---@return boolean
function M.is_selecting()
  return vim.tbl_contains({ "v", "V", "\22" }, vim.fn.mode())
end

--- The visual selection. A block counts as the whole lines that it touches.
---@param client table
function M.selection(client)
  local from, to = vim.fn.getpos("v"), vim.fn.getpos(".")
  if from[2] > to[2] or (from[2] == to[2] and from[3] > to[3]) then
    from, to = to, from
  end
  if vim.fn.mode() ~= "v" then
    return M.lines(from[2], to[2])
  end
  local last, column = line(to[2] - 1), to[3] - 1
  local ending
  if vim.o.selection == "exclusive" then
    ending = position(client, to[2] - 1, column)
  elseif column >= #last then
    -- Beyond the last letter stands the line end, which is selected too.
    ending = M.lines(1, to[2])["end"]
  else
    ending = position(client, to[2] - 1, column + #vim.fn.matchstr(last, ".", column))
  end
  return { start = position(client, from[2] - 1, from[3] - 1), ["end"] = ending }
end

--- Leave visual mode, as an operator does.
function M.unselect()
  if M.is_selecting() then
    vim.cmd.normal({ "\27", bang = true })
  end
end

return M
