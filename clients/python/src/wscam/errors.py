"""The package's errors."""


class WscamError(Exception):
    """An error between this program and the server; the message says what it is."""


class Refused(WscamError):
    """The server has refused: a wrong token, an expired link, a missing camera."""
