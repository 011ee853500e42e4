--- Where a document opens that the server wants to show: in a split for a chat or the history, else as Neovim does it.

local projects = require("lsp_llm.projects")

local M = {}

---@type string? the command that makes a window for the next document
local next_split

--- The next document that the server shows gets a window of its own.
---@param split string
function M.split_next(split)
  next_split = split
end

--- As Neovim does it, but that the document stays with the server that shows it.
local function show(err, params, context)
  return projects.showing(context.client_id, function()
    return vim.lsp.handlers["window/showDocument"](err, params, context)
  end)
end

--- `window/showDocument`.
function M.show(err, params, context)
  local split = next_split
  next_split = nil
  local is_visible = vim.fn.bufwinid(vim.uri_to_fname(params.uri)) ~= -1
  if not split or params.external or is_visible then
    return show(err, params, context)
  end
  local before = vim.api.nvim_get_current_win()
  vim.cmd(split)
  -- Without the focus Neovim would make one more window for it.
  local result = show(err, vim.tbl_extend("force", params, { takeFocus = true }), context)
  if params.takeFocus == false then
    vim.api.nvim_set_current_win(before)
  end
  return result
end

return M
