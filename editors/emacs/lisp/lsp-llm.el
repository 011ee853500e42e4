;;; lsp-llm.el --- Answers of a language model, streamed into buffers  -*- lexical-binding: t; -*-

;; Author: The developers of lsp-llm
;; Version: 0.1.0
;; Package-Requires: ((emacs "29.1"))
;; Keywords: convenience, tools, languages
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; The commands of the language server lsp-llm, for Eglot and lsp-mode:
;; replace the region as you say, insert an answer, stop it, take it or
;; put the original back, choose a preset, hold a chat.  What is written
;; into a buffer is one step of undo.  No command waits for the server.
;;
;;   (require 'lsp-llm)
;;   (lsp-llm-eglot-setup 'python-mode 'python-ts-mode)
;;   (keymap-global-set "C-c a" 'lsp-llm-map)
;;
;; With lsp-mode the second line is (lsp-llm-lsp-mode-setup).

;;; Code:

;; Before anything is loaded that older ones do not have.
(when (< emacs-major-version 29)
  (error "Package lsp-llm needs Emacs 29.1 or later: this is %s" emacs-version))

(require 'lsp-llm-server)
(require 'lsp-llm-status)
(require 'lsp-llm-chat)

(declare-function lsp-llm-eglot-register "lsp-llm-eglot")
(declare-function lsp "lsp-mode")
(declare-function lsp-llm-lsp-mode-register "lsp-llm-lsp-mode")

(defvar lsp-llm-instructions nil
  "What was asked for, the latest first.")

;;; Setting up

;;;###autoload
(defun lsp-llm-eglot-setup (&rest modes)
  "Have Eglot run lsp-llm in buffers of MODES, and in chats.
Eglot runs one server for a buffer: in these modes it is lsp-llm."
  (lsp-llm-status-show)
  (let ((modes (append modes '(lsp-llm-chat-mode))))
    (with-eval-after-load 'eglot
      (require 'lsp-llm-eglot)
      (lsp-llm-eglot-register modes))
    (dolist (mode modes)
      (add-hook (intern (format "%s-hook" mode)) #'eglot-ensure))))

;;;###autoload
(defun lsp-llm-lsp-mode-setup ()
  "Have lsp-mode run lsp-llm in every buffer that it serves, and in chats."
  (lsp-llm-status-show)
  (with-eval-after-load 'lsp-mode
    (require 'lsp-llm-lsp-mode)
    (lsp-llm-lsp-mode-register))
  (add-hook 'lsp-llm-chat-mode-hook #'lsp-llm--start-lsp))

(defun lsp-llm--start-lsp ()
  "Have lsp-mode serve this buffer, unless a server does by then.
With `lsp-deferred' it would be another server of its own."
  (let ((buffer (current-buffer)))
    (run-at-time 0 nil (lambda ()
                         (when (buffer-live-p buffer)
                           (with-current-buffer buffer
                             (unless (bound-and-true-p lsp-mode)
                               (lsp))))))))

;;; Places and words

(defun lsp-llm--place (server)
  "The range for SERVER that is meant: the region, else the end of the line."
  (if (use-region-p)
      (lsp-llm-range server (region-beginning) (region-end))
    (lsp-llm-range server (pos-eol) (pos-eol))))

(defun lsp-llm--run-here (name &rest more)
  "Run the command NAME for the region or the end of the line, with MORE."
  (let ((server (lsp-llm-server)))
    (lsp-llm-run-command
     name (apply #'lsp-llm-object :uri (lsp-llm-uri server) :range (lsp-llm--place server) more))
    (deactivate-mark)))

(defun lsp-llm--read-words (prompt)
  "Read an instruction with PROMPT, nil for an empty one.
Without a server nothing is read, and the user is told why."
  (lsp-llm-server)
  (let ((words (read-string prompt nil 'lsp-llm-instructions)))
    (unless (string-blank-p words) words)))

(defun lsp-llm--read-more (prompt)
  "Read an instruction with PROMPT if there is a prefix argument."
  (when current-prefix-arg (lsp-llm--read-words prompt)))

(defun lsp-llm--run-for-job (name &rest more)
  "Run the command NAME for a job of this buffer, with MORE."
  (lsp-llm-run-command name (apply #'lsp-llm-object :uri (lsp-llm-uri (lsp-llm-server)) more)))

(defun lsp-llm--choose (prompt titles chosen)
  "Have the user choose one of TITLES with PROMPT, and call CHOSEN with it.
This is called when the server answers, which may be at any time."
  (cond
   ((null titles) (lsp-llm-say "there is nothing to choose from here"))
   ((active-minibuffer-window) (lsp-llm-say "the minibuffer is in use: try again"))
   (t (funcall chosen (completing-read prompt titles nil t)))))

;;; Commands

;;;###autoload
(defun lsp-llm-replace (&optional words)
  "Replace the region, else the line, by an answer.
With a prefix argument read WORDS to go by, else comments that begin
with \"ai:\" count."
  (interactive (list (lsp-llm--read-more "Replace, in words: ")))
  (unless (use-region-p)
    (set-mark (pos-bol))
    (goto-char (pos-eol))
    (activate-mark))
  (lsp-llm--run-here "replace" :query words))

;;;###autoload
(defun lsp-llm-yap (&optional words)
  "Insert an answer behind the region, else at the end of the line.
With a prefix argument read WORDS to go by."
  (interactive (list (lsp-llm--read-more "Insert, in words: ")))
  (lsp-llm--run-here "yap" :query words))

;;;###autoload
(defun lsp-llm-ask (words)
  "Replace the region as WORDS say; without a region, insert an answer."
  (interactive (list (lsp-llm--read-words "LLM: ")))
  (if words
      (lsp-llm--run-here "ask" :query words)
    (user-error "LLM: nothing was asked")))

;;;###autoload
(defun lsp-llm-repeat ()
  "Do here what was asked for last."
  (interactive)
  (lsp-llm--run-here "repeat"))

;;;###autoload
(defun lsp-llm-cancel ()
  "Stop all jobs in this buffer; what has come stays."
  (interactive)
  (lsp-llm--run-for-job "cancel"))

;;;###autoload
(defun lsp-llm-restore ()
  "Put back what the latest job in this buffer replaced."
  (interactive)
  (lsp-llm--run-for-job "restore"))

;;;###autoload
(defun lsp-llm-accept ()
  "Keep what the latest job in this buffer wrote; take its preview."
  (interactive)
  (lsp-llm--run-for-job "accept"))

;;;###autoload
(defun lsp-llm-retry (&optional words)
  "Ask again for the latest job in this buffer.
With a prefix argument read other WORDS."
  (interactive (list (lsp-llm--read-more "Retry, in words: ")))
  (lsp-llm--run-for-job "retry" :query words))

;;;###autoload
(defun lsp-llm-next ()
  "Show the next of the answers that a job and its retries have had."
  (interactive)
  (lsp-llm--run-for-job "alternative" :step 1))

;;;###autoload
(defun lsp-llm-previous ()
  "Show the answer before."
  (interactive)
  (lsp-llm--run-for-job "alternative" :step -1))

;;;###autoload
(defun lsp-llm-preset ()
  "Choose the preset to use from now on."
  (interactive)
  (let ((server (lsp-llm-server))
        (buffer (current-buffer)))
    (lsp-llm-request
     server "lsp-llm/presets/list" (lsp-llm-object :uri (lsp-llm-uri server))
     (lambda (answer)
       (lsp-llm--choose
        (format "Preset (now %s): " (plist-get answer :chosen))
        (lsp-llm--preset-table (plist-get answer :presets))
        (lambda (name)
          (with-current-buffer buffer
            (lsp-llm-run-command
             "preset" (lsp-llm-object :id name)
             (lambda (result) (lsp-llm-say "%s" (plist-get result :reason)))))))))))

(defun lsp-llm--preset-table (presets)
  "PRESETS of the server as a table for completion, annotated with models."
  (let* ((names (mapcar (lambda (preset) (plist-get preset :name)) presets))
         (annotate (lambda (name)
                     (let ((preset (seq-find (lambda (row) (equal (plist-get row :name) name)) presets)))
                       (concat "  " (plist-get preset :model)
                               (let ((problem (plist-get preset :problem)))
                                 (if (string-empty-p problem) "" (concat "  " problem))))))))
    (lambda (string predicate action)
      (if (eq action 'metadata)
          `(metadata (annotation-function . ,annotate) (display-sort-function . identity))
        (complete-with-action action names string predicate)))))

;;;###autoload
(defun lsp-llm-run (&optional words)
  "Run a prompt of the library for the region or the end of the line.
With a prefix argument read WORDS to say besides."
  (interactive (list (lsp-llm--read-more "And in words: ")))
  (let* ((server (lsp-llm-server))
         (buffer (current-buffer))
         (uri (lsp-llm-uri server)))
    (lsp-llm-version server)
    (lsp-llm-request
     server "textDocument/codeAction"
     (list :textDocument (list :uri uri)
           :range (lsp-llm--place server)
           :context (list :diagnostics [] :only ["refactor.rewrite"]))
     (lambda (actions)
       (let ((prompts (lsp-llm--prompts actions)))
         (lsp-llm--choose
          "Prompt: " (mapcar #'car prompts)
          (lambda (title)
            (with-current-buffer buffer
              (let ((argument (copy-sequence (cdr (assoc title prompts)))))
                (lsp-llm-run-command
                 "run" (if words (plist-put argument :query words) argument))
                (deactivate-mark))))))))))

(defun lsp-llm--prompts (actions)
  "Of ACTIONS those of the library: pairs of a title and an argument."
  (seq-keep (lambda (action)
              (let ((command (plist-get action :command)))
                (when (equal (plist-get command :command) "lsp-llm.run")
                  (cons (string-remove-prefix "LLM: " (plist-get action :title))
                        (seq-first (plist-get command :arguments))))))
            actions))

;;;###autoload
(defun lsp-llm-show-prompt (&optional words)
  "Show what would be sent for the region or the end of the line.
With a prefix argument read WORDS to go by.  Nothing is sent."
  (interactive (list (lsp-llm--read-more "Prompt, in words: ")))
  (lsp-llm--run-here "showPrompt" :query words))

;;;###autoload
(defun lsp-llm-history (&optional words)
  "Show what was asked and answered.
With a prefix argument read WORDS that it has."
  (interactive (list (lsp-llm--read-more "With the words: ")))
  (lsp-llm-run-command "history" (lsp-llm-object :query words)))

;;;###autoload
(defun lsp-llm-chat ()
  "Open a chat, about the region where there is one."
  (interactive)
  (if (use-region-p)
      (lsp-llm--run-here "chat")
    (lsp-llm-run-command "chat" (lsp-llm-object))))

;;;###autoload (autoload 'lsp-llm-map "lsp-llm" nil nil 'keymap)
(defvar-keymap lsp-llm-map
  :doc "The commands of lsp-llm, behind a prefix of your own."
  :prefix 'lsp-llm-map
  "r" #'lsp-llm-replace
  "y" #'lsp-llm-yap
  "a" #'lsp-llm-ask
  "." #'lsp-llm-repeat
  "s" #'lsp-llm-cancel
  "u" #'lsp-llm-restore
  "k" #'lsp-llm-accept
  "t" #'lsp-llm-retry
  "n" #'lsp-llm-next
  "N" #'lsp-llm-previous
  "p" #'lsp-llm-preset
  "l" #'lsp-llm-run
  "w" #'lsp-llm-show-prompt
  "c" #'lsp-llm-chat
  "h" #'lsp-llm-history)

(provide 'lsp-llm)

;;; lsp-llm.el ends here
