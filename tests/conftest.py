"""How the random tests run: no deadline (machines differ), few examples by default, many with a profile.

`pytest --hypothesis-profile=thorough` looks further; a failure prints the blob that repeats it.
"""

from importlib.util import find_spec

from hypothesis import HealthCheck, settings

settings.register_profile(
    "quick", deadline=None, max_examples=25, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=1000)
settings.load_profile("quick")

collect_ignore = [] if find_spec("pyspark") else ["test_spark.py"]
"""PySpark is an optional requirement: README.md says how to run its tests."""
