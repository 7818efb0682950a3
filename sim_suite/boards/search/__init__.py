"""Tree search for board games, over arrays of many games: UCT with random rollouts, PUCT and Gumbel search with a network's word.

    search = Search(game, 64, 32, GumbelRule())     batched.py: B games, one evaluation of all for each simulation
    play_out = Rollouts(game, 64, 1000)             rollouts.py: UCT that needs no network

Nothing here knows of networks: who evaluates is handed in as a callable over arrays.
"""
