--- `lsp-llm/status`: which jobs run in which buffer. Every status goes on as the event `User LspLlmStatus`, with the
--- params in its `data`, for whoever wants to show more.

local marks = require("lsp_llm.marks")
local undo = require("lsp_llm.undo")

local M = {}

local ENDS = { finished = true, cancelled = true, failed = true }

---@type table<integer, table<string, integer>> by buffer the jobs that run, each with its client
local running = {}

local function tell(params)
  vim.api.nvim_exec_autocmds("User", { pattern = "LspLlmStatus", modeline = false, data = params })
end

--- Take one status.
---@param params { jobId: string, uri?: string, kind: string }
---@param context { client_id: integer }
function M.handle(_, params, context)
  if params.uri then
    local bufnr = vim.uri_to_bufnr(params.uri)
    running[bufnr] = running[bufnr] or {}
    running[bufnr][params.jobId] = not ENDS[params.kind] and context.client_id or nil
  end
  tell(params)
end

---@param bufnr integer
---@return boolean
function M.is_running(bufnr)
  return next(running[bufnr] or {}) ~= nil
end

--- Forget the jobs of a server that is gone.
function M.watch()
  vim.api.nvim_create_autocmd("LspDetach", {
    group = vim.api.nvim_create_augroup("lsp_llm.jobs", {}),
    callback = function(event)
      for job_id, client_id in pairs(running[event.buf] or {}) do
        if client_id == event.data.client_id then
          running[event.buf][job_id] = nil
          undo.close(event.buf, job_id)
          marks.clear(event.buf, job_id)
          tell({ jobId = job_id, uri = vim.uri_from_bufnr(event.buf), kind = "cancelled", reason = "" })
        end
      end
    end,
  })
end

return M
