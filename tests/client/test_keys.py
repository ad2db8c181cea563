"""What a client is told of its key, and of standard futures, which have nothing but a balance."""

from decimal import Decimal

from support.sender import ALICE, NOW_MS

from bingx_client import Client
from bingx_client.calls import account, contract
from bingx_client.calls.account import readers
from bingx_client.wire.decode import read_answer
from bingx_fake import FakeExchange

DOCUMENTED = b'{"apiKey":"","permissions":[1,2],"ipAddresses":[],"note":"demo"}'
"""What the document prints, where nobody's key is shown."""


def test_a_client_asks_whose_its_key_is_and_what_it_may_do(client: Client) -> None:
    assert client.send(account.uid()) == str(ALICE)
    rights = client.send(account.api_permissions())
    assert (rights.key, rights.permissions, rights.addresses) == ("alice-key", [1, 2, 3, 4, 7], [])
    assert "alice-key" not in repr(rights)


def test_the_answer_that_the_document_prints_is_read() -> None:
    rights = readers.api_permissions(read_answer("", 200, DOCUMENTED))
    assert (rights.key, rights.permissions, rights.addresses, rights.note) == (None, [1, 2], [], "demo")


def test_what_there_is_in_standard_futures_is_told_to_the_last_digit(
    client: Client, exchange: FakeExchange
) -> None:
    assert client.send(contract.balances()) == []
    exchange.credit(ALICE, "stdFutures", "USDT", "5.00000000000000000001")
    (usdt,) = client.send(contract.balances())
    assert (usdt.asset, usdt.balance, usdt.cross_profit) == (
        "USDT",
        Decimal("5.00000000000000000001"),
        Decimal(0),
    )
    assert usdt.balance == usdt.cross_balance == usdt.available == usdt.withdrawable
    assert (usdt.is_margin, usdt.updated_ms) == (False, NOW_MS)
