"""The agents and training methods that come with the suite, by name. Source: ours."""

from __future__ import annotations

from agents.agent_entry import AgentEntry

_CAR_RACING = ("CarRacing-v3", "sim_suite/CarRacing-v0")
_DRIVING = ("sim_suite/Driving-v0", "sim_suite/Scenario-v0", "sim_suite/Carla-v0")
_TABULAR = (
    ("policy-evaluation", "values of a given policy by sweeps over the table; acts greedily on them"),
    ("policy-iteration", "best policy by evaluating and improving in turn"),
    ("value-iteration", "best policy by sweeps of the optimality equation"),
    ("mc-first-visit-es", "first-visit Monte Carlo control with exploring starts"),
    ("mc-every-visit-es", "every-visit Monte Carlo control with exploring starts"),
    ("mc-first-visit-eps", "first-visit Monte Carlo control with an epsilon-greedy policy"),
    ("mc-every-visit-eps", "every-visit Monte Carlo control with an epsilon-greedy policy"),
    ("td0", "TD(0) values of a given policy; acts greedily on them"),
    ("sarsa", "on-policy temporal-difference control"),
    ("q-learning", "off-policy temporal-difference control"),
    ("double-q-learning", "Q-learning with two tables against maximisation bias"),
)
_CHAUFFEUR = "agents.imitation.chauffeurnet.methods:METHODS"
_CHAUFFEURS = (
    ("chauffeurnet", "imitates experts that drive meanwhile: heatmaps of waypoints, ten losses (Bansal et al. 2018)"),
    (
        "chauffeurnet-fast",
        "ChauffeurNet's data and losses; all waypoints at once, and a box that is drawn with gradients",
    ),
)
_PERCEIVING = (
    (
        "chauffeurnet-perceived",
        "PerceivedAgent",
        "zoo:chauffeurnet-m4 by its own cameras: others, lights and signs are perceived, the map is known",
    ),
    (
        "chauffeurnet-perceived-road",
        "RoadSeeingAgent",
        "the same, and where there is road and which lines are on it is seen by its cameras as well",
    ),
    (
        "chauffeurnet-perceived-gnss",
        "PlainReceiverAgent",
        "chauffeurnet-perceived with a plain satellite receiver and a magnetic compass in place of RTK",
    ),
    (
        "chauffeurnet-perceived-matched",
        "MapMatchingAgent",
        "the same, and the ground that its cameras see is held against the map",
    ),
)
_BREAKOUT = ("sim_suite/BreakoutDeterministic-v0", "ALE/Breakout-v5")
_Q_LEARNERS = (
    (
        "dqn",
        "deep Q-network: replay memory and target network (Mnih et al. 2015)",
        (("CartPole-v1", "cartpole-dqn"), *((env, "breakout-dqn") for env in _BREAKOUT)),
    ),
    (
        "ddqn",
        "double DQN: one network chooses the next action, the other says its worth (van Hasselt et al. 2016)",
        (
            ("CartPole-v1", "cartpole-ddqn"),
            ("FrozenLake-v1", "frozen-lake-ddqn"),
            *((env, "breakout-ddqn") for env in _BREAKOUT),
        ),
    ),
    (
        "pqn",
        "parallel Q(lambda) with layer norms, without replay memory and target network (Gallici et al. 2024)",
        tuple((env, "breakout-pqn") for env in _BREAKOUT),
    ),
)
_HILL = "MountainCarContinuous-v0"
_POLICY_GRADIENT = (
    (
        "reinforce",
        "returns of whole episodes make actions likelier (Williams 1992)",
        ((_HILL, "mountain-car-continuous-reinforce"),),
    ),
    (
        "reinforce-baseline",
        "REINFORCE with a learned baseline (Sutton and Barto 2018, section 13.4)",
        ((_HILL, "mountain-car-continuous-reinforce-baseline"),),
    ),
    (
        "actor-critic",
        "one-step actor-critic (Sutton and Barto 2018, section 13.5)",
        ((_HILL, "mountain-car-continuous-actor-critic"),),
    ),
    (
        "a2c",
        "advantage actor-critic (Mnih et al. 2016)",
        ((_HILL, "mountain-car-continuous-a2c"), ("CartPole-v1", "cartpole-a2c")),
    ),
    (
        "ppo",
        "proximal policy optimisation (Schulman et al. 2017)",
        (
            ("CartPole-v1", "cartpole-ppo"),
            ("Pendulum-v1", "pendulum-ppo"),
            ("FrozenLake-v1", "frozen-lake-ppo"),
            *((env, "car-racing-ppo") for env in _CAR_RACING),
            ("sim_suite/Driving-v0", "driving-ppo"),
        ),
    ),
    ("trpo", "trust region policy optimisation (Schulman et al. 2015)", (("CartPole-v1", "cartpole-trpo"),)),
)
_POLICY_METHODS = "agents.policy_gradient.methods:METHODS"
_SB3 = (
    ("sb3-a2c", "advantage actor-critic (Mnih et al. 2016), Stable-Baselines3"),
    ("sb3-ppo", "proximal policy optimisation (Schulman et al. 2017), Stable-Baselines3"),
    ("sb3-dqn", "deep Q-network (Mnih et al. 2015), Stable-Baselines3"),
    ("sb3-sac", "soft actor-critic (Haarnoja et al. 2018), Stable-Baselines3"),
    ("sb3-td3", "twin delayed DDPG (Fujimoto et al. 2018), Stable-Baselines3"),
    ("sb3-ddpg", "deep deterministic policy gradient (Lillicrap et al. 2016), Stable-Baselines3"),
    ("sb3-qrdqn", "quantile regression DQN (Dabney et al. 2018), sb3-contrib"),
    ("sb3-tqc", "truncated quantile critics (Kuznetsov et al. 2020), sb3-contrib"),
    ("sb3-trpo", "trust region policy optimisation (Schulman et al. 2015), sb3-contrib"),
    ("sb3-recurrent-ppo", "PPO with an LSTM (Hochreiter & Schmidhuber 1997), sb3-contrib"),
    ("sb3-ars", "augmented random search (Mania et al. 2018), sb3-contrib"),
)

