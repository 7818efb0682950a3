"""A checkpoint of a task that is no classification."""

from __future__ import annotations

from perception.segmentation.config import SegmentationConfig
from perception.segmentation.task import SegmentationTask
from perception.training import checkpoint
from sim_suite.settings import plain_config


def save_of_another_task(folder):
    """Without any training."""
    config = SegmentationConfig(width=2, levels=2)
    task = SegmentationTask(config, 0)
    checkpoint.save(folder, task.network(), checkpoint.Description("segmentation", plain_config(config), task.classes))
