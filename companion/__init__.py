"""Beyond the Triangle: the evidence, the claims and the figures behind the book.

    from companion import load, explore, claim, ledger
"""

from companion.data import DataError, load
from companion.evidence import claim, ledger, numbers
from companion.explore import Choice, explore
from companion.figure import Card, show

__all__ = ["Card", "Choice", "DataError", "claim", "explore", "ledger", "load", "numbers", "show"]
__version__ = "0.3.0"
