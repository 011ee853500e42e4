;;; lsp-llm-lsp-mode.el --- lsp-llm by way of lsp-mode  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT

;;; Commentary:

;; A client of lsp-mode's for lsp-llm, which serves every file beside the
;; other servers of its buffer.  It is loaded when lsp-mode is, and
;; compiles without it.
;;
;; lsp-mode reads JSON as hash tables or, where it was compiled so, as
;; plists; for the rest of this package they are plists.

;;; Code:

(require 'lsp-llm-edits)
(require 'lsp-llm-server)
(require 'lsp-llm-status)

(defvar lsp--buffer-workspaces)
(defvar lsp--cur-version)
(defvar lsp--cur-workspace)
(defvar lsp-language-id-configuration)
(declare-function lsp-mode "lsp-mode")
(declare-function lsp-register-client "lsp-mode")
(declare-function lsp-request-async "lsp-mode")
(declare-function lsp-stdio-connection "lsp-mode")
(declare-function lsp-workspaces "lsp-mode")
(declare-function lsp--buffer-uri "lsp-mode")
(declare-function lsp--client-server-id "lsp-mode")
(declare-function lsp--line-character-to-point "lsp-mode")
(declare-function lsp--open-in-workspace "lsp-mode")
(declare-function lsp--point-to-position "lsp-mode")
(declare-function lsp--uri-to-path "lsp-mode")
(declare-function lsp--workspace-buffers "lsp-mode")
(declare-function lsp--workspace-client "lsp-mode")
(declare-function lsp--workspace-proc "lsp-mode")
(declare-function lsp--workspace-server-capabilities "lsp-mode")
(declare-function lsp--workspace-status "lsp-mode")
(declare-function make-lsp-client "lsp-mode")

(defun lsp-llm-lsp-mode--plist (value)
  "VALUE, read by lsp-mode, with plists for hash tables."
  (cond
   ((hash-table-p value)
    (let (pairs)
      (maphash (lambda (key inner)
                 (setq pairs (nconc (list (intern (concat ":" key)) (lsp-llm-lsp-mode--plist inner)) pairs)))
               value)
      pairs))
   ((vectorp value) (vconcat (mapcar #'lsp-llm-lsp-mode--plist value)))
   ;; Results of several servers are joined to a list.
   ((consp value) (mapcar #'lsp-llm-lsp-mode--plist value))
   (t value)))

(cl-defmethod lsp-llm-running-p ((server lsp--workspace))
  "Whether SERVER has not ended."
  (process-live-p (lsp--workspace-proc server)))

(cl-defmethod lsp-llm-commands ((server lsp--workspace))
  "Names of the commands of SERVER."
  (let ((capabilities (lsp-llm-lsp-mode--plist (lsp--workspace-server-capabilities server))))
    (plist-get (plist-get capabilities :executeCommandProvider) :commands)))

(cl-defmethod lsp-llm-request ((server lsp--workspace) method params answered)
  "Ask SERVER for METHOD with PARAMS; ANSWERED gets the answer."
  (let ((lsp--cur-workspace server))
    (lsp-request-async
     method params
     (lambda (result) (funcall answered (lsp-llm-lsp-mode--plist result)))
     :mode 'detached
     :error-handler (lambda (problem)
                      (lsp-llm-say "%s" (plist-get (lsp-llm-lsp-mode--plist problem) :message))))))

(cl-defmethod lsp-llm-uri ((_server lsp--workspace))
  "The URI of the current buffer."
  (lsp--buffer-uri))

(cl-defmethod lsp-llm-buffer ((server lsp--workspace) uri)
  "The buffer that SERVER knows as URI."
  (seq-find (lambda (buffer)
              (and (buffer-live-p buffer)
                   (with-current-buffer buffer (equal (lsp--buffer-uri) uri))))
            (lsp--workspace-buffers server)))

(cl-defmethod lsp-llm-version ((_server lsp--workspace))
  "The version of the current buffer; lsp-mode reports every change at once."
  lsp--cur-version)

(cl-defmethod lsp-llm-position ((_server lsp--workspace) point)
  "The position of POINT."
  (lsp--point-to-position point))

(cl-defmethod lsp-llm-point ((_server lsp--workspace) position)
  "Where POSITION is."
  (lsp--line-character-to-point (plist-get position :line) (plist-get position :character)))

(cl-defmethod lsp-llm-adopt ((server lsp--workspace))
  "Have SERVER serve the current buffer."
  (unless (bound-and-true-p lsp-mode)
    (setq-local lsp--buffer-workspaces (list server))
    (lsp-mode 1)
    (lsp--open-in-workspace server)))

(defun lsp-llm-lsp-mode--server ()
  "The server of this buffer that is lsp-llm."
  (and (bound-and-true-p lsp-mode)
       (seq-find (lambda (workspace)
                   (and (eq (lsp--client-server-id (lsp--workspace-client workspace)) 'lsp-llm)
                        (eq (lsp--workspace-status workspace) 'initialized)))
                 (lsp-workspaces))))

(defun lsp-llm-lsp-mode--show (server params)
  "Show the document that SERVER names in PARAMS."
  (lsp-llm-show server (lsp--uri-to-path (plist-get params :uri)) params))

(defun lsp-llm-lsp-mode--table (handlers)
  "HANDLERS, pairs of a method and a function, as a hash table.
A function is called with the server and the params, a plist."
  (let ((table (make-hash-table :test #'equal)))
    (pcase-dolist (`(,method . ,function) handlers)
      (puthash method
               (lambda (server params) (funcall function server (lsp-llm-lsp-mode--plist params)))
               table))
    table))

(defun lsp-llm-lsp-mode-register ()
  "Make lsp-llm known to lsp-mode, for every file."
  (lsp-register-client
   (make-lsp-client
    :server-id 'lsp-llm
    :new-connection (lsp-stdio-connection (lambda () lsp-llm-command))
    :activation-fn (lambda (&rest _) t)
    :add-on? t
    :priority -10
    :custom-capabilities '((experimental . ((lspLlm . ((status . t) (stream . t))))))
    :notification-handlers (lsp-llm-lsp-mode--table '(("lsp-llm/status" . lsp-llm-status-handle)))
    :request-handlers (lsp-llm-lsp-mode--table
                       '(("lsp-llm/edit" . lsp-llm-edits-handle)
                         ("window/showDocument" . lsp-llm-lsp-mode--show)))))
  (add-to-list 'lsp-language-id-configuration '(lsp-llm-chat-mode . "markdown"))
  (add-hook 'lsp-llm-server-functions #'lsp-llm-lsp-mode--server))

(provide 'lsp-llm-lsp-mode)

;;; lsp-llm-lsp-mode.el ends here
