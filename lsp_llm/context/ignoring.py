"""Says what of a workspace may leave the machine: no secrets, nothing that git or the user ignores; it reads no text.

Four things keep a file back, and any one suffices: the names of secrets below, the setting `context.ignore`,
.gitignore and .aiignore. The two kinds of ignore files hold at every level up to the top of the git work tree, and
`!` takes back only what a file of the same kind has said. A folder that is kept back keeps back all below it.

What the user opened on purpose is not kept back by a pattern that names it: the workspace, and the context folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lsp_llm.context.gitignore import Pattern, parsed, verdict
from lsp_llm.context.ignore_files import AI, GIT, IgnoreFile, read_ignore_file

# Compared without regard to case: on many systems .ENV is the same file as .env.
SECRETS: tuple[str, ...] = (
    ".git",
    ".env",
    ".env.*",
    "*.env",
    ".envrc",
    "*.pem",
    "*.key",
    "*.p8",
    "*.p12",
    "*.pfx",
    "*.crt",
    "*.cer",
    "*.der",
    "*.jks",
    "*.keystore",
    "*.kdbx",
    "*.ppk",
    "*.gpg",
    "*.pgp",
    "*.asc",
    "*.age",
    "*.ovpn",
    "*.tfstate",
    "*.tfstate.backup",
    "id_rsa*",
    "id_dsa*",
    "id_ecdsa*",
    "id_ed25519*",
    ".ssh",
    ".gnupg",
    ".aws",
    ".kube",
    ".netrc",
    "_netrc",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".my.cnf",
    ".htpasswd",
    ".git-credentials",
    ".vault-token",
)


@dataclass(slots=True)
class _Folder:
    """What holds in one folder; made anew when an ignore file of it or above it changes."""

    path: str
    parent: _Folder | None
    files: Mapping[str, tuple[IgnoreFile, ...]]
    refusal: str | None = None
    refusals: dict[str, str | None] = field(default_factory=dict)

    def is_current(self) -> bool:
        return all(file.is_current() for files in self.files.values() for file in files)


class Ignoring:
    """The rules of one workspace, or of its context folder; `begin` has to be called when files may have changed."""

    def __init__(self, root: Path, patterns: Sequence[str], context_folder: Path | None = None) -> None:
        # Without the last `/`, which only the root of a file system has.
        self.root = root.as_posix().rstrip("/")
        self.named = (context_folder or root).as_posix().rstrip("/")
        self._top = _top(root).as_posix().rstrip("/")
        self._secrets = parsed(SECRETS)
        # A project's file may add to the setting. With `!` it could take back what the user wants to keep.
        self._settings = tuple(pattern for pattern in parsed(patterns) if not pattern.takes_back)
        self._folders: dict[str, _Folder] = {}
        self._seen: dict[str, _Folder] = {}

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """All patterns that do not stand in ignore files."""
        return (*self._secrets, *self._settings)

    @property
    def below_top(self) -> str:
        """The workspace as ignore files at the top see it: empty, or a path that ends in `/`."""
        return f"{self.root[len(self._top) + 1 :]}/" if self.root != self._top else ""

    def begin(self) -> None:
        """From here on ignore files are looked at again, each once."""
        # A new one: another command may be under way in a thread of its own.
        self._seen = {}

    def refusal(self, path: str) -> str | None:
        """Why a file stays behind, to be read on from its path; None when it may go. `path`: absolute, in the root."""
        return self._refusal(path, "")

    def folder_refusal(self, path: str) -> str | None:
        """Why a folder stays behind with all that is in it."""
        return self._refusal(path, "/")

    def secret(self, path: str) -> str | None:
        """Why a file outside the workspace stays behind: only the names of secrets are known there."""
        parts = path.strip("/").split("/")
        return next((said for part in parts if (said := self._secret_name(part))), None)

    def ignore_files(self, folder: str) -> tuple[IgnoreFile, ...]:
        """The .aiignore files that hold in a folder, the nearest first."""
        return self._chain(self._folder(folder), AI)

    def _refusal(self, path: str, suffix: str) -> str | None:
        if path == self.root:
            return None
        folder = self._folder(path.rpartition("/")[0])
        if folder.refusal:
            return folder.refusal
        name = path + suffix
        if name not in folder.refusals:
            folder.refusals[name] = self._judge(folder, name)
        return folder.refusals[name]

    def _judge(self, folder: _Folder, name: str) -> str | None:
        """`name` is a path, ending in `/` for a folder."""
        relative = name.removeprefix(f"{self.root}/")
        if secret := self._secret_name(name.rstrip("/").rpartition("/")[2]):
            return secret
        if verdict(self._settings, relative):
            return "is ignored by the setting context.ignore"
        for kind in (GIT, AI):
            for file in self._chain(folder, kind):
                said = file.says(name)
                if said:
                    return f"is ignored by {file.path.removeprefix(f'{self.root}/')}"
                if said is not None:
                    break
        return None

    def _secret_name(self, name: str) -> str | None:
        found = next((pattern.text for pattern in self._secrets if pattern.matches(name.casefold())), None)
        return f"never leaves this machine: it is named like a secret ({found})" if found else None

    def _chain(self, folder: _Folder, kind: str) -> tuple[IgnoreFile, ...]:
        files: list[IgnoreFile] = []
        at: _Folder | None = folder
        while at is not None:
            files += at.files[kind]
            at = at.parent
        return tuple(files)

    def _folder(self, path: str) -> _Folder:
        if (seen := self._seen.get(path)) is not None:
            return seen
        parent = self._folder(path.rpartition("/")[0]) if path.startswith(f"{self._top}/") else None
        known = self._folders.get(path)
        if known is None or known.parent is not parent or not known.is_current():
            known = self._read(path, parent)
        self._folders[path] = self._seen[path] = known
        return known

    def _read(self, path: str, parent: _Folder | None) -> _Folder:
        git = [f"{path}/{GIT}", *([f"{path}/.git/info/exclude"] if parent is None else [])]
        files = {
            GIT: tuple(read_ignore_file(file, path, self.named) for file in git),
            AI: (read_ignore_file(f"{path}/{AI}", path, self.named),),
        }
        folder = _Folder(path, parent, files)
        # The workspace was opened on purpose, whatever it and the folders around it are called.
        if path.startswith(f"{self.root}/"):
            folder.refusal = self._refusal(path, "/")
        return folder


def _top(root: Path) -> Path:
    """The top of the git work tree around the workspace; the workspace itself where there is none."""
    return next((folder for folder in (root, *root.parents) if os.path.lexists(folder / ".git")), root)
