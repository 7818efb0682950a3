"""The members of the family by name, one small file each."""
