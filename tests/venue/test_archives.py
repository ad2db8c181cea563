"""Files of trades and candles as people have them: what is made of them, and what is said of a bad line."""

import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest

from bingx_fake.market.archives import Archived, ArchiveError, read_archive

TICK, STEP = Decimal("0.01"), Decimal("0.001")

SPOT_TRADES = """\
51175358,17.80180000,5.69000000,101.29224200,1583709433583,True,True
51175359,17.80000000,0.50000000,8.90000000,1583709434000,False,True
"""
SPOT_AGGREGATED = """\
0,17.80180000,5.69000000,0,0,1735689600010866,true,true
1,17.80000000,0.50000000,1,3,1735689600427866,false,true
"""
FUTURES_TRADES = """\
id,price,qty,quote_qty,time,is_buyer_maker
51175358,17.80180000,5.69,101.29,1583709433583,true
51175359,17.80,0.50,8.90,1583709434000,false
"""
FUTURES_AGGREGATED = """\
agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker
0,17.8018,5.69,0,0,1583709433583,true
1,17.80,0.5,1,3,1583709434000,false
"""
FREQTRADE_TRADES = json.dumps(
    [
        [1583709433583, "51175358", None, "sell", 17.8018, 5.69, 101.292242],
        [1583709434000, "51175359", None, "buy", 17.8, 0.5, 8.9],
    ]
)
TRADES = [Archived(0, 1780, 5690, False), Archived(417, 1780, 500, True)]

KLINES = """\
1601510340000,4.15,4.16,4.14,4.15,539.23,1601510399999,2240.39,13,401.82,1669.98,0
1601510400000,4.15,4.15,4.15,4.15,0,1601510459999,0,0,0,0,0
1601510460000,4.15,4.17,4.15,4.17,0.01,1601510519999,2240.39,13,401.82,1669.98,0
"""
OHLCV = json.dumps(
    [
        [1601510340000, 4.15, 4.16, 4.14, 4.15, 539.23],
        [1601510400000, 4.15, 4.15, 4.15, 4.15, 0.0],
        [1601510460000, 4.15, 4.17, 4.15, 4.17, 0.01],
    ],
    indent=1,
)
CANDLES = [
    Archived(0, 415, 134_807, None),
    Archived(19_999, 414, 134_807, None),
    Archived(39_999, 416, 134_807, None),
    Archived(59_999, 415, 134_809, None),
    Archived(120_000, 415, 2, None),
    Archived(139_999, 415, 2, None),
    Archived(159_999, 417, 2, None),
    Archived(179_999, 417, 4, None),
]


def told_by(path: Path) -> list[Archived]:
    archive = read_archive(path, TICK, STEP)
    return [archive[index] for index in range(len(archive))]


def written(folder: Path, text: str, name: str = "recorded.csv") -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize(
    "text", [SPOT_TRADES, SPOT_AGGREGATED, FUTURES_TRADES, FUTURES_AGGREGATED, FREQTRADE_TRADES]
)
def test_trades_are_read_in_every_form_that_they_are_published_in(tmp_path: Path, text: str) -> None:
    assert told_by(written(tmp_path, text)) == TRADES


@pytest.mark.parametrize("text", [KLINES, OHLCV])
@pytest.mark.parametrize("name", ["recorded", "recorded.gz"])
def test_a_candle_is_four_trades_that_have_its_prices_and_its_volume(
    tmp_path: Path, text: str, name: str
) -> None:
    assert told_by(written(tmp_path, text, name)) == CANDLES


def test_prices_of_other_ticks_are_rounded_to_the_nearest_and_no_quantity_to_nothing(tmp_path: Path) -> None:
    text = "1,17.80499999,0.0000001,1,1583709433583,True,True\n2,17.805001,0.0016,1,1583709433583,True,True\n"
    assert told_by(written(tmp_path, text)) == [Archived(0, 1780, 1, False), Archived(0, 1781, 2, False)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (SPOT_TRADES + "3,free,1,1,1583709435000,True,True\n", "line 3: 'free' is no price"),
        (SPOT_TRADES + "3,-17,1,1,1583709435000,True,True\n", "line 3: '-17' is no price"),
        (SPOT_TRADES + "3,NaN,1,1,1583709435000,True,True\n", "line 3: 'NaN' is no price"),
        (
            SPOT_TRADES + "3,0.001,1,1,1583709435000,True,True\n",
            "line 3: a price of 0.001 is not two or more",
        ),
        (SPOT_TRADES + "\n3,17,1e30,1,1583709435000,True,True\n", "line 4: a quantity of 1e30 is too many"),
        (SPOT_TRADES + "3,17,1,1,yesterday,True,True\n", "line 3: 'yesterday' is no time in milliseconds"),
        (SPOT_TRADES + "3,17,1,1,1583709434000,perhaps\n", "line 3: 6 values are neither a candle"),
        (SPOT_TRADES + "3,17,1,1,1583709433999,True,True\n", "line 3: its time 1583709433999 is before"),
        (KLINES + "1601510520000,4.15,4.14,4.15,4.15,1\n", "line 4: of 4.15, 4.14, 4.15, 4.15 the second is"),
        (KLINES + "1601510460000,4.15,4.17,4.15,4.17,1\n", "line 4: its time is that of the candle before"),
        (KLINES + "1601510520000,4.15,4.17\n", "line 4: 3 values are no candle"),
        (
            "[[1601510340000, 4, 4, 4, 4, 1],\n [1601510400000, 4, 4, 4, 4]]",
            "line 2, item 2: 5 values are no",
        ),
        ("[[1601510340000, 4, 4, 4, 4, 1], {}]", "line 1, item 2: 1 values are no candle"),
        ("[[1601510340000, 4, 4, 4, 4, 1]", "is not JSON: "),
        ("[]", "has no trade and no candle with a volume"),
        ("open_time,open,high\n", "has no trade and no candle with a volume"),
    ],
)
def test_a_bad_line_is_named_by_file_and_line(tmp_path: Path, text: str, reason: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ArchiveError) as raised:
        read_archive(path, TICK, STEP)
    assert str(raised.value).startswith(f"{path}: {reason}")


UNPACKABLE = {
    "half of it": (gzip.compress(SPOT_TRADES.encode())[:-9], "is cut off, or not packed by gzip"),
    "not packed": (SPOT_TRADES.encode(), "cannot be read: Not a gzipped file"),
    "no text": (gzip.compress(b"\xff\xfe"), "is not UTF-8 text"),
}


@pytest.mark.parametrize("name", UNPACKABLE)
def test_a_packed_file_that_cannot_be_unpacked_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / "recorded.csv.gz"
    content, reason = UNPACKABLE[name]
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=f"^{path}: {reason}"):
        read_archive(path, TICK, STEP)
