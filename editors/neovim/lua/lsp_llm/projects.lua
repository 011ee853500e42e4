--- Which server serves a buffer: each project has its own. What a server shows, such as a chat or the history, lies
--- outside of all projects and stays with it: another server would know nothing of the project.

local server = require("lsp_llm.server")

local M = {}

local CHAT = "%.chat%.md$"

---@type integer? the client that is showing a document right now
local showing

--- Show a document of a client's.
---@generic T
---@param client_id integer
---@param show fun(): T
---@return T
function M.showing(client_id, show)
  showing = client_id
  local is_done, result = pcall(show)
  showing = nil
  if not is_done then
    error(result, 0)
  end
  return result
end

---@param client table
---@param root string?
---@return boolean
local function has(client, root)
  local folders = client.workspace_folders or {}
  return root == nil and #folders == 0
    or vim.iter(folders):any(function(folder)
      return folder.name == root
    end)
end

--- Whether a client that runs is to serve the current buffer, for which `config` would start one: `reuse_client` of
--- |vim.lsp.start()|. A chat that the user opens goes to whichever runs.
---@param client table
---@param config table
---@return boolean
function M.is_same(client, config)
  if client.name ~= config.name or server.is_stopped(client) then
    return false
  end
  local is_chat = vim.api.nvim_buf_get_name(0):match(CHAT) ~= nil
  if showing and (is_chat or not config.root_dir) then
    return client.id == showing
  end
  return has(client, config.root_dir) or (is_chat and not config.root_dir)
end

return M
