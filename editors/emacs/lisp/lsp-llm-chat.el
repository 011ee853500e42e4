;;; lsp-llm-chat.el --- Chats with a language model  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT

;;; Commentary:

;; A mode for the chats of lsp-llm: Markdown files whose names end with
;; ".chat.md".  The document is the conversation; the server reads and
;; writes it.  What is typed at its end while an answer comes is the next
;; turn.

;;; Code:

(require 'lsp-llm-edits)
(require 'lsp-llm-server)

(defun lsp-llm-chat--run (name &rest more)
  "Run the command NAME for this chat, with MORE."
  (lsp-llm-run-command name (apply #'lsp-llm-object :uri (lsp-llm-uri (lsp-llm-server)) more)))

(defun lsp-llm-chat--position ()
  "Where point is, in the words of the server."
  (lsp-llm-position (lsp-llm-server) (point)))

(defun lsp-llm-chat-send (at-point)
  "Have the last turn answered, or with a prefix argument the one AT-POINT.
A turn of yours that has an answer already becomes a branch."
  (interactive "P")
  (lsp-llm-chat--run "send" :position (and at-point (lsp-llm-chat--position))))

(defun lsp-llm-chat-retry ()
  "Ask once more for the last answer; the new one takes its place."
  (interactive)
  (let ((server (lsp-llm-server)))
    (save-excursion
      (goto-char (point-max))
      (unless (re-search-backward "^## Assistant" nil t)
        (user-error "LLM: there is no answer yet"))
      (lsp-llm-chat--run "send" :position (lsp-llm-position server (point))))))

(defun lsp-llm-chat-continue ()
  "Have the last answer go on where it was cut off."
  (interactive)
  (lsp-llm-chat--run "continue"))

(defun lsp-llm-chat-stop ()
  "Stop the answer that is coming; what has come stays."
  (interactive)
  (lsp-llm-chat--run "stop"))

(defun lsp-llm-chat-branch ()
  "Make a new chat of all down to point."
  (interactive)
  (lsp-llm-chat--run "branch" :position (lsp-llm-chat--position)))

(defun lsp-llm-chat-apply ()
  "Offer the block of code at point to the file that it names."
  (interactive)
  (lsp-llm-chat--run "apply" :position (lsp-llm-chat--position)))

(defvar lsp-llm-chat-font-lock-keywords
  '(("^## .*" . 'outline-2)
    ("^<!-- lsp-llm.*-->" . 'font-lock-comment-face)
    ("^</?details.*" . 'font-lock-comment-face)
    ("^```.*" . 'font-lock-string-face)
    ("`[^`\n]+`" . 'font-lock-constant-face))
  "What is coloured in a chat.")

(defvar-keymap lsp-llm-chat-mode-map
  "C-c C-c" #'lsp-llm-chat-send
  "C-c C-k" #'lsp-llm-chat-stop
  "C-c C-r" #'lsp-llm-chat-retry
  "C-c C-e" #'lsp-llm-chat-continue
  "C-c C-b" #'lsp-llm-chat-branch
  "C-c C-a" #'lsp-llm-chat-apply)

;;;###autoload
(define-derived-mode lsp-llm-chat-mode text-mode "LLM chat"
  "A conversation with a language model, as Markdown.

\\{lsp-llm-chat-mode-map}"
  (setq-local font-lock-defaults '(lsp-llm-chat-font-lock-keywords t)
              outline-regexp "## "
              lsp-llm-edits-follow-end t)
  (visual-line-mode 1)
  (outline-minor-mode 1))

;; What Eglot tells the server of the language.
(put 'lsp-llm-chat-mode 'eglot-language-id "markdown")

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.chat\\.md\\'" . lsp-llm-chat-mode))

;; It puts a pattern for all Markdown files before this one.
(with-eval-after-load 'markdown-mode
  (let ((ours (rassq 'lsp-llm-chat-mode auto-mode-alist)))
    (setq auto-mode-alist (cons ours (delq ours auto-mode-alist)))))

(provide 'lsp-llm-chat)

;;; lsp-llm-chat.el ends here
