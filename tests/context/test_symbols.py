import time

import pytest

from lsp_llm.context.symbols import MAX_SYMBOLS, symbols

SAMPLES = {
    "python": (
        "import os\nLIMIT = 3\n\n\nclass Basket:\n    x = 1\n\n    async def total(self):\n        return max(x)\n"
        "\n\ndef main(): ...\n",
        ["2: LIMIT", "5: Basket", "8:     total", "12: main"],
    ),
    "typescript": (
        "export default class Basket {\n  private async total(a: number): Promise<number> {\n    if (a) {\n"
        "    for (;;) {\n  call(a);\n}\nexport const add = async (a: number): number => a;\nconst x = 1;\n"
        "interface Thing {}\nexport type Id = string;\nfunction* walk() {}\nexport enum Kind { A }\n",
        ["1: Basket", "2:   total", "7: add", "9: Thing", "10: Id", "11: walk", "12: Kind"],
    ),
    "rust": (
        "pub(crate) struct Basket<T> {\nimpl<T> Display for Basket<T> {\n    pub async fn total(&self) -> u32 {\n"
        "        let x = 1;\nenum Kind {\nmacro_rules! vec {\npub const LIMIT: u32 = 1;\nmod inner;\n",
        ["1: Basket", "2: impl<T> Display for Basket<T>", "3:     total", "5: Kind", "6: vec", "7: LIMIT", "8: inner"],
    ),
    "go": (
        "package a\nfunc (b *Basket) Total(x int) int {\nfunc Map[T any](x T) {\ntype Basket struct {\nvar limit = 1\n"
        "\treturn x\n",
        ["2: Total", "3: Map", "4: Basket", "5: limit"],
    ),
    "java": (
        "package a;\npublic final class Basket {\n    @Override public int total(List<Item> items) {\n"
        "        return sum(items);\n        if (x) {\n        log.info(x);\n        Item item = next(x);\n    }\n"
        "    interface Thing {\n    record Pair(int a) {\n",
        ["2: Basket", "3:     total", "9:     Thing", "10:     Pair"],
    ),
    "c": (
        "#define LIMIT 3\nstruct basket {\nstatic int *total(const struct basket *b,\n    int x) {\n  return call(b);\n"
        "int total(struct basket *b);\n  struct basket b = make(x);\nvoid\n",
        ["1: LIMIT", "2: basket", "3: total"],
    ),
    "cpp": (
        "namespace shop {\ntemplate <typename T> class Basket : Base {\nstd::vector<int> Basket::total(int x) {\n"
        "  else if (x) {\n",
        ["1: shop", "2: Basket", "3: Basket::total"],
    ),
    "ruby": (
        "module Shop\n  class Basket < Base\n    def self.total?(x)\n",
        ["1: Shop", "2:   Basket", "3:     self.total?"],
    ),
    "lua": ("local function a.b:c(x)\nM.total = function(x)\nlocal x = 1\n", ["1: a.b:c", "2: M.total"]),
    "emacs-lisp": (
        "(defun basket-total (x)\n(defvar basket-limit 1)\n(cl-defmethod size ((b basket))\n(define-derived-mode m x)\n"
        "(setq x 1)\n",
        ["1: basket-total", "2: basket-limit", "3: size", "4: m"],
    ),
    "clojure": ("(defn- total [x])\n(def limit 1)\n(ns shop)\n", ["1: total", "2: limit"]),
    "markdown": ("# One #\ntext\n```sh\n# no heading\n```\n## Two\n#hash\n", ["1: One", "6: Two"]),
    "shellscript": ("total() {\nfunction main {\necho $(x)\n", ["1: total", "2: main"]),
    "php": ("final class Basket {\n    public static function total($x) {\n", ["1: Basket", "2:     total"]),
    "kotlin": ("data class Basket(\n    fun total(x: Int) =\nval x = 1\n", ["1: Basket", "2:     total"]),
    "elixir": ("defmodule Shop.Basket do\n  def total?(x) do\n", ["1: Shop.Basket", "2:   total?"]),
    "haskell": (
        "module Shop where\ndata Basket = Basket\ntotal' :: Int -> Int\n",
        ["1: Shop", "2: Basket", "3: total'"],
    ),
    "plaintext": ("def main(): ...\n", []),
    "brainfuck": ("+++\n", []),
}


@pytest.mark.parametrize("language", SAMPLES)
def test_each_language_has_its_shapes(language: str) -> None:
    text, expected = SAMPLES[language]
    assert [str(symbol) for symbol in symbols(text, language, "x")] == expected


def test_a_file_without_a_language_is_known_by_its_suffix() -> None:
    assert [symbol.name for symbol in symbols("fn main() {\n", "", "src/main.rs")] == ["main"]


def test_line_ends_of_windows_count_like_others() -> None:
    assert [str(symbol) for symbol in symbols("# One\r\n\r\n# Two\r\n", "markdown", "")] == ["1: One", "3: Two"]


def test_there_is_an_end_to_it() -> None:
    assert len(symbols("def f(): ...\n" * 2 * MAX_SYMBOLS, "python", "")) == MAX_SYMBOLS


@pytest.mark.parametrize("language", SAMPLES)
def test_no_line_takes_long(language: str) -> None:
    """A shape that tries again at every place would take minutes for these."""
    pieces = (
        "a ",
        "*",
        "& ",
        "(",
        "<",
        "a(b,",
        "  ",
        "def ",
        "class ",
        "public ",
        "pub ",
        "export ",
        "const a:",
        "a::b ",
    )
    text = "".join(f"{(piece * 500)[:490]}{end}\n" for piece in pieces for end in ("", ";", "{;", "="))
    began = time.process_time()
    symbols(text, language, "")
    assert time.process_time() - began < 1
