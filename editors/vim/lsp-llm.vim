augroup lsp_llm
  autocmd!
  " vim-lsp
  autocmd User lsp_setup call lsp#register_server({
        \ 'name': 'lsp-llm',
        \ 'cmd': {server_info -> ['lsp-llm', '--stdio']},
        \ 'allowlist': ['*'],
        \ })
  " yegappan/lsp
  autocmd User LspSetup call LspAddServer([{
        \ 'name': 'lsp-llm',
        \ 'filetype': ['c', 'cpp', 'go', 'java', 'javascript', 'markdown', 'python', 'rust', 'sh', 'typescript', 'vim'],
        \ 'path': exepath('lsp-llm'),
        \ 'args': ['--stdio'],
        \ }])
  " The menu, also for a selection.
  autocmd User lsp_buffer_enabled,LspAttached nnoremap <buffer> <leader>a :LspCodeAction<CR>
  autocmd User lsp_buffer_enabled,LspAttached xnoremap <buffer> <leader>a :LspCodeAction<CR>
augroup END
