;;; lsp-llm-status.el --- How jobs of lsp-llm go  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT

;;; Commentary:

;; The notification `lsp-llm/status': which jobs run, and in the mode
;; line how the newest one goes.  What went wrong is a message of the
;; server's own; nothing is said twice.

;;; Code:

(require 'lsp-llm-server)

(defvar lsp-llm-status-functions nil
  "Functions that are called with each status: the server and the params.")

(defvar lsp-llm-status--jobs nil
  "Rows (ID SERVER WORDS MODEL) of the jobs that run, the newest first.")

(defface lsp-llm-status '((t :inherit mode-line-emphasis))
  "Face of the job in the mode line."
  :group 'lsp-llm)

(defun lsp-llm-status--words (params)
  "What PARAMS say of a job, in a few words, or nil for nothing new."
  (pcase (plist-get params :kind)
    ("queued" "waits")
    ("requestSent" "asks")
    ("rateLimitWait" (format "waits %.0f s" (plist-get params :remainingSeconds)))
    ("connectionIssue" (format "asks again, %s of %s" (plist-get params :retryAttempt) (plist-get params :maxAttempts)))
    ("thinking" "thinks")
    ("streaming" (format "writes, %s characters" (plist-get params :characters)))
    ("applying" "writes")))

(defun lsp-llm-status-handle (server params)
  "Take the status PARAMS of SERVER."
  (let* ((id (plist-get params :jobId))
         (row (seq-find (lambda (row) (and (equal (car row) id) (eq (cadr row) server))) lsp-llm-status--jobs))
         (words (lsp-llm-status--words params)))
    (cond
     ((member (plist-get params :kind) '("finished" "cancelled" "failed"))
      (setq lsp-llm-status--jobs (delq row lsp-llm-status--jobs)))
     ((and words row)
      (setf (nth 2 row) words
            (nth 3 row) (or (plist-get params :model) (nth 3 row))))
     (words
      (push (list id server words (plist-get params :model)) lsp-llm-status--jobs))))
  (force-mode-line-update t)
  (run-hook-with-args 'lsp-llm-status-functions server params))

(defun lsp-llm-status-line ()
  "State of the newest job in a few words; empty without one."
  ;; A server that has died says no last word.
  (setq lsp-llm-status--jobs
        (seq-filter (lambda (row) (lsp-llm-running-p (cadr row))) lsp-llm-status--jobs))
  (pcase lsp-llm-status--jobs
    ('nil "")
    (`((,_ ,_ ,words ,model) . ,others)
     (propertize (format " LLM %s%s " words (if others (format " (and %d more)" (length others)) ""))
                 'face 'lsp-llm-status
                 'help-echo model))))

(defvar lsp-llm-status-construct '(:eval (lsp-llm-status-line))
  "What stands in the mode line.")
(put 'lsp-llm-status-construct 'risky-local-variable t)

(defun lsp-llm-status-show ()
  "Show in the mode line how jobs go."
  (add-to-list 'mode-line-misc-info '("" lsp-llm-status-construct)))

(provide 'lsp-llm-status)

;;; lsp-llm-status.el ends here
