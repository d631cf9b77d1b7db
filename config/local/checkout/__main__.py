"""`python -m config.local.checkout --port 8002 --webhook http://…`

The API key and the webhook's secret come from the environment: arguments are there for everybody to see.
"""

import argparse
import os
from pathlib import Path

from config.local.checkout import server


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m config.local.checkout", description="A stand-in for Stripe Checkout."
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address of this machine to listen on")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--origin", default="", help="what browsers call it; else http://HOST:PORT")
    parser.add_argument("--webhook", required=True, help="where the events go")
    parser.add_argument("--file", type=Path, help="what keeps sessions and subscriptions over a restart")
    given = parser.parse_args()
    with server.opened(
        given.host,
        given.port,
        origin=given.origin,
        key=os.environ["STRIPE_SECRET_KEY"],
        webhook=given.webhook,
        secret=os.environ["STRIPE_WEBHOOK_SECRET"],
        file=given.file,
    ) as serving:
        serving.serve_forever()


if __name__ == "__main__":
    main()
