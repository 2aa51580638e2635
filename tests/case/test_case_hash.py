"""A case's hash is kept with it, and never outlives what it is of."""

import pickle
import subprocess
import sys

from strategy.case.samples import load_sample


def test_a_copy_with_another_field_is_found_under_its_own_hash() -> None:
    case = load_sample("telecom")
    kept = {case: "first"}
    changed = case.model_copy(update={"horizon": case.horizon + 1})
    again = changed.model_copy(update={"horizon": case.horizon})
    assert changed not in kept
    assert again is not case
    assert kept[again] == "first"


def test_a_case_of_another_process_is_found_under_this_ones_hash() -> None:
    """Texts have other hashes in every process."""
    program = (
        "import pickle, sys; from strategy.case.samples import load_sample; case = load_sample('telecom'); "
        "hash(case); sys.stdout.buffer.write(pickle.dumps(case))"
    )
    sent = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
    assert {load_sample("telecom"): "first"}[pickle.loads(sent)] == "first"
