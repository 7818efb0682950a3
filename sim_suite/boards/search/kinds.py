"""Names of the arrays' types. Source: ours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]
Reals = NDArray[np.float32]
Counts = NDArray[np.int32]
Marks = NDArray[np.int8]
Flags = NDArray[np.bool_]
Keys = NDArray[np.uint32]
