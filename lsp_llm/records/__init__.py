"""What outlives the server: files in the user's state folder, readable by nobody else."""
