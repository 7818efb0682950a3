"""See, replay, check, edit and exchange recorded episodes, a person's or an agent's.

examples:
  sim-suite episodes record sim_suite/CarRacing-v0 --agent car-racing-pursuit --episodes 20 --out data/expert
  sim-suite episodes list data/expert
  sim-suite episodes info data/expert --out expert.html
  sim-suite episodes replay data/expert#0 --video lap.mp4
  sim-suite episodes replay data/expert --verify
  sim-suite episodes balance data/expert --out data/balanced
  sim-suite episodes split data/expert --out data/parts
  sim-suite episodes merge data/laps data/fixes --out data/all
  sim-suite episodes export data/laps --to minari data/laps-minari
  sim-suite episodes import --from minari data/laps-minari --out data/back
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

import tyro

from sim_suite.cli.episodes_edit import Balance, Merge, Split, balance_folder, merge_folders, split_folder
from sim_suite.cli.episodes_exchange import Export, Import, export_episodes, import_episodes
from sim_suite.cli.episodes_info import Info, info
from sim_suite.cli.episodes_look import Index, List, make_index, show_list
from sim_suite.cli.episodes_record import Record, record
from sim_suite.cli.episodes_replay import Replay, replay

Arguments = (
    Annotated[Record, tyro.conf.subcommand("record")]
    | Annotated[List, tyro.conf.subcommand("list")]
    | Annotated[Index, tyro.conf.subcommand("index")]
    | Annotated[Info, tyro.conf.subcommand("info")]
    | Annotated[Replay, tyro.conf.subcommand("replay")]
    | Annotated[Balance, tyro.conf.subcommand("balance")]
    | Annotated[Split, tyro.conf.subcommand("split")]
    | Annotated[Merge, tyro.conf.subcommand("merge")]
    | Annotated[Export, tyro.conf.subcommand("export")]
    | Annotated[Import, tyro.conf.subcommand("import")]
)
_RUNS: Final[Mapping[type, Callable[[Any], int]]] = {
    Record: record,
    List: show_list,
    Index: make_index,
    Info: info,
    Replay: replay,
    Balance: balance_folder,
    Split: split_folder,
    Merge: merge_folders,
    Export: export_episodes,
    Import: import_episodes,
}


def run(arguments: Record | List | Index | Info | Replay | Balance | Split | Merge | Export | Import) -> int:
    """Run the sub-command."""
    return _RUNS[type(arguments)](arguments)
