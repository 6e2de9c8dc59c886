"""What the verbs share: language, errors at the edge, progress, and options that everybody knows."""

from __future__ import annotations

import gettext
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, TypeVar
from unicodedata import category

import click

from areaplan.errors import AreaplanError
from areaplan.messages import LANGS, Lang, Message, msg, system_lang

__all__ = [
    "EXIT_ERRORS",
    "EXIT_UNUSABLE",
    "Verb",
    "VerbGroup",
    "choose_lang",
    "option",
    "say",
    "show_progress",
    "shown_json",
    "speak",
    "speaking",
    "word",
]

EXIT_ERRORS = 1
EXIT_UNUSABLE = 2

F = TypeVar("F", bound=Callable[..., Any])
Progress = Callable[[str, int, int], None]


def choose_lang(arguments: Sequence[str]) -> Lang:
    """Return the language to speak: ``--lang`` wherever it stands, else the locale's.

    It must be known before anything is parsed, for help and usage errors are also said in it.
    """
    for here, following in zip(arguments, [*arguments[1:], ""], strict=True):
        value = following if here == "--lang" else here.removeprefix("--lang=") if here.startswith("--lang=") else ""
        if value in LANGS:
            return "zh" if value == "zh" else "en"
    return system_lang()


def speak(lang: Lang) -> None:
    """Let click, which asks the process-wide gettext domain, speak the same language."""
    os.environ["LANGUAGE"] = "zh_CN" if lang == "zh" else "en"
    gettext.bindtextdomain("areaplan", str(files("areaplan") / "locale"))
    gettext.textdomain("areaplan")


def speaking() -> Lang:
    """Return the language of this run."""
    context = click.get_current_context(silent=True)
    lang = context.find_root().obj if context else None
    return lang or choose_lang(sys.argv[1:])


def word(message: Message) -> str:
    """Return a message in the language of this run."""
    return message.text(speaking())


def shown_json(value: object, *, indent: int | None = 1, sort_keys: bool = False) -> str:
    """Return JSON whose texts no terminal obeys: Chinese stays readable, control and direction marks become escapes."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, sort_keys=sort_keys)
    return "".join(
        c if c == "\n" or category(c) not in _UNSEEN else "".join(f"\\u{u:04x}" for u in _units(c)) for c in text
    )


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def _units(character: str) -> list[int]:
    """Return a character as the UTF-16 units that JSON escapes are written in."""
    data = character.encode("utf-16-be", errors="surrogatepass")
    return [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)]


def say(message: Message) -> None:
    """Tell the person at the keyboard something that is not a result."""
    click.echo(word(message), err=True)


class _Option(click.Option):
    """An option whose help is a message."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.message: Message | None = kwargs.pop("says", None)
        super().__init__(*args, **kwargs)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the help line in the language of this run."""
        if self.message:
            self.help = word(self.message)
        return super().get_help_record(ctx)


def option(*names: str, says: Message, **kwargs: Any) -> Callable[[F], F]:
    """Add an option described by a message."""
    return click.option(*names, cls=_Option, says=says, **kwargs)


class _Speaking(click.Command):
    """A command whose ``--help`` line is in the language of this run; click keeps the first one that it made."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the help option, made anew."""
        self._help_option = None
        return super().get_help_option(ctx)


class Verb(_Speaking):
    """A verb of areaplan: its help is a message, and the errors of the library become lines at the edge."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.message: Message = kwargs.pop("says")
        super().__init__(*args, **kwargs)
        self.params.append(_lang_option())

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence in the language of this run."""
        self.help = word(self.message).split("\n\n", maxsplit=1)[0]
        return super().get_short_help_str(limit)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the language of this run."""
        self.help = word(self.message)
        super().format_help_text(ctx, formatter)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; an error of the library is one message and exit 2, never a traceback."""
        ctx.params.pop("lang", None)
        try:
            return super().invoke(ctx)
        except AreaplanError as e:
            click.echo(f"areaplan: {e.text(speaking())}", err=True)
            ctx.exit(EXIT_UNUSABLE)
        except BrokenPipeError:  # whoever read the output, such as `head`, has seen enough; it is click's business
            raise
        except MemoryError:
            say(msg("areaplan: this machine's memory is used up; plan fewer villages at once, or use --jobs 1"))
            ctx.exit(EXIT_UNUSABLE)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as e:
            if os.environ.get("AREAPLAN_TRACEBACK"):  # the tests look for these, and so may whoever mends them
                raise
            reason = f"{type(e).__name__}: {e}"[:300]
            say(msg("areaplan: a fault of the program itself ({reason}); nothing was written. Run it again with AREAPLAN_TRACEBACK=1 and send what it prints",
                    reason=reason))  # fmt: skip
            ctx.exit(EXIT_UNUSABLE)


class VerbGroup(_Speaking, click.Group):
    """The list of verbs, in the order of the work; each is imported when it is called or listed."""

    def __init__(self, *args: Any, verbs: dict[str, str], says: Message, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verbs = verbs
        self.message = says
        self.params.append(_lang_option())

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of the work."""
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb that is asked for."""
        if cmd_name not in self.verbs:
            return None
        from importlib import import_module

        verb: click.Command = import_module(f"areaplan.cli.{self.verbs[cmd_name]}").verb
        return verb

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the language of this run."""
        self.help = word(self.message)
        super().format_help_text(ctx, formatter)


def _lang_option() -> click.Option:
    says = msg("language of what is printed (else the locale decides)")
    return _Option(["--lang"], type=click.Choice(list(LANGS)), says=says, expose_value=True)


@contextmanager
def show_progress() -> Iterator[Progress | None]:
    """Show bars on standard error while long work goes on; nothing where nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield show
