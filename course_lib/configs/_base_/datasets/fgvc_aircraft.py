"""FGVC-Aircraft: 100 models, 6,667 photos to train on and 3,333 to measure with; 224×224 pixels.

Fetch it with `course data prepare fgvc_aircraft`. Crops and flips as in `folder_224.py`.
"""

_base_ = ["folder_224.py"]

data_root = "data/fgvc_aircraft"
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type="FGVCAircraft",
        data_root=data_root,
        split="trainval",
        pipeline=_base_.train_pipeline,
    ),
)
val_dataloader = dict(
    dataset=dict(_delete_=True, type="FGVCAircraft", data_root=data_root, split="test", pipeline=_base_.test_pipeline),
)
