"""Describable Textures: 47 kinds, 3,760 photos to train on and 1,880 to measure with; 224×224 pixels.

Fetch it with `course data prepare dtd`. Crops and flips as in `folder_224.py`.
"""

_base_ = ["folder_224.py"]

data_root = "data/dtd"
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type="DTD",
        data_root=data_root,
        split="trainval",
        pipeline=_base_.train_pipeline,
    ),
)
val_dataloader = dict(
    dataset=dict(_delete_=True, type="DTD", data_root=data_root, split="test", pipeline=_base_.test_pipeline),
)
