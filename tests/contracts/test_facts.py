"""The facts are those of contract.md, and they are complete."""

import re

import pytest

from bingx_contracts import (
    CLAUSES,
    ENDPOINTS,
    ENVIRONMENTS,
    ERRORS,
    OVERVIEW_TYPES,
    RULES,
    SIGNING_VECTORS,
    STREAMS,
    TRANSFER_TYPES,
    VARIATIONS,
    present_id,
    transfer_type_between,
)
from bingx_contracts.facts.requests import Rule
from bingx_contracts.limits import limits_of

LIMITS_IN_R = {
    ("GET", "/openApi/spot/v1/account/balance"): (5, 3),
    ("GET", "/openApi/fund/v1/account/balance"): (2, 2),
    ("POST", "/openApi/user/auth/userDataStream"): (2,),
    ("GET", "/openApi/account/v1/allAccountBalance"): (5, 2),
    ("POST", "/openApi/api/asset/v1/transfer"): (2, 2),
    ("GET", "/openApi/api/v3/asset/transfer"): (10, 2),
    ("GET", "/openApi/api/v3/asset/transferRecord"): (2, 2),
    ("GET", "/openApi/api/asset/v1/transfer/supportCoins"): (2, 2),
    ("POST", "/openApi/wallets/v1/capital/innerTransfer/apply"): (2, 2),
    ("GET", "/openApi/wallets/v1/capital/innerTransfer/records"): (10, 2),
    ("POST", "/openApi/spot/v1/trade/order"): (10, 3),
    ("POST", "/openApi/spot/v1/trade/batchOrders"): (2, 3),
    ("POST", "/openApi/spot/v1/trade/cancel"): (5, 3),
    ("POST", "/openApi/spot/v1/trade/cancelOrders"): (2, 3),
    ("POST", "/openApi/spot/v1/trade/cancelOpenOrders"): (2, 3),
    ("POST", "/openApi/spot/v1/trade/cancelAllAfter"): (1, 2),
    ("POST", "/openApi/spot/v1/trade/order/cancelReplace"): (2, 3),
    ("GET", "/openApi/spot/v1/trade/query"): (10, 2),
    ("GET", "/openApi/spot/v1/trade/openOrders"): (10, 2),
    ("GET", "/openApi/spot/v1/trade/historyOrders"): (10, 2),
    ("GET", "/openApi/spot/v1/trade/myTrades"): (5, 2),
    ("GET", "/openApi/spot/v1/user/commissionRate"): (2, 2),
    ("POST", "/openApi/spot/v1/oco/order"): (2, 2),
    ("POST", "/openApi/spot/v1/oco/cancel"): (2, 2),
    ("GET", "/openApi/spot/v1/oco/orderList"): (5, 2),
    ("GET", "/openApi/spot/v1/oco/openOrderList"): (5, 2),
    ("GET", "/openApi/spot/v1/oco/historyOrderList"): (5, 2),
    ("GET", "/openApi/swap/v3/user/balance"): (5, 3),
    ("GET", "/openApi/swap/v2/user/positions"): (10, 3),
    ("GET", "/openApi/swap/v2/user/commissionRate"): (5, 2),
    ("GET", "/openApi/swap/v2/user/income"): (5, 2),
    ("GET", "/openApi/swap/v2/user/income/export"): (5, 2),
    ("POST", "/openApi/swap/v2/trade/order"): (10, 3),
    ("POST", "/openApi/swap/v2/trade/order/test"): (5, 2),
    ("GET", "/openApi/swap/v2/trade/order"): (30, 2),
    ("GET", "/openApi/swap/v2/trade/openOrders"): (5, 3),
    ("GET", "/openApi/swap/v2/trade/allOrders"): (5, 3),
    ("GET", "/openApi/swap/v2/trade/allFillOrders"): (5, 2),
    ("DELETE", "/openApi/swap/v2/trade/order"): (10, 3),
    ("DELETE", "/openApi/swap/v2/trade/allOpenOrders"): (5, 2),
    ("POST", "/openApi/swap/v2/trade/closeAllPositions"): (5, 2),
    ("GET", "/openApi/swap/v2/trade/leverage"): (5, 2),
    ("POST", "/openApi/swap/v2/trade/leverage"): (5, 2),
    ("GET", "/openApi/swap/v2/trade/marginType"): (2, 2),
    ("POST", "/openApi/swap/v2/trade/marginType"): (2, 2),
    ("GET", "/openApi/swap/v1/positionSide/dual"): (2, 2),
    ("POST", "/openApi/swap/v1/positionSide/dual"): (4, 2),
    ("GET", "/openApi/swap/v1/maintMarginRatio"): (5, 2),
    ("POST", "/openApi/swap/v2/trade/batchOrders"): (5, 3),
    ("DELETE", "/openApi/swap/v2/trade/batchOrders"): (5, 3),
    ("POST", "/openApi/swap/v2/trade/cancelAllAfter"): (1, 2),
    ("GET", "/openApi/swap/v2/trade/openOrder"): (5, 2),
    ("GET", "/openApi/swap/v1/trade/fullOrder"): (5, 2),
    ("GET", "/openApi/swap/v2/trade/forceOrders"): (10, 2),
    ("GET", "/openApi/swap/v2/trade/fillHistory"): (5, 2),
    ("POST", "/openApi/swap/v1/trade/closePosition"): (5, 2),
    ("POST", "/openApi/swap/v2/trade/positionMargin"): (2, 2),
    ("GET", "/openApi/swap/v1/trade/positionHistory"): (5, 2),
    ("GET", "/openApi/swap/v1/positionMargin/history"): (5, 2),
    ("POST", "/openApi/swap/v1/trade/cancelReplace"): (5, 2),
    ("POST", "/openApi/swap/v1/trade/amend"): (5,),
    ("POST", "/openApi/swap/v1/trade/batchCancelReplace"): (2, 2),
    ("POST", "/openApi/swap/v1/trade/reverse"): (2, 2),
    ("POST", "/openApi/swap/v1/twap/order"): (2, 2),
    ("POST", "/openApi/swap/v1/twap/cancelOrder"): (2, 2),
    ("GET", "/openApi/swap/v1/twap/openOrders"): (2, 2),
    ("GET", "/openApi/swap/v1/twap/historyOrders"): (2, 2),
    ("GET", "/openApi/swap/v1/twap/orderDetail"): (2, 2),
    ("POST", "/openApi/swap/v1/trade/autoAddMargin"): (2, 2),
    ("POST", "/openApi/swap/v2/trade/getVst"): (5, 2),
    ("GET", "/openApi/swap/v1/trade/assetMode"): (2, 2),
    ("POST", "/openApi/swap/v1/trade/assetMode"): (2, 2),
    ("GET", "/openApi/swap/v1/trade/multiAssetsRules"): (2,),
    ("GET", "/openApi/swap/v1/user/marginAssets"): (2, 2),
    ("GET", "/openApi/swap/v1/tradingRules"): (5,),
    **dict.fromkeys(
        (
            ("GET", f"/openApi/agent/{path}")
            for path in (
                "v1/account/inviteAccountList",
                "v2/reward/commissionDataList",
                "v1/account/inviteRelationCheck",
                "v1/reward/third/commissionDataList",
                "v1/asset/partnerData",
                "v1/commissionDataList/referralCode",
                "v1/account/superiorCheck",
            )
        ),
        (20, 2),
    ),
    # Of market data, an address may ask each route once a second.
    **dict.fromkeys(
        (
            ("GET", f"/openApi/{path}")
            for path in (
                "spot/v1/common/symbols",
                "spot/v1/market/depth",
                "spot/v2/market/depth",
                "spot/v1/market/trades",
                "spot/v2/market/kline",
                "spot/v1/ticker/24hr",
                "spot/v2/ticker/price",
                "spot/v1/ticker/bookTicker",
                "market/his/v1/kline",
                "market/his/v1/trade",
                "swap/v2/quote/contracts",
                "swap/v2/quote/depth",
                "swap/v2/quote/trades",
                "swap/v1/market/historicalTrades",
                "swap/v3/quote/klines",
                "swap/v1/market/markPriceKlines",
                "swap/v2/quote/premiumIndex",
                "swap/v2/quote/fundingRate",
                "swap/v2/quote/openInterest",
                "swap/v2/quote/ticker",
                "swap/v2/quote/bookTicker",
                "swap/v1/ticker/price",
                "cswap/v1/market/contracts",
                "cswap/v1/market/depth",
                "cswap/v1/market/klines",
                "cswap/v1/market/premiumIndex",
                "cswap/v1/market/openInterest",
                "cswap/v1/market/ticker",
            )
        ),
        (1,),
    ),
    ("POST", "/openApi/cswap/v1/trade/order"): (5, 2),
    ("DELETE", "/openApi/cswap/v1/trade/cancelOrder"): (5, 2),
    ("POST", "/openApi/cswap/v1/trade/allOpenOrders"): (5, 2),
    ("DELETE", "/openApi/cswap/v1/trade/allOpenOrders"): (5, 2),
    ("POST", "/openApi/cswap/v1/trade/closeAllPositions"): (5, 2),
    ("GET", "/openApi/cswap/v1/trade/openOrders"): (5, 2),
    ("GET", "/openApi/cswap/v1/trade/orderDetail"): (5, 2),
    ("GET", "/openApi/cswap/v1/trade/orderHistory"): (5, 2),
    ("GET", "/openApi/cswap/v1/trade/allFillOrders"): (5, 2),
    ("GET", "/openApi/cswap/v1/trade/forceOrders"): (5, 2),
    ("GET", "/openApi/cswap/v1/trade/leverage"): (5, 2),
    ("POST", "/openApi/cswap/v1/trade/leverage"): (5, 2),
    ("GET", "/openApi/cswap/v1/trade/marginType"): (5, 2),
    ("POST", "/openApi/cswap/v1/trade/marginType"): (5, 2),
    ("POST", "/openApi/cswap/v1/trade/positionMargin"): (5, 2),
    ("GET", "/openApi/cswap/v1/user/commissionRate"): (5, 2),
    ("GET", "/openApi/cswap/v1/user/balance"): (5, 2),
    ("GET", "/openApi/cswap/v1/user/positions"): (5, 2),
}


