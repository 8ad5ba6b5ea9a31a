"""Huddles, contract and learning meetings: agendas, decisions, actions."""
