"""What click itself says, listed so that the catalogue holds it: click asks the same gettext domain for these sentences."""

from areaplan.messages import msg

CLICK_SAYS = (
    msg("Usage:"),
    msg("Options"),
    msg("Commands"),
    msg("Positional arguments"),
    msg("Show this message and exit."),
    msg("Show the version and exit."),
    msg("default: {default}"),
    msg("Error: {message}"),
    msg("Try '{command} {option}' for help."),
    msg("Invalid value: {message}"),
    msg("Invalid value for {param_hint}: {message}"),
    msg("Missing argument"),
    msg("Missing option"),
    msg("Missing command."),
    msg("No such option {name!r}."),
    msg("No such command {name!r}."),
    msg("{value!r} is not a valid {number_type}."),
    msg("{value} is not in the range {range}."),
    msg("Aborted!"),
)
