"""How good generated and reconstructed pictures are: exact definitions on arrays, and a ladder that each must climb."""
