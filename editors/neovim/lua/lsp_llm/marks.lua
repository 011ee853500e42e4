--- Where jobs have written: an extmark over each one's text, with a word behind its first line on what can be done.
--- It changes no text, and forgets a job that is accepted, restored, undone or failed.

local M = {}

local NAMESPACE = vim.api.nvim_create_namespace("lsp_llm.marks")
local OFFERED = "LLM: accept or restore"

---@class lsp_llm.Mark
---@field bufnr integer
---@field job_id string
---@field id integer the extmark
---@field original string[] what stood there before the job
---@field change? integer the change number of its last text, once it has ended

---@type table<string, lsp_llm.Mark>
local marks = {}

--- Two servers may have a job of the same name, but not in the same buffer.
---@param bufnr integer
---@param job_id string
---@return string
local function key(bufnr, job_id)
  return bufnr .. "/" .. job_id
end

---@param mark lsp_llm.Mark
---@return integer? row, integer? column, integer? end_row, integer? end_column
local function extent(mark)
  if not vim.api.nvim_buf_is_loaded(mark.bufnr) then
    return nil
  end
  local found = vim.api.nvim_buf_get_extmark_by_id(mark.bufnr, NAMESPACE, mark.id, { details = true })
  if not found[3] then
    return nil
  end
  local end_row, end_column = found[3].end_row, found[3].end_col
  local last = vim.api.nvim_buf_line_count(mark.bufnr) - 1
  if end_row > last then
    -- Text that goes to the end of the buffer ends below its last line.
    end_row, end_column = last, #vim.api.nvim_buf_get_lines(mark.bufnr, last, last + 1, false)[1]
  end
  return found[1], found[2], end_row, end_column
end

--- The first and the last line of a job's text. Text that ends with a line end ends at the beginning of the line below.
---@param mark lsp_llm.Mark
---@return integer? first, integer? last
local function lines(mark)
  local row, _, end_row, end_column = extent(mark)
  if row then
    return row, end_row > row and end_column == 0 and end_row - 1 or end_row
  end
end

---@param bufnr integer
---@param place { line: integer, character: integer }
---@param encoding string
---@return integer row, integer column in bytes
local function bytes(bufnr, place, encoding)
  local line = vim.api.nvim_buf_get_lines(bufnr, place.line, place.line + 1, false)[1]
  if not line then
    local last = vim.api.nvim_buf_line_count(bufnr) - 1
    return last, #vim.api.nvim_buf_get_lines(bufnr, last, last + 1, false)[1]
  end
  if vim.fn.has("nvim-0.11") == 1 then
    return place.line, vim.str_byteindex(line, encoding, place.character, false)
  end
  -- 0.10 speaks UTF-16 to every server that can.
  return place.line, vim.str_byteindex(line, place.character, encoding == "utf-16")
end

---@param mark lsp_llm.Mark
---@return string[]?
local function text(mark)
  local row, column, end_row, end_column = extent(mark)
  if row then
    return vim.api.nvim_buf_get_text(mark.bufnr, row, column, end_row, end_column, {})
  end
end

--- Set or move a job's extmark; with words they stand behind the first line.
---@param mark lsp_llm.Mark
---@param words? string
local function draw(mark, words, row, column, end_row, end_column)
  mark.id = vim.api.nvim_buf_set_extmark(mark.bufnr, NAMESPACE, row, column, {
    id = mark.id,
    end_row = end_row,
    end_col = end_column,
    right_gravity = false,
    end_right_gravity = true,
    strict = false,
    number_hl_group = "LspLlmNumber",
    virt_text = words and { { "  " .. words, "LspLlmHint" } } or nil,
  })
end

--- An ended job whose text another one writes over has nothing of its own to accept any more.
---@param bufnr integer
---@param first integer
---@param last integer
local function clear_covered(bufnr, first, last)
  for _, mark in pairs(marks) do
    local top, bottom = lines(mark)
    if mark.bufnr == bufnr and mark.change and top and top <= last and first <= bottom then
      M.clear(bufnr, mark.job_id)
    end
  end
end

--- A job begins to write.
---@param bufnr integer
---@param job_id string
---@param range table of the protocol
---@param encoding string
function M.begin(bufnr, job_id, range, encoding)
  local row, column = bytes(bufnr, range.start, encoding)
  local end_row, end_column = bytes(bufnr, range["end"], encoding)
  local known = marks[key(bufnr, job_id)]
  if known then
    known.change = nil
    return
  end
  local mark = { bufnr = bufnr, job_id = job_id }
  draw(mark, nil, row, column, end_row, end_column)
  clear_covered(bufnr, lines(mark))
  mark.original = text(mark)
  marks[key(bufnr, job_id)] = mark
end

--- A job has written all that it will.
---@param bufnr integer
---@param job_id string
---@param kind "end"|"abort"
function M.finish(bufnr, job_id, kind)
  local mark = marks[key(bufnr, job_id)]
  local row, column, end_row, end_column
  if mark then
    row, column, end_row, end_column = extent(mark)
  end
  if not row or kind == "abort" or vim.deep_equal(text(mark), mark.original) then
    return M.clear(bufnr, job_id)
  end
  draw(mark, OFFERED, row, column, end_row, end_column)
  mark.change = vim.api.nvim_buf_call(mark.bufnr, vim.fn.changenr)
end

--- A job's text is as any other.
---@param bufnr integer
---@param job_id string
function M.clear(bufnr, job_id)
  local mark = marks[key(bufnr, job_id)]
  marks[key(bufnr, job_id)] = nil
  if mark and vim.api.nvim_buf_is_valid(bufnr) then
    vim.api.nvim_buf_del_extmark(bufnr, NAMESPACE, mark.id)
  end
end

--- The job whose text the cursor is in.
---@return string?
function M.at_cursor()
  local bufnr, line = vim.api.nvim_get_current_buf(), vim.api.nvim_win_get_cursor(0)[1] - 1
  for _, mark in pairs(marks) do
    local first, last = lines(mark)
    if mark.bufnr == bufnr and first and first <= line and line <= last then
      return mark.job_id
    end
  end
end

--- Forget the jobs of a buffer whose text was undone.
---@param bufnr integer
local function forget_undone(bufnr)
  local now = vim.fn.changenr()
  for _, mark in pairs(marks) do
    if mark.bufnr == bufnr and mark.change and now < mark.change then
      M.clear(bufnr, mark.job_id)
    end
  end
end

--- See what the user undoes, and have colours.
function M.watch()
  vim.api.nvim_set_hl(0, "LspLlmHint", { default = true, link = "Comment" })
  vim.api.nvim_set_hl(0, "LspLlmNumber", { default = true, link = "DiagnosticInfo" })
  vim.api.nvim_create_autocmd("TextChanged", {
    group = vim.api.nvim_create_augroup("lsp_llm.marks", {}),
    callback = function(event)
      forget_undone(event.buf)
    end,
  })
end

return M
