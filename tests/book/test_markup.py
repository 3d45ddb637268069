"""Numbers by key."""

import pytest

from companion.book import markup


def test_number_by_key_and_by_chapter():
    assert markup.number("south-2013", "beijing") == markup.number("beijing:south-2013", "index")
    with pytest.raises(KeyError, match='no number "south-2031" in chapter beijing; did you mean "south-201'):
        markup.number("south-2031", "beijing")
