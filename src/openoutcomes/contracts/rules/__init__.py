"""The rules that judge one claim: each is a small object that finds nothing, holds or refuses."""
