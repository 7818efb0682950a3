"""Generative adversarial networks: a generator and a critic that learn against each other."""
