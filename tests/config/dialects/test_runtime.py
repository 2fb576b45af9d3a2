"""Hooks, logs, seeds, processes, and where the training starts from."""

from typing import Any

import pytest

from course_lib.config.config import Config
from course_lib.config.dialects import upgrade


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            dict(checkpoint_config=dict(interval=2, max_keep_ckpts=3, create_symlink=False)),
            dict(default_hooks=dict(checkpoint=dict(type="CheckpointHook", interval=2, max_keep_ckpts=3))),
        ),
        (
            dict(log_config=dict(interval=50, hooks=[dict(type="TextLoggerHook")])),
            dict(default_hooks=dict(logger=dict(type="LoggerHook", interval=50))),
        ),
        (
            dict(
                log_config=dict(
                    interval=50,
                    hooks=[
                        dict(type="TextLoggerHook"),
                        dict(type="TensorboardLoggerHook", log_dir="runs"),
                        dict(type="MMClsWandbHook", init_kwargs=dict(project="flowers"), log_checkpoint=True),
                    ],
                )
            ),
            dict(
                default_hooks=dict(logger=dict(type="LoggerHook", interval=50)),
                visualizer=dict(
                    type="UniversalVisualizer",
                    vis_backends=[
                        dict(type="LocalVisBackend"),
                        dict(type="TensorboardVisBackend", save_dir="runs"),
                        dict(type="WandbVisBackend", init_kwargs=dict(project="flowers")),
                    ],
                ),
            ),
        ),
        (dict(seed=3, deterministic=True), dict(randomness=dict(seed=3, deterministic=True))),
        (
            dict(dist_params=dict(backend="nccl"), cudnn_benchmark=True, mp_start_method="fork", opencv_num_threads=0),
            dict(
                env_cfg=dict(
                    cudnn_benchmark=True,
                    mp_cfg=dict(mp_start_method="fork", opencv_num_threads=0),
                    dist_cfg=dict(backend="nccl"),
                )
            ),
        ),
        (dict(resume_from="a.pth", load_from=None), dict(load_from="a.pth", resume=True)),
        (dict(resume_from=None, load_from="a.pth"), dict(load_from="a.pth", resume=False)),
        (dict(resume_from=None, load_from=None), dict(load_from=None, resume=False)),
        (
            dict(workflow=[("train", 1)], custom_hooks=[dict(type="EMAHook")], log_level="INFO"),
            dict(custom_hooks=[dict(type="EMAHook")], log_level="INFO"),
        ),
    ],
)
def test_a_field(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert upgrade(Config.fromdict(old)) == new


def test_the_checkpoint_hook_gathers_what_two_fields_said() -> None:
    values = dict(
        data=dict(train=dict(type="A"), val=dict(type="A")),
        evaluation=dict(save_best="auto"),
        checkpoint_config=dict(interval=5),
    )
    assert upgrade(Config.fromdict(values)).default_hooks.checkpoint == dict(
        type="CheckpointHook", save_best="auto", interval=5
    )
