--- The undo steps of a buffer while jobs write into it: one step for all that they write.
---
--- Neovim has one line of changes for a buffer, so what the user changes meanwhile cuts the job's step in two. What is
--- typed in one insert mode is one step together with what is written in that time: it could not be told apart key by
--- key without making a step of every key.

local M = {}

---@class lsp_llm.Steps
---@field jobs table<string, true> those that have begun
---@field version integer? of the text that the last edit has left; nil before the first
---@field is_shared boolean whether the newest step is the user's insert mode, with what is written meanwhile

---@type table<integer, lsp_llm.Steps>
local steps = {}

---@param bufnr integer
---@return boolean
local function is_inserting(bufnr)
  return bufnr == vim.api.nvim_get_current_buf() and vim.fn.mode():match("^[iR]") ~= nil
end

--- End the step of the newest change (`:help undo-break`).
local function break_step()
  vim.cmd("noautocmd let &g:undolevels = &g:undolevels")
end

--- A job will write into the buffer.
---@param bufnr integer
---@param job_id string
function M.open(bufnr, job_id)
  steps[bufnr] = steps[bufnr] or { jobs = {}, is_shared = false }
  steps[bufnr].jobs[job_id] = true
end

--- A job has written all that it will.
---@param bufnr integer
---@param job_id string
function M.close(bufnr, job_id)
  local step = steps[bufnr]
  if step then
    step.jobs[job_id] = nil
    if not next(step.jobs) then
      steps[bufnr] = nil
    end
  end
end

--- Right before an edit: it joins the step of the one before, unless the user has changed something since.
---@param bufnr integer
function M.before(bufnr)
  local step = steps[bufnr]
  if not step then
    return
  end
  local inserting = is_inserting(bufnr)
  -- An undo or a redo is a change too; joining after one is an error (E790).
  local is_alone = step.version == vim.lsp.util.buf_versions[bufnr]
  vim.api.nvim_buf_call(bufnr, function()
    if is_alone and (inserting or not step.is_shared) then
      vim.cmd.undojoin()
    elseif not inserting or not step.version then
      break_step()
    end
  end)
  step.is_shared = inserting and step.version ~= nil and (step.is_shared or not is_alone)
end

--- Right after it.
---@param bufnr integer
function M.after(bufnr)
  local step = steps[bufnr]
  if not step then
    return
  end
  if is_inserting(bufnr) then
    if step.is_shared then
      -- Neovim has noted which lines the user types into, and does not see them move: undo would bring back the wrong
      -- lines. A change of nothing makes it note them anew.
      local row = vim.api.nvim_win_get_cursor(0)[1] - 1
      vim.api.nvim_buf_set_text(bufnr, row, 0, row, 0, { "" })
    else
      break_step()
    end
  end
  step.version = vim.lsp.util.buf_versions[bufnr]
end

return M