SHIPPED: tuple[AgentEntry, ...] = (
    AgentEntry("random", "uniformly random actions", "agents.simple:RandomAgent"),
    AgentEntry("do-nothing", "the action that does nothing", "agents.simple:DoNothingAgent"),
    AgentEntry(
        "car-racing-pursuit",
        "pure pursuit on the privileged track, with a speed profile",
        "agents.experts.car_racing:PursuitDriver",
        envs=_CAR_RACING,
        privileged=True,
    ),
    AgentEntry(
        "blind-route",
        "pure pursuit along the route at a set speed, blind to all else",
        "agents.experts.driving.blind:BlindDriver",
        envs=_DRIVING,
        privileged=True,
    ),
    AgentEntry(
        "pursuit",
        "pure pursuit and PID along the route: limits, lines, crosswalks and the leader",
        "agents.experts.driving.pursuit:PursuitDriver",
        envs=_DRIVING,
        privileged=True,
    ),
    AgentEntry(
        "idm",
        "drives as the traffic model does: IDM and the rules of the road",
        "agents.experts.driving.idm:IdmDriver",
        envs=_DRIVING,
        privileged=True,
    ),
    AgentEntry(
        "pdm",
        "proposes, rolls out and scores, after PDM-Closed (Dauner et al. 2023)",
        "agents.experts.driving.pdm:PdmDriver",
        envs=_DRIVING,
        privileged=True,
    ),
    AgentEntry(
        "mountain-car-pump",
        "energy pumping with economised force",
        "agents.experts.mountain_car:EnergyPump",
        envs=("MountainCarContinuous-v0",),
    ),
    AgentEntry(
        "breakout-follower",
        "waits where the ball will come down, from the raw picture",
        "agents.experts.breakout:BallFollower",
        envs=_BREAKOUT,
    ),
    AgentEntry(
        "cart-pole-lqr", "linear-quadratic regulator", "agents.experts.cart_pole:LqrBalancer", envs=("CartPole-v1",)
    ),
    AgentEntry(
        "pendulum-swing-up",
        "energy swing-up, then a linear-quadratic catch",
        "agents.experts.pendulum:SwingUp",
        envs=("Pendulum-v1",),
    ),
    AgentEntry(
        "solver",
        "perfect play of tic-tac-toe, and of Connect Four from the twelfth ply on; before, UCT with 1,000 rollouts",
        "agents.experts.boards:Solver",
        envs=("sim_suite/TicTacToe-v0", "sim_suite/ConnectFour-v0"),
    ),
    *(
        AgentEntry(name, what, "agents.tabular.agent:TabularAgent", "agents.tabular.methods:METHODS")
        for name, what in _TABULAR
    ),
    AgentEntry(
        "bc",
        "behaviour cloning from recorded episodes: the textbook's CNN, PilotNet, ALVINN",
        "agents.imitation.agent:CloneAgent",
        "agents.imitation.methods:METHODS",
        recipes=tuple((env, "car-racing-bc") for env in _CAR_RACING),
    ),
    *(
        AgentEntry(
            name,
            what,
            "agents.imitation.chauffeurnet.agent:ChauffeurAgent",
            _CHAUFFEUR,
            envs=(*_DRIVING, *_CAR_RACING),
            recipes=(
                ("sim_suite/Driving-v0", f"{name}-small"),
                *((env, f"{name}-car-racing") for env in _CAR_RACING),
            ),
        )
        for name, what in _CHAUFFEURS
    ),
    *(
        AgentEntry(name, what, f"agents.imitation.chauffeurnet.perceived:{kind}", envs=_DRIVING)
        for name, kind, what in _PERCEIVING
    ),
    AgentEntry(
        "dagger",
        "behaviour cloning that drives and is told by the expert where it errs (Ross et al. 2011)",
        "agents.imitation.agent:CloneAgent",
        "agents.imitation.methods:METHODS",
        recipes=tuple((env, "car-racing-dagger") for env in _CAR_RACING),
    ),
    *(
        AgentEntry(name, what, "agents.value_based.agent:QAgent", "agents.value_based.methods:METHODS", recipes=suited)
        for name, what, suited in _Q_LEARNERS
    ),
    *(
        AgentEntry(
            name,
            what,
            "agents.policy_gradient.agent:PolicyAgent",
            _POLICY_METHODS,
            recipes=suited,
        )
        for name, what, suited in _POLICY_GRADIENT
    ),
    AgentEntry(
        "recurrent-ppo",
        "PPO with an LSTM (Schulman et al. 2017; Hochreiter and Schmidhuber 1997)",
        "agents.policy_gradient.recurrent.agent:RecurrentAgent",
        _POLICY_METHODS,
        recipes=tuple((env, "car-racing-recurrent-ppo") for env in _CAR_RACING),
    ),
    AgentEntry(
        "world-models",
        "a VAE's latents, a recurrent model that foretells them, a linear controller by CMA-ES (Ha and Schmidhuber 2018)",
        "agents.world_models.agent:WorldModelAgent",
        "agents.world_models.methods:METHODS",
        envs=_CAR_RACING,
        recipes=tuple((env, "car-racing-world-models") for env in _CAR_RACING),
    ),
    AgentEntry(
        "alphazero",
        "plays itself and learns what its search finds (Silver et al. 2018; Danihelka et al. 2022)",
        "agents.alphazero.agent:BoardAgent",
        "agents.alphazero.methods:METHODS",
        recipes=(
            ("sim_suite/TicTacToe-v0", "alphazero-tic-tac-toe"),
            ("sim_suite/ConnectFour-v0", "alphazero-connect-four"),
        ),
    ),
    AgentEntry("mcts", "board games: UCT with 1,000 random rollouts and a solver", "agents.alphazero.mcts:MctsAgent"),
    AgentEntry("mcts-100", "board games: UCT with 100 random rollouts", "agents.alphazero.mcts:Mcts100Agent"),
    *(AgentEntry(name, what, "agents.sb3.agent:Sb3Agent", "agents.sb3.methods:METHODS") for name, what in _SB3),
)