def test_every_endpoint_that_r_limits_has_its_numbers() -> None:
    found = {
        (endpoint.method, endpoint.path): tuple(limit.count for limit in limits_of(endpoint, "reference"))
        for endpoint in ENDPOINTS.values()
        if not endpoint.old_route
    }
    assert {request: counts for request, counts in found.items() if counts} == LIMITS_IN_R


def test_every_endpoint_that_is_not_public_needs_a_permission() -> None:
    for endpoint in ENDPOINTS.values():
        assert (endpoint.permission is None) == endpoint.public


def test_nothing_is_changed_by_asking_for_it() -> None:
    assert [
        endpoint.id for endpoint in ENDPOINTS.values() if endpoint.write and endpoint.method == "GET"
    ] == []


def test_every_parameter_has_a_rule() -> None:
    for endpoint in ENDPOINTS.values():
        assert {parameter.rule for parameter in endpoint.parameters} <= set(RULES)


def test_every_rule_can_decide() -> None:
    undecided = [name for name, rule in RULES.items() if not can_decide(rule)]
    assert not undecided, "\n".join(undecided)


def can_decide(rule: Rule) -> bool:
    match rule.kind:
        case "enum":
            return bool(rule.values)
        case "integer":
            return rule.minimum is not None and rule.maximum is not None and rule.minimum <= rule.maximum
        case "list":
            return rule.items in RULES
        case "json":
            return rule.form in ("array", "object")
        case "boolean":
            return True
    assert rule.pattern is not None, rule.name
    re.compile(rule.pattern)
    return True


