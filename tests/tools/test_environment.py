from lsp_llm.tools.environment import without_keys
from tests.tools.worlds import KEY


def test_what_is_named_like_a_key_or_looks_like_one_stays_behind() -> None:
    secret = {
        "OPENAI_API_KEY": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "GITHUB_TOKEN": "x",
        "DB_PASSWORD": "x",
        "MYSQL_PWD": "x",
        "GITLAB_PAT": "x",
        "GOOGLE_APPLICATION_CREDENTIALS": "x",
        "my_secret": "x",
        "HARMLESS": KEY,
        "DATABASE_URL": "postgres://u:pw3rT9xQ@db/x",
    }
    assert without_keys(secret) == {}


def test_what_programs_need_stays() -> None:
    plain = {
        "PATH": "/usr/bin:/bin",
        "HOME": "/home/u",
        "PWD": "/x",
        "OLDPWD": "/y",
        "LANG": "C.UTF-8",
        "SSH_AUTH_SOCK": "/run/agent",
        "KEYBOARD": "de",
        "COMPAT": "1",
        "VIRTUAL_ENV": "/v",
    }
    assert without_keys(plain) == plain
