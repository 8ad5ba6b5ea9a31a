"""What gets in people's way, whose rule it is, and who was asked to bend it."""
