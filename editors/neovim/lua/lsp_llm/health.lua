--- `:checkhealth lsp_llm`: whether Neovim, the program, its preset and the attached server are as they should be. It
--- asks nothing of the network: that is for `lsp-llm doctor`.

local server = require("lsp_llm.server")

local M = {}

local LIMIT_MILLISECONDS = 15000

---@param arguments string[]
---@return vim.SystemCompleted
local function run(arguments)
  return vim.system(arguments, { text = true }):wait(LIMIT_MILLISECONDS)
end

local function check_neovim()
  local version = tostring(vim.version())
  if vim.fn.has("nvim-0.10") == 0 then
    vim.health.error("Neovim " .. version .. " is too old", "install Neovim 0.10 or later")
  else
    vim.health.ok("Neovim " .. version)
  end
end

---@return string? program
local function check_program()
  local program = vim.fn.exepath("lsp-llm")
  if program == "" then
    vim.health.error("lsp-llm is not on the PATH of Neovim", "pipx install lsp-llm, then start Neovim again")
    return nil
  end
  local result = run({ program, "--version" })
  if result.code ~= 0 then
    vim.health.error(program .. " does not run: " .. vim.trim(result.stderr or ""))
    return nil
  end
  vim.health.ok(("%s (%s)"):format(vim.trim(result.stdout), program))
  return program
end

---@param program string
local function check_preset(program)
  local result = run({ program, "presets", "--json" })
  local is_json, found = pcall(vim.json.decode, result.stdout or "")
  if result.code ~= 0 or not is_json then
    return vim.health.error("lsp-llm presets: " .. vim.trim(result.stderr or ""))
  end
  local chosen = vim.iter(found.presets):find(function(preset)
    return preset.name == found.chosen
  end)
  local advice = "lsp-llm doctor looks closer: keys, hosts, certificates"
  if not chosen then
    vim.health.error(('there is no preset "%s": %s'):format(found.chosen, found.reason), advice)
  elseif chosen.problem ~= "" then
    vim.health.error(chosen.problem, advice)
  elseif chosen.key == "missing" then
    vim.health.warn(('preset "%s": there is no key in %s'):format(chosen.name, chosen.keyPlace), {
      "set " .. chosen.keyPlace .. " where Neovim is started, or api_key_command, or use the system's keyring",
      advice,
    })
  else
    vim.health.ok(('preset "%s": %s'):format(chosen.name, found.reason))
  end
end

--- Count one more server for each buffer of a client.
---@param client table
---@param served table<integer, integer>
local function count_buffers(client, served)
  for bufnr in pairs(client.attached_buffers) do
    served[bufnr] = (served[bufnr] or 0) + 1
  end
end

local function check_clients()
  local count, served = 0, {}
  for _, name in ipairs(server.NAMES) do
    for _, client in ipairs(vim.lsp.get_clients({ name = name })) do
      count = count + 1
      count_buffers(client, served)
      local can_stream = vim.tbl_get(client.config, "capabilities", "experimental", "lspLlm", "stream")
      local words = ("server %d, buffers served: %d"):format(client.id, vim.tbl_count(client.attached_buffers))
      if can_stream then
        vim.health.ok(words .. "; a fill is one undo step")
      else
        vim.health.warn(words .. "; each edit is an undo step", "start the server after this plugin is loaded")
      end
    end
  end
  if vim.tbl_contains(vim.tbl_values(served), 2) then
    vim.health.warn(
      "two servers serve the same buffer, and each offers every action",
      "start one of them only: lsp-llm doctor neovim names the place"
    )
  end
  if count == 0 then
    vim.health.info('no server runs: open a file that has a name, after require("lsp_llm").setup()')
  end
end

function M.check()
  vim.health.start("lsp-llm")
  check_neovim()
  local program = check_program()
  if program then
    check_preset(program)
  end
  check_clients()
end

return M
