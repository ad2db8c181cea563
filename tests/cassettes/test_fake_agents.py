"""Calls of agents: the bytes on the wire, signature included, are those recorded."""

from decimal import Decimal

from support.sender import ALICE, BOB, NOW_MS

from bingx_client import Client
from bingx_client.calls import agent

SPAN = "20231106", "20231115"


def test_whom_an_agent_has_invited(client: Client) -> None:
    page = client.send(agent.invited_users(page_size=1))
    assert (page.total, page.agent, [it.uid for it in page.rows]) == (2, str(ALICE), ["16790001"])
    (below,) = page.rows
    assert (below.inviter, below.is_direct, below.is_invited, below.own_code) == (str(BOB), False, True, None)
    bob = client.send(agent.relation(BOB))
    assert (bob.inviter, bob.is_known, bob.balance, bob.ratio) == (str(ALICE), True, Decimal(500), 20)
    nobody = client.send(agent.relation(5))
    assert (nobody.is_invited, nobody.inviter, nobody.code) == (False, None, None)
    assert client.send(agent.is_above(BOB)).is_above


def test_what_an_agent_got_of_it(client: Client) -> None:
    page = client.send(agent.commissions(*SPAN, code="ALICE1"))
    (day,) = page.rows
    assert (page.total, day.uid, day.day_ms) == (1, str(BOB), 1699545600000)
    assert day.total == day.perpetuals
    assert (day.total.commission, day.spot.traded) == (Decimal("2.37932209"), Decimal(0))
    (own,) = client.send(agent.api_commissions(81, *SPAN)).rows
    assert (own.uid, own.business, own.volume.traded) == ("25053735", 81, Decimal("10.234"))


def test_what_partners_codes_and_the_invited_brought(client: Client) -> None:
    (partner,) = client.send(agent.partners(NOW_MS - 86_400_000 * 10, NOW_MS)).rows
    assert (partner.uid, partner.ratio, partner.phone) == (str(BOB), Decimal("0.04"), "*******0000")
    assert (partner.new_users, partner.deposited, partner.traded) == (1, Decimal(250), Decimal(1000))
    (paid,) = client.send(agent.deposits(BOB, *SPAN)).rows
    assert (paid.asset, paid.amount, paid.is_direct) == ("USDT", Decimal(1000), True)
    (code,) = client.send(agent.referral_codes(direct=True)).rows
    assert (code.code, code.users, code.ratio, code.fees_payable) == (
        "ALICE1",
        1,
        Decimal(20),
        Decimal("3.330025"),
    )