def test_the_register_is_whole() -> None:
    numbers = [int(variation_id.removeprefix("V")) for variation_id in VARIATIONS]
    assert numbers == sorted(set(numbers))
    for variation in VARIATIONS.values():
        assert len({answer.name for answer in variation.answers}) == len(variation.answers) >= 2


@pytest.mark.clause("ENV-1")
def test_the_environments_are_the_documented_hosts() -> None:
    assert {name: (env.com, env.pro, env.live) for name, env in ENVIRONMENTS.items()} == {
        "prod-live": ("https://open-api.bingx.com", "https://open-api.bingx.pro", True),
        "prod-vst": ("https://open-api-vst.bingx.com", "https://open-api-vst.bingx.pro", False),
    }


def test_the_streams_are_at_the_documented_hosts_and_paths() -> None:
    assert {where: stream.url for where, stream in STREAMS.items()} == {
        ("prod-live", "spot"): "wss://open-api-ws.bingx.com/market",
        ("prod-live", "swap"): "wss://open-api-swap.bingx.com/swap-market",
        ("prod-live", "coinm"): "wss://open-api-cswap-ws.bingx.com/market",
        ("prod-vst", "swap"): "wss://vst-open-api-ws.bingx.com/swap-market",
    }


def test_transfer_types_name_directions_both_ways() -> None:
    assert len(TRANSFER_TYPES) == 6
    for name, direction in TRANSFER_TYPES.items():
        assert transfer_type_between(direction.from_account, direction.to_account) == name
    assert transfer_type_between("fund", "spot") is None


