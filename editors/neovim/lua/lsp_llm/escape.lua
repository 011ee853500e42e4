--- <Esc> in normal mode stops the jobs of a file, and only there and then: it is mapped while a job runs in the buffer,
--- and what it did before, it does too.

local actions = require("lsp_llm.actions")
local jobs = require("lsp_llm.jobs")

local M = {}

local KEY = "<Esc>"
local DESCRIPTION = "LLM: stop"

---@type table<integer, table|false> by buffer that has ours: the buffer's own mapping before
local held = {}

---@param bufnr integer
local function mapping(bufnr)
  return vim.api.nvim_buf_call(bufnr, function()
    local found = vim.fn.maparg(KEY, "n", false, true)
    return found.buffer == 1 and found or nil
  end)
end

---@param bufnr integer
local function give_back(bufnr)
  local before = held[bufnr]
  held[bufnr] = nil
  local current = vim.api.nvim_buf_is_valid(bufnr) and mapping(bufnr)
  -- Someone else may have mapped it meanwhile.
  if not current or current.desc ~= DESCRIPTION then
    return
  end
  vim.keymap.del("n", KEY, { buffer = bufnr })
  if before then
    vim.api.nvim_buf_call(bufnr, function()
      vim.fn.mapset("n", false, before)
    end)
  end
end

---@param bufnr integer
local function press(bufnr)
  give_back(bufnr)
  actions.cancel()
  -- Remapped, and before what was typed after it: the key does what it did before.
  vim.api.nvim_feedkeys(vim.keycode(KEY), "mi", false)
end

---@param bufnr integer
local function take(bufnr)
  held[bufnr] = mapping(bufnr) or false
  vim.keymap.set("n", KEY, function()
    press(bufnr)
  end, { buffer = bufnr, desc = DESCRIPTION })
end

---@param bufnr integer
local function follow(bufnr)
  local is_running, is_ours = jobs.is_running(bufnr), held[bufnr] ~= nil
  if is_running and not is_ours then
    take(bufnr)
  elseif is_ours and not is_running then
    give_back(bufnr)
  end
end

--- Have <Esc> wherever a job runs.
function M.enable()
  vim.api.nvim_create_autocmd("User", {
    group = vim.api.nvim_create_augroup("lsp_llm.escape", {}),
    pattern = "LspLlmStatus",
    callback = function(event)
      -- Only the first word of a job and its last change anything; after a press the key is not taken again.
      local kind = event.data.kind
      local is_border = kind == "queued" or kind == "finished" or kind == "cancelled" or kind == "failed"
      if is_border and event.data.uri then
        follow(vim.uri_to_bufnr(event.data.uri))
      end
    end,
  })
end

return M
