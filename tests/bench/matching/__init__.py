"""The matching engine beside a random assignment and CP-SAT, at equal wall time and cores."""
