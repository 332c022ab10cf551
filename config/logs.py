"""Log lines that nobody from outside can forge: one record, one line; what follows it is set off.

Every line begins with its time in ISO 8601, with the offset, in the site's time zone: gunicorn's lines too.
"""

import json
import logging
import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

from config.env import env_choice

TIME_ZONE = "Asia/Shanghai"
FORMATS = ["text", "json"]
# Control characters, line and paragraph separators, and marks that turn the direction of writing.
UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# What every record has; the rest was given with `extra`.
USUAL = {*vars(logging.makeLogRecord({})), "message", "asctime", "request", "server_time"}
PLAIN_TYPES = str | int | float | bool | None
UNAVAILABLE = 503


def printable(text: str) -> str:
    """The text with every character that could break or disguise a line written as an escape."""
    return "".join(
        ch.encode("unicode_escape").decode() if unicodedata.category(ch) in UNSAFE else ch for ch in text
    )


def iso_time(record: logging.LogRecord) -> str:
    """The time of a record, such as 2026-11-28T09:15:02.123+08:00."""
    moment = datetime.fromtimestamp(record.created, ZoneInfo(TIME_ZONE))
    return moment.isoformat(timespec="milliseconds")


class LineFormatter(logging.Formatter):
    """As logging's own, but safe: a newline in a message is \\n, and a traceback's lines begin with a bar."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return iso_time(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        return printable(super().formatMessage(record))

    def formatException(self, ei: object) -> str:
        return barred(super().formatException(ei))  # type: ignore[arg-type]

    def formatStack(self, stack_info: str) -> str:
        return barred(super().formatStack(stack_info))


class JsonFormatter(logging.Formatter):
    """One JSON object on one line for each record, with the values that came as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "time": iso_time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        given = {name: value for name, value in vars(record).items() if name not in USUAL}
        said |= {name: value for name, value in given.items() if isinstance(value, PLAIN_TYPES)}
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        # In ASCII: no character of a client's can disguise a line.
        return json.dumps(said)


class WithoutTraceback(logging.Filter):
    """Where the cause is known and lies outside the site, say it in one line.

    That is a request under a name that is not ours, or one that met a database that is away.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        foreign = record.name == "django.security.DisallowedHost"
        if record.exc_info and (foreign or getattr(record, "status_code", 0) == UNAVAILABLE):
            error = record.exc_info[1]
            if not foreign:
                record.msg, record.args = f"{record.getMessage()}: {str(error).strip()}", ()
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


def barred(text: str) -> str:
    """Prefix each line with a bar, so that none can look like a separate record."""
    return "\n".join(f"  | {printable(line)}" for line in text.split("\n"))


def line_formatter() -> logging.Formatter:
    """How each line of ours is written: as text, or as JSON if LOG_FORMAT says so."""
    if env_choice("LOG_FORMAT", "text", FORMATS) == "json":
        return JsonFormatter()
    return LineFormatter("{asctime} {levelname} {name} {message}", style="{")


def logging_settings() -> dict[str, object]:
    """Django's LOGGING: everything to standard error, warnings and worse, and a line for each request."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "config.logs.line_formatter"}},
        "filters": {"one_line": {"()": "config.logs.WithoutTraceback"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["one_line"]}
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "taizhang.access": {"level": "INFO"},
            # The access line has the status: what users got wrong is no warning.
            "django.request": {"level": "ERROR"},
        },
    }
