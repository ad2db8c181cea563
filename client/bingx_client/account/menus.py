"""S's menus, in its words."""

from bingx_contracts import TRANSFER_TYPES

OPERATION = "What would you like to do?"
OPERATIONS = {
    "balance": "Check account balance (spot / fund / all accounts)",
    "transfer": "Transfer assets between accounts",
    "records": "Query transfer records",
    "coins": "Query supported coins for transfer",
    "inner-transfer": "Internal P2P transfer",
}

BALANCE = "Which account balance would you like to check?"
BALANCES = {
    "spot": "Spot account balance",
    "fund": "Fund account balance",
    "all": "All accounts overview",
}

DIRECTION = "Transfer direction:"
_DIRECTIONS = {
    "FUND_PFUTURES": "Spot → Perpetual Futures",
    "PFUTURES_FUND": "Perpetual Futures → Spot",
    "FUND_SFUTURES": "Spot → Standard Contract",
    "SFUTURES_FUND": "Standard Contract → Spot",
    "SFUTURES_PFUTURES": "Standard Contract → Perpetual Futures",
    "PFUTURES_SFUTURES": "Perpetual Futures → Standard Contract",
}
# S says Spot where FUND is meant (V17), so the accounts are named besides.
DIRECTIONS = {
    name: f"{words} ({name}), from {TRANSFER_TYPES[name].from_account} to {TRANSFER_TYPES[name].to_account}"
    for name, words in _DIRECTIONS.items()
}

# Not in S, which says no more of internal transfers than that there are some.
ENVIRONMENTS = {
    "prod-vst": "prod-vst: simulated, no real money",
    "prod-live": "prod-live: live, real money",
}
RECEIVERS = {"uid": "by UID", "phone": "by phone number", "email": "by e-mail address"}
