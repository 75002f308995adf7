"""Baolei 堡垒: run a province's strongest-Party-branch programme honestly."""

__version__ = "0.1.0"