def test_the_overview_has_the_eight_documented_types() -> None:
    assert list(OVERVIEW_TYPES) == [
        *("sopt", "stdFutures", "coinMPerp", "USDTMPerp", "copyTrading", "grid", "eran", "c2c")
    ]


def test_the_codes_that_prove_that_a_write_did_not_happen_are_the_designed_ones() -> None:
    assert {code for code, error in ERRORS.items() if error.definite} == {
        *(100001, 100004, 100202, 100400, 100403, 100404, 100410),
        *(100412, 100413, 100419, 100421, 100437, 100441, 100450),
        *(100440, 100490, 101402, 110425),  # of orders
        *(
            101204,
            101205,
            101209,
            101211,
            101215,
            101290,
            101400,
            101414,
            101415,
            101419,
            101479,
        ),  # perpetuals
        *(104103, 109400, 109401, 109418, 109420, 109421, 109422, 109425, 109430),
        *(110411, 110412, 110413, 110414),
        *(
            101214,
            101460,
            101461,
            104108,
            109417,
            110206,
            110284,
            110406,
            110407,
            110415,
            110418,
            110419,
            110420,
        ),
        *(80013, 80014, 80016, 80017, 80018),  # the same in the older codes (V24)
    }


def test_a_code_that_says_little_about_one_kind_of_write_is_definite_for_the_others() -> None:
    limited, not_found = ERRORS[100410], ERRORS[100404]
    assert not limited.is_definite("batch"), "some orders of the batch may have been placed"
    assert not not_found.is_definite("cancel"), "the order may just have been filled"
    assert limited.is_definite("transfer")
    assert not_found.is_definite("transfer")
    assert not ERRORS[100500].is_definite("transfer")


def test_the_documentation_sites_wrong_vector_is_corrected() -> None:
    vector = next(vector for vector in SIGNING_VECTORS if vector.name == "docs-site")
    assert vector.signature == "f8d883609dfd31c824feb4de865b071008dedb1d461451fa70847875c8e7a7a2"


def test_the_ids_that_endpoints_had_before_there_were_groups_are_still_known() -> None:
    before = {
        *("spot_balance", "fund_balance", "account_overview", "transfer", "transfer_v3", "transfer_v3_post"),
        *("transfers", "transfer_records", "transferable_coins", "inner_transfer", "inner_transfer_records"),
        *("server_time", "server_time_v1", "server_time_spot"),
    }
    assert {present_id(name).partition(".")[2] for name in before} == before
    assert present_id("transfer") == present_id("spot_account.transfer") == "spot_account.transfer"
    assert present_id("none") == "none"


def test_clause_ids_are_well_formed() -> None:
    assert all(re.fullmatch(r"[A-Z]+-[0-9]+", clause_id) for clause_id in CLAUSES)
