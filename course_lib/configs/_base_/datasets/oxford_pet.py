"""Oxford-IIIT Pet: 37 breeds, 3,680 photos to train on and 3,669 to measure with; 224×224 pixels.

Fetch it with `course data prepare oxford_pet`. Crops and flips as in `folder_224.py`.
"""

_base_ = ["folder_224.py"]

data_root = "data/oxford_pet"
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type="OxfordIIITPet",
        data_root=data_root,
        split="trainval",
        pipeline=_base_.train_pipeline,
    ),
)
val_dataloader = dict(
    dataset=dict(_delete_=True, type="OxfordIIITPet", data_root=data_root, split="test", pipeline=_base_.test_pipeline),
)
