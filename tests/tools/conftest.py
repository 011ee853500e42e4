from tests.context.conftest import nobodys_git

__all__ = ["nobodys_git"]
