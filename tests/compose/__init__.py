"""compose.yaml, run for real: `make compose-test`. stand_ins.sh makes images without a registry."""
