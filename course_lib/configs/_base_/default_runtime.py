"""What most trainings share: how often to log, what to keep, the seed."""

default_hooks = dict(
    logger=dict(type="LoggerHook", interval=10),
    checkpoint=dict(type="CheckpointHook", save_best="auto"),
)
randomness = dict(seed=0)
