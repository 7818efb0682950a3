"""What a generator is told beside noise, and who checks that it heeds it."""
