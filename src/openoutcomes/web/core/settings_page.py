"""The settings as a page of the documentation, written from their one declaration."""

from __future__ import annotations

import sys
from pathlib import Path

from openoutcomes.web.settings import VARIABLES

PAGE = Path("docs/run/settings.md")

_SERVICES = """\
## Services to sign in with

`OPENOUTCOMES_OIDC` is a JSON list. Each service is an OpenID Connect provider, such as a council's own Microsoft
Entra ID, in which this platform is registered with the address to come back to:
`https://outcomes.example.org/accounts/oidc/ID/login/callback/`.

```json
[
  {
    "id": "council",
    "name": "Kirkdale Council",
    "server": "https://login.microsoftonline.com/TENANT/v2.0",
    "client_id": "…",
    "secret": "…",
    "domains": ["kirkdale.example"],
    "second_step": true
  }
]
```

| key | what it is |
| --- | --- |
| `id` | a short name, which stands in addresses |
| `name` | what the button says |
| `server` | the address of the service; `/.well-known/openid-configuration` is added to it |
| `client_id`, `secret` | what the service gave to this platform |
| `domains` | ends of the addresses that the service vouches for. Somebody who comes with one of them is signed in to the account with that address. **Name only domains that the service itself looks after**: whoever runs it can sign in as anybody there. May be left out: then nobody is recognised by their address. |
| `second_step` | `true`: the service asks for a second step itself, so none is asked for here. May be left out. |
"""


def settings_page() -> str:
    """Return the page: each variable with its meaning."""
    lines = [
        "# Settings",
        "",
        "<!-- written by `make derived` from src/openoutcomes/web/settings.py: change it there -->",
        "",
        "All settings are in the environment. None has to be given: one small charity runs without any.",
        "A bad one is named in a line, and nothing starts. `openoutcomes web check` says whether they are fit to serve",
        "others.",
        "",
        "| variable | what it is |",
        "| --- | --- |",
    ]
    lines += [f"| `{name}` | {meaning} |" for name, meaning in VARIABLES.items()]
    return "\n".join([*lines, "", _SERVICES])


if __name__ == "__main__":
    PAGE.write_text(settings_page(), encoding="utf-8")
    sys.stdout.write(f"Wrote {PAGE}.\n")
