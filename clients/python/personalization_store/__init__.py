"""A client of the personalization store's server; needs nothing but the standard library."""

from .client import Client, Code, Problem, Progress, Receipt, Resolution, user_token

__all__ = ["Client", "Code", "Problem", "Progress", "Receipt", "Resolution", "user_token"]
