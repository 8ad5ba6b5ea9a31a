"""Panels and boards, declared interests, uses of data, complaints and redress."""
