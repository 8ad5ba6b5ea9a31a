"""The widths at which pages are looked at: a small phone and a desk."""

PHONE, DESK = 360, 1280
