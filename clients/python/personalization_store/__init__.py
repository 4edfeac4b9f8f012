"""A client of the personalization store's server; needs nothing but the standard library."""

from .client import Client, Code, Problem, Profile, Progress, Receipt, Resolution, Settings, user_token

__all__ = ["Client", "Code", "Problem", "Profile", "Progress", "Receipt", "Resolution", "Settings", "user_token"]
