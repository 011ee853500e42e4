(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '((python-mode python-ts-mode) . ("lsp-llm" "--stdio"))))
(setq eglot-send-changes-idle-time 0.1) ; what you type reaches the server soon
(add-hook 'python-mode-hook #'eglot-ensure)
