(add-to-list 'load-path (locate-user-emacs-file "lsp-llm/lisp"))
(require 'lsp-llm)
(lsp-llm-eglot-setup 'python-mode 'python-ts-mode) ; the modes where lsp-llm is the server that you want
(keymap-global-set "C-c a" 'lsp-llm-map)
