--- The server as Neovim's client knows it: its configuration, whether it is there, and how it is asked.
--- It knows no key and shows no text but what went wrong.

local M = {}

--- The second is the name in the block of the project's README.
M.NAMES = { "lsp_llm", "lsp-llm" }
local PROGRAM = "lsp-llm"
local INSTALL = '"%s" is not on the PATH: install lsp-llm (pipx install lsp-llm), then see :checkhealth lsp_llm'

---@param text string
---@param level? integer
function M.say(text, level)
  vim.notify("LLM: " .. text, level or vim.log.levels.WARN)
end

--- What this plugin adds to the configuration of a client.
---@return table
local function abilities()
  local function late(module, name)
    return function(...)
      return require(module)[name](...)
    end
  end
  return {
    capabilities = { experimental = { lspLlm = { status = true, stream = true } } },
    reuse_client = late("lsp_llm.projects", "is_same"),
    handlers = {
      ["lsp-llm/edit"] = late("lsp_llm.edits", "handle"),
      ["lsp-llm/status"] = late("lsp_llm.jobs", "handle"),
      ["window/showDocument"] = late("lsp_llm.windows", "show"),
      ["window/showMessage"] = late("lsp_llm.progress", "show_message"),
    },
  }
end

--- Before 0.11 a configuration is a table that is handed over with every start.
local function can_configure()
  return vim.fn.has("nvim-0.11") == 1
end

--- Make every client of lsp-llm that starts from now on able to do what this plugin can (0.11 and later).
function M.register()
  for _, part in ipairs({ "jobs", "marks", "progress" }) do
    require("lsp_llm." .. part).watch()
  end
  if can_configure() then
    for _, name in ipairs(M.NAMES) do
      vim.lsp.config(name, abilities())
    end
  end
end

---@param configuration table
local function start_everywhere(configuration)
  local file = vim.api.nvim_get_runtime_file("lsp/lsp_llm.lua", false)[1]
  local whole = vim.tbl_deep_extend("force", dofile(file), abilities(), configuration)
  whole.name = M.NAMES[1]
  -- 0.10 takes the capabilities as they are; later ones lay them over their own.
  whole.capabilities =
    vim.tbl_deep_extend("force", vim.lsp.protocol.make_client_capabilities(), whole.capabilities)
  local function start(bufnr)
    if vim.bo[bufnr].buftype ~= "" or vim.api.nvim_buf_get_name(bufnr) == "" then
      return
    end
    local here = vim.tbl_extend("force", { root_dir = vim.fs.root(bufnr, whole.root_markers) }, whole)
    vim.lsp.start(here, { bufnr = bufnr, reuse_client = whole.reuse_client })
  end
  vim.api.nvim_create_autocmd("FileType", {
    group = vim.api.nvim_create_augroup("lsp_llm.start", {}),
    callback = function(event)
      start(event.buf)
    end,
  })
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.bo[bufnr].filetype ~= "" then
      start(bufnr)
    end
  end
end

--- Run the server for every file, with `configuration` laid over the client's own.
---@param configuration table
function M.enable(configuration)
  local program = type(configuration.cmd) == "table" and configuration.cmd[1] or PROGRAM
  if vim.fn.executable(program) == 0 then
    return M.say(INSTALL:format(program))
  end
  if not can_configure() then
    return start_everywhere(configuration)
  end
  vim.lsp.config(M.NAMES[1], configuration)
  vim.lsp.enable(M.NAMES[1])
end

---@param client_id integer
---@return boolean
function M.is_ours(client_id)
  local client = vim.lsp.get_client_by_id(client_id)
  return client ~= nil and vim.tbl_contains(M.NAMES, client.name)
end

--- Whether a client has ended, or is about to.
---@param client table
---@return boolean
function M.is_stopped(client)
  -- The methods of a client are called with a dot before 0.11.
  if can_configure() then
    return client:is_stopped()
  end
  return client.is_stopped()
end

--- The client that serves a buffer, 0 for the current one.
---@param bufnr integer
---@return table?
function M.client(bufnr)
  for _, name in ipairs(M.NAMES) do
    local found = vim.lsp.get_clients({ bufnr = bufnr, name = name })[1]
    if found then
      return found
    end
  end
end

---@return string
local function why_not_here()
  if vim.fn.executable(PROGRAM) == 0 then
    return INSTALL:format(PROGRAM)
  elseif vim.api.nvim_buf_get_name(0) == "" then
    return "this buffer has no name: save the file first"
  end
  return "no server serves this buffer: :edit starts one, and :checkhealth lsp_llm says more"
end

--- The client of the current buffer; without one the user is told why.
---@return table?
function M.here()
  -- Neovim attaches servers to a buffer without a name too, and then cannot say which one it is.
  local client = vim.api.nvim_buf_get_name(0) ~= "" and M.client(0) or nil
  if not client then
    M.say(why_not_here())
  end
  return client
end

---@param client table
---@param command string
---@return boolean
function M.offers(client, command)
  local commands = vim.tbl_get(client.server_capabilities, "executeCommandProvider", "commands") or {}
  return vim.tbl_contains(commands, command)
end

--- Ask; a refusal is shown, an answer goes to `answered`.
---@param client table
---@param method string
---@param params table
---@param answered? fun(result: table)
function M.request(client, method, params, answered)
  local function handle(err, result)
    if err then
      return M.say(err.message, vim.log.levels.ERROR)
    end
    if answered then
      answered(result)
    end
  end
  if can_configure() then
    client:request(method, params, handle)
  else
    client.request(method, params, handle)
  end
end

--- Run a command of the server for the current buffer.
---@param name string what stands behind `lsp-llm.`
---@param argument table
---@param answered? fun(result: table)
function M.command(name, argument, answered)
  local client, command = M.here(), "lsp-llm." .. name
  if not client then
    return
  end
  if not M.offers(client, command) then
    return M.say(('this server does not know "%s": install a newer lsp-llm'):format(command))
  end
  M.request(client, "workspace/executeCommand", { command = command, arguments = { argument } }, answered)
end

return M
