"""The error tree. The domain knows no HTTP and no exit codes: the edges map kinds to answers.

::

    NiemError                 has a code; its text and its remedy come from the catalogue
    ├── BadInput              what a person gave cannot be used; says what to do
    │   └── Returnable        a dropped file or document that goes back to its folder with this reason
    ├── Refused               a rule of law or of the office forbids it now
    │   ├── NotSignedIn       nobody is signed in
    │   ├── Denied            this person may not
    │   └── WrongPin          the PIN opens nothing; `tries` are left
    ├── NotFound              no such thing
    ├── Conflict              somebody else was quicker, or what was shown has changed
    ├── Unavailable           a service does not answer now; later it may
    │   └── KeyLocked         the key is not open for this act: its holder must give the PIN (again)
    ├── Damaged               stored bytes are not what was recorded
    └── Misconfigured         the site's settings or its surroundings must be mended first
"""

from document import messages


class NiemError(Exception):
    """An error a person may read.

    `code` names an entry of the catalogue (`document/messages/*.toml`); `params` fill its blanks.
    """

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def text(self, lang: str = "vi") -> str:
        """What happened and why, in `lang` ("vi" or "en")."""
        return messages.text(self.code, lang, **self.params)

    def fix(self, lang: str = "vi") -> str:
        """What to do about it, in `lang`; empty when the text says it already."""
        return messages.fix(self.code, lang, **self.params)

    def __str__(self) -> str:
        return f"{self.code}: {self.text('en')}"

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders (document/children.py) with their parameters.
        return (_rebuild, (type(self), self.code, self.params))


def _rebuild(kind: type[NiemError], code: str, params: dict[str, object]) -> NiemError:
    return kind(code, **params)


class BadInput(NiemError):
    """What a person gave cannot be used."""


class Returnable(BadInput):
    """A dropped file or a document that goes back to its folder with this reason."""


class Refused(NiemError):
    """A rule of law or of the office forbids it now."""


class NotSignedIn(Refused):
    """Nobody is signed in."""


class Denied(Refused):
    """This person may not."""


class WrongPin(Refused):
    """The PIN opens nothing."""


class NotFound(NiemError):
    """No such thing."""


class Conflict(NiemError):
    """Somebody else was quicker, or what was shown has changed."""


class Unavailable(NiemError):
    """A service does not answer now; later it may."""


class KeyLocked(Unavailable):
    """The key is not open for this act: its holder must give the PIN (again)."""


class Damaged(NiemError):
    """Stored bytes are not what was recorded."""


class Misconfigured(NiemError):
    """The site's settings or its surroundings must be mended first."""
