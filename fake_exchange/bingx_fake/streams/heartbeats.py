"""What the exchange asks to learn whether a client is still there (V92)."""

from datetime import UTC, datetime, timedelta, timezone

from bingx_fake.streams.frames import Frame, frame
from bingx_fake.venue.instruments import Product

_SHANGHAI = timezone(timedelta(hours=8))


def heartbeat(product: Product, digits: str, now_ms: int) -> Frame:
    """A heartbeat as each product sends it: spot JSON (P, O), the others text (R, D, O; coin-M: ours, A115).

    :param digits: 32 hexadecimal ones, which an answer may repeat.
    """
    if product != "spot":
        return frame("Ping")
    local = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(_SHANGHAI)
    return frame({"ping": digits, "time": f"{local:%Y-%m-%dT%H:%M:%S}.{now_ms % 1000:03d}+0800"})
