;;; lsp-llm-eglot.el --- lsp-llm by way of Eglot  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT

;;; Commentary:

;; A class of Eglot's servers that can do what lsp-llm asks of an editor
;; part: edits with one undo step, status, chats outside of the project.
;; Its edits do not go by way of `eglot-confirm-server-edits': nobody is
;; asked while an answer comes, whatever is set for other servers.
;; Commands also work for a server that was started without this class.
;; It changes nothing for other servers.

;;; Code:

(require 'eglot)
;; Emacs 29 has an older one.
(unless (fboundp 'eglot-server-capable)
  (error "Package lsp-llm needs Eglot 1.16 or later: M-x eglot-upgrade-eglot"))
(require 'lsp-llm-edits)
(require 'lsp-llm-server)
(require 'lsp-llm-status)

(defclass lsp-llm-eglot-server (eglot-lsp-server) ()
  :documentation "A connection of Eglot's to lsp-llm.")

(cl-defmethod eglot-client-capabilities ((_server lsp-llm-eglot-server))
  "Those of Eglot, and those of this package."
  (plist-put (copy-sequence (cl-call-next-method))
             :experimental '(:lspLlm (:status t :stream t))))

(cl-defmethod eglot-handle-request ((server lsp-llm-eglot-server) (_method (eql lsp-llm/edit)) &rest params)
  "Carry out PARAMS, which SERVER wants."
  (lsp-llm-edits-handle server params))

(cl-defmethod eglot-handle-request
  ((server lsp-llm-eglot-server) (_method (eql window/showDocument)) &rest params)
  "Show the document that SERVER names in PARAMS."
  (lsp-llm-show server (eglot-uri-to-path (plist-get params :uri)) params))

(cl-defmethod eglot-handle-notification
  ((server lsp-llm-eglot-server) (_method (eql lsp-llm/status)) &rest params)
  "Take PARAMS, a status of a job of SERVER."
  (lsp-llm-status-handle server params))

(cl-defmethod lsp-llm-running-p ((server eglot-lsp-server))
  "Whether SERVER has not ended."
  (jsonrpc-running-p server))

(cl-defmethod lsp-llm-commands ((_server eglot-lsp-server))
  "Names of the commands of the server of this buffer."
  (eglot-server-capable :executeCommandProvider :commands))

(cl-defmethod lsp-llm-request ((server eglot-lsp-server) method params answered)
  "Ask SERVER for METHOD with PARAMS; ANSWERED gets the answer."
  (jsonrpc-async-request
   server method params
   :success-fn answered
   :error-fn (lambda (problem) (lsp-llm-say "%s" (plist-get problem :message)))
   ;; A chat or a list of models may take its time.
   :timeout 60
   :timeout-fn (lambda () (lsp-llm-say "the server has not answered %s" method))))

(cl-defmethod lsp-llm-uri ((_server eglot-lsp-server))
  "The URI of the current buffer."
  (plist-get (eglot--TextDocumentIdentifier) :uri))

(cl-defmethod lsp-llm-buffer ((server eglot-lsp-server) uri)
  "The buffer that SERVER knows as URI."
  (seq-find (lambda (buffer)
              (and (buffer-live-p buffer)
                   (with-current-buffer buffer (equal (lsp-llm-uri server) uri))))
            (eglot--managed-buffers server)))

(cl-defmethod lsp-llm-version ((_server eglot-lsp-server))
  "The version of the current buffer, once all that was typed is reported.
Eglot counts what it has reported, so any other version would be
that of an older text."
  (eglot--signal-textDocument/didChange)
  (plist-get (eglot--VersionedTextDocumentIdentifier) :version))

(cl-defmethod lsp-llm-position ((_server eglot-lsp-server) point)
  "The position of POINT."
  (save-excursion (eglot--pos-to-lsp-position point)))

(cl-defmethod lsp-llm-point ((_server eglot-lsp-server) position)
  "Where POSITION is."
  (eglot--lsp-position-to-point position))

(cl-defmethod lsp-llm-adopt ((server eglot-lsp-server))
  "Have SERVER serve the current buffer."
  (unless (eglot-managed-p)
    (setq eglot--cached-server server)
    (eglot--maybe-activate-editing-mode)))

(defun lsp-llm-eglot--server ()
  "The server of this buffer, if it is lsp-llm."
  (when (and (eglot-managed-p)
             (seq-contains-p (lsp-llm-commands (eglot-current-server)) "lsp-llm.ask"))
    (eglot-current-server)))

(defun lsp-llm-eglot--reason ()
  "Why the server of this buffer is not lsp-llm."
  (when (eglot-managed-p)
    (format "Eglot runs one server for a buffer, and here it is %s: use lsp-mode, which runs several"
            (or (plist-get (eglot--server-info (eglot-current-server)) :name) "another"))))

(defun lsp-llm-eglot--contact (&rest _)
  "Class and program for Eglot, or an error with the reason."
  (when-let* ((reason (lsp-llm-missing-program)))
    (error "%s" reason))
  (cons 'lsp-llm-eglot-server lsp-llm-command))

(defun lsp-llm-eglot-register (modes)
  "Have Eglot start lsp-llm for the major MODES."
  (add-to-list 'eglot-server-programs (cons modes #'lsp-llm-eglot--contact))
  (add-hook 'lsp-llm-server-functions #'lsp-llm-eglot--server)
  (add-hook 'lsp-llm-reason-functions #'lsp-llm-eglot--reason))

(provide 'lsp-llm-eglot)

;;; lsp-llm-eglot.el ends here
