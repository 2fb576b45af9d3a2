"""Food-101: 101 dishes, 75,750 photos to train on and 25,250 to measure with; 224×224 pixels.

Fetch it with `course data prepare food101`. Crops and flips as in `folder_224.py`.
"""

_base_ = ["folder_224.py"]

data_root = "data/food101"
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type="Food101",
        data_root=data_root,
        split="train",
        pipeline=_base_.train_pipeline,
    ),
)
val_dataloader = dict(
    dataset=dict(_delete_=True, type="Food101", data_root=data_root, split="test", pipeline=_base_.test_pipeline),
)
