--- Where a document opens that the server wants to show: in a split for a chat or the history, else as Neovim does it.

local M = {}

---@type string? the command that makes a window for the next document
local next_split

--- The next document that the server shows gets a window of its own.
---@param split string
function M.split_next(split)
  next_split = split
end

--- `window/showDocument`.
function M.show(err, params, context)
  local split = next_split
  next_split = nil
  local is_visible = vim.fn.bufwinid(vim.uri_to_fname(params.uri)) ~= -1
  if split and not params.external and not is_visible then
    vim.cmd(split)
  end
  return vim.lsp.handlers["window/showDocument"](err, params, context)
end

return M
