"""`python -m pipeline.bench DATABASE_URL piece ...`: one piece of a measurement; prints a JSON object.

The database is an argument without a default, so that no measurement can ever land in the user's own.
"""

import json
import os
import sys

import django


def main() -> None:
    os.environ["DATABASE_URL"] = sys.argv[1]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trender.settings")
    django.setup()
    from pipeline.bench import pieces

    sys.stdout.write(json.dumps(pieces.main(sys.argv[2:])) + "\n")


if __name__ == "__main__":
    main()
