"""World Models: a picture becomes 32 numbers, a recurrent model foretells them, a linear controller drives (Ha and Schmidhuber 2018)."""
