"""What stands behind a number or a finding, in words: formulas, terms, answers told."""
