"""What can go wrong."""


class WscamError(Exception):
    """Something went wrong between this program and the server; the message says what."""


class Refused(WscamError):
    """The server has said no: a wrong token, a link that has ended, a camera that is not there."""
