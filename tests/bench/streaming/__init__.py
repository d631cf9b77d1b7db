"""How many answers one process of the public door streams at a time, and what that costs everybody else."""
