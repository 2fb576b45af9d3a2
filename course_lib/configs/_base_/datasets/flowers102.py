"""Oxford Flowers: 102 kinds, 2,040 photos to train on and 6,149 to measure with; 224×224 pixels.

Fetch it with `course data prepare flowers102`. Crops and flips as in `folder_224.py`.
"""

_base_ = ["folder_224.py"]

data_root = "data/flowers102"
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type="Flowers102",
        data_root=data_root,
        split="trainval",
        pipeline=_base_.train_pipeline,
    ),
)
val_dataloader = dict(
    dataset=dict(_delete_=True, type="Flowers102", data_root=data_root, split="test", pipeline=_base_.test_pipeline),
)
