"""Whether the web process in this container answers: exit 0 or 1. Standard library only, so that it costs no Django start.

python tools/healthy.py [PORT]
"""

import http.client
import sys


def main() -> int:
    link = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8000, timeout=4)
    try:
        link.request("GET", "/health/live")
        return 0 if link.getresponse().status == http.client.OK else 1
    except OSError:
        return 1
    finally:
        link.close()


if __name__ == "__main__":
    sys.exit(main())
