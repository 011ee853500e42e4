;;; lsp-llm-server.el --- Ask the server lsp-llm  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT

;;; Commentary:

;; What the parts of lsp-llm need of an LSP client: the server of a
;; buffer, positions, requests.  `lsp-llm-eglot' and `lsp-llm-lsp-mode'
;; say how; this file knows neither client, and no key.
;;
;; JSON objects are plists with keywords, in both directions.

;;; Code:

(require 'cl-lib)
(require 'seq)
(require 'subr-x)

(defgroup lsp-llm nil
  "Answers of a language model, streamed into buffers."
  :group 'tools
  :prefix "lsp-llm-")

(defcustom lsp-llm-command '("lsp-llm" "--stdio")
  "The program that is started, and its arguments."
  :type '(repeat string))

(defvar lsp-llm-server-functions nil
  "Functions that give the server of the current buffer, or nil.")

(defvar lsp-llm-reason-functions nil
  "Functions that say why no server serves the current buffer, or nil.")

(cl-defgeneric lsp-llm-running-p (server)
  "Whether SERVER has not ended.")

(cl-defgeneric lsp-llm-commands (server)
  "Names of the commands of SERVER, in a sequence.")

(cl-defgeneric lsp-llm-request (server method params answered)
  "Ask SERVER for METHOD with PARAMS, and return at once.
ANSWERED is called with the answer; a refusal is shown.")

(cl-defgeneric lsp-llm-uri (server)
  "The URI by which SERVER knows the current buffer.")

(cl-defgeneric lsp-llm-buffer (server uri)
  "The buffer that SERVER knows as URI, or nil.")

(cl-defgeneric lsp-llm-version (server)
  "The version of the current buffer that SERVER knows.
What was not reported yet is reported first.")

(cl-defgeneric lsp-llm-position (server point)
  "The position in the words of SERVER of POINT in the current buffer.")

(cl-defgeneric lsp-llm-point (server position)
  "Where POSITION of SERVER is in the current buffer.")

(cl-defgeneric lsp-llm-adopt (server)
  "Have SERVER serve the current buffer, unless a server does already.")

(defun lsp-llm-say (text &rest arguments)
  "Show TEXT, a format for ARGUMENTS."
  (message "LLM: %s" (apply #'format text arguments)))

(defun lsp-llm-missing-program ()
  "Why the server cannot be started, or nil."
  (unless (executable-find (car lsp-llm-command))
    (format "\"%s\" is not on the PATH of Emacs: install lsp-llm (pipx install lsp-llm), or set lsp-llm-command"
            (car lsp-llm-command))))

(defun lsp-llm-server--reason ()
  "Why no server serves the current buffer."
  (or (lsp-llm-missing-program)
      (and (not buffer-file-name) "this buffer visits no file: save it first")
      (run-hook-with-args-until-success 'lsp-llm-reason-functions)
      (format "no server serves this buffer: name %s in lsp-llm-eglot-setup, or use M-x lsp" major-mode)))

(defun lsp-llm-server ()
  "The server of the current buffer; without one the user is told why."
  (or (run-hook-with-args-until-success 'lsp-llm-server-functions)
      (user-error "LLM: %s" (lsp-llm-server--reason))))

(defun lsp-llm-object (&rest pairs)
  "PAIRS of keywords and values as a JSON object, without those that are nil."
  (or (cl-loop for (key value) on pairs by #'cddr
               when value nconc (list key value))
      (make-hash-table :test #'equal)))

(defun lsp-llm-run-command (name argument &optional answered)
  "Have the server run the command NAME with ARGUMENT for this buffer.
NAME is what stands behind \"lsp-llm.\"; ANSWERED gets the answer."
  (let ((server (lsp-llm-server))
        (command (concat "lsp-llm." name)))
    (unless (seq-contains-p (lsp-llm-commands server) command)
      (user-error "LLM: this server does not know \"%s\": install a newer lsp-llm" command))
    ;; It is to read what is in the buffer now.
    (lsp-llm-version server)
    (lsp-llm-request server "workspace/executeCommand"
                     (list :command command :arguments (vector argument))
                     (or answered #'ignore))))

(defun lsp-llm-range (server begin end)
  "What lies between BEGIN and END, as a range of SERVER."
  (list :start (lsp-llm-position server begin)
        :end (lsp-llm-position server end)))

(defun lsp-llm-server--show (server path focus position)
  "Show the file PATH for SERVER, at POSITION where that is given.
FOCUS selects its window."
  (let ((buffer (find-file-noselect path)))
    (with-current-buffer buffer
      ;; A chat lies where no client looks for a server.
      (when (string-suffix-p ".chat.md" path)
        (lsp-llm-adopt server)))
    (let ((window (display-buffer buffer)))
      (when position
        (set-window-point window (with-current-buffer buffer (lsp-llm-point server position))))
      (when focus
        (select-window window)))))

(defun lsp-llm-show (server path params)
  "Carry out `window/showDocument' of SERVER with PARAMS for the file PATH.
Return the answer."
  (if (not (file-readable-p path))
      (list :success :json-false)
    ;; Opening a file runs hooks, which may ask a server: not while one waits.
    (run-at-time 0 nil #'lsp-llm-server--show server path
                 (eq (plist-get params :takeFocus) t)
                 (plist-get (plist-get params :selection) :start))
    (list :success t)))

(provide 'lsp-llm-server)

;;; lsp-llm-server.el ends here
