"""CUB-200-2011: 200 kinds of birds, 5,994 photos to train on and 5,794 to measure with; 224×224 pixels.

Fetch it with `course data prepare cub200`. Crops and flips as in `folder_224.py`.
"""

_base_ = ["folder_224.py"]

data_root = "data/cub200"
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type="CUB",
        data_root=data_root,
        split="train",
        pipeline=_base_.train_pipeline,
    ),
)
val_dataloader = dict(
    dataset=dict(_delete_=True, type="CUB", data_root=data_root, split="test", pipeline=_base_.test_pipeline),
)
