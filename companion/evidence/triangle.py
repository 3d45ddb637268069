"""Draft."""


def frames(as_of=None):
    return {}


FINDINGS = {}


def numbers(data):
    return {}
