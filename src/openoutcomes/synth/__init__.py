"""Synthetic people under an outcomes contract: for demos, training, forecasts and scale tests."""
