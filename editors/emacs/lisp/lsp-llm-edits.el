;;; lsp-llm-edits.el --- Write what lsp-llm streams  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT

;;; Commentary:

;; The request `lsp-llm/edit': edits of the server, carried out without
;; moving point, as one step of undo.
;;
;; A change group cannot stay open while the user works, so the step is
;; made edit by edit: the boundaries between two edits go, unless
;; something else was changed in between.  Emacs has one line of changes
;; for a buffer; what the user changes meanwhile cuts the step in two.

;;; Code:

(require 'lsp-llm-server)

(defvar-local lsp-llm-edits-follow-end nil
  "Whether a point behind all text of the buffer stays at its end.")

(defvar-local lsp-llm-edits--jobs nil
  "Pairs (ID . SERVER) of the jobs that write into this buffer.")

(defvar-local lsp-llm-edits--newest nil
  "What `buffer-undo-list' was after the last edit.")

(defun lsp-llm-edits--join ()
  "Let the next change belong to the step of the last edit.
Where something else was changed since, it begins a step of its own."
  (when (consp buffer-undo-list)
    (let ((changes buffer-undo-list))
      (while (and changes (null (car changes)))
        (setq changes (cdr changes)))
      (if (and lsp-llm-edits--newest (eq changes lsp-llm-edits--newest))
          (setq buffer-undo-list changes)
        (undo-boundary)))))

(defun lsp-llm-edits--points ()
  "Windows whose point is at the end of the buffer and shall stay there.
An element t is the point of the buffer itself.  Line ends behind a point
are no text."
  (when lsp-llm-edits-follow-end
    (let ((end (save-excursion
                 (goto-char (point-max))
                 (skip-chars-backward "\n")
                 (point))))
      (append (and (>= (point) end) '(t))
              (seq-filter (lambda (window) (>= (window-point window) end))
                          (get-buffer-window-list nil nil t))))))

(defun lsp-llm-edits--common-end (old new)
  "How many letters the texts OLD and NEW have in common at their ends."
  (let ((count 0)
        (most (min (length old) (length new))))
    (while (and (< count most)
                (eq (aref old (- (length old) count 1)) (aref new (- (length new) count 1))))
      (setq count (1+ count)))
    count))

(defun lsp-llm-edits--write (server edits)
  "Carry out EDITS of SERVER, each in the text that those before it have left."
  (let ((following (lsp-llm-edits--points)))
    (save-excursion
      (seq-doseq (edit edits)
        (let* ((range (plist-get edit :range))
               (text (plist-get edit :text))
               (begin (lsp-llm-point server (plist-get range :start)))
               (end (lsp-llm-point server (plist-get range :end)))
               ;; Most edits only insert then: lsp-mode tells of one change, and of one when it is undone.
               (kept (lsp-llm-edits--common-end (buffer-substring-no-properties begin end) text)))
          (goto-char begin)
          ;; The new text first: a point behind the old one stays behind.
          (insert (substring text 0 (- (length text) kept)))
          (delete-region (point) (+ (point) (- end begin kept))))))
    (dolist (window following)
      (if (windowp window)
          (set-window-point window (point-max))
        (goto-char (point-max))))))

(defun lsp-llm-edits--report (server buffer)
  "Have SERVER know of what was written into BUFFER.
This is for after the answer: what is reported before it, the server
takes for a change that the edit was not made for."
  (when (buffer-live-p buffer)
    (with-current-buffer buffer
      (when (lsp-llm-running-p server)
        (lsp-llm-version server)))))

(defun lsp-llm-edits--insert (server version edits)
  "Carry out EDITS of SERVER if the buffer is at VERSION; nil is any.
Return why not, or nil."
  (let ((here (lsp-llm-version server)))
    (if (and version (/= version here))
        (format "the buffer has changed: version %d was meant, %d is here" version here)
      (save-restriction
        (widen)
        (lsp-llm-edits--join)
        ;; A buffer may be read-only, or a hook may fail: that is for the server to hear.
        (condition-case problem
            (atomic-change-group
              (lsp-llm-edits--write server edits)
              nil)
          (error (error-message-string problem))
          (:success
           (setq lsp-llm-edits--newest (and lsp-llm-edits--jobs buffer-undo-list))
           (run-at-time 0 nil #'lsp-llm-edits--report server (current-buffer))
           nil))))))

(defun lsp-llm-edits--begin (server job)
  "Open the undo step of JOB of SERVER, or let it share the one that is open."
  ;; A server that has died ends no job.
  (setq lsp-llm-edits--jobs
        (seq-filter (lambda (row) (lsp-llm-running-p (cdr row))) lsp-llm-edits--jobs))
  (unless lsp-llm-edits--jobs
    (setq lsp-llm-edits--newest nil))
  (push (cons job server) lsp-llm-edits--jobs))

(defun lsp-llm-edits--end (server job)
  "Close the undo step of JOB of SERVER, unless others share it."
  (setq lsp-llm-edits--jobs
        (seq-remove (lambda (row) (and (equal (car row) job) (eq (cdr row) server))) lsp-llm-edits--jobs))
  (unless lsp-llm-edits--jobs
    (setq lsp-llm-edits--newest nil)
    (undo-boundary)))

(defun lsp-llm-edits-handle (server params)
  "Carry out the request `lsp-llm/edit' of SERVER with PARAMS; return the answer."
  (let* ((buffer (lsp-llm-buffer server (plist-get params :uri)))
         (job (plist-get params :jobId))
         (reason
          (if (not buffer)
              "no buffer visits this file"
            (with-current-buffer buffer
              (pcase (plist-get params :kind)
                ("insert" (lsp-llm-edits--insert server (plist-get params :version) (plist-get params :edits)))
                ("begin" (lsp-llm-edits--begin server job) nil)
                (_ (lsp-llm-edits--end server job) nil))))))
    (if reason
        (list :applied :json-false :failureReason reason)
      (list :applied t))))

(provide 'lsp-llm-edits)

;;; lsp-llm-edits.el ends here
