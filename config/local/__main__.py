"""`python -m config.local demo | run | test -- <command> | bench -- <command>`."""

import signal
import sys
from collections.abc import Callable, Sequence

from config.local import CannotStart, commands, progress
from config.local.processes import ChildEnded, StopRequested

SERVING: dict[str, Callable[[], None]] = {"demo": commands.demo, "run": commands.run}
USAGE = "Usage: python -m config.local demo | run | test -- <command> [arguments] | bench -- <command> [arguments]"


def main(arguments: Sequence[str]) -> int:
    try:
        return _obey(arguments)
    except StopRequested as request:
        progress.say("Everything has ended.")
        return 0 if request.number == signal.SIGINT else 128 + request.number
    except (CannotStart, ChildEnded) as refusal:
        progress.complain(f"\n{refusal}")
        return 1
    except OSError as error:  # no space left, a file that was taken away: the system's words name it
        progress.complain(f"\nThe system refused something that Bureau needs: {error}. Put that right and start again.")
        return 1
    except KeyboardInterrupt:  # before there was anything to end
        return 128 + signal.SIGINT


def _obey(arguments: Sequence[str]) -> int:
    if len(arguments) == 1 and arguments[0] in SERVING:
        SERVING[arguments[0]]()
        return 0
    if len(arguments) > 2 and list(arguments[:2]) == ["test", "--"]:
        return commands.test(arguments[2:], durable=False)
    if len(arguments) > 2 and list(arguments[:2]) == ["bench", "--"]:
        return commands.test(arguments[2:], durable=True)
    progress.complain(USAGE)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
