"""Stanford Cars: 196 models, 8,144 photos to train on and 8,041 to measure with; 224×224 pixels.

Fetch it with `course data prepare stanford_cars`. Crops and flips as in `folder_224.py`.
"""

_base_ = ["folder_224.py"]

data_root = "data/stanford_cars"
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type="StanfordCars",
        data_root=data_root,
        split="train",
        pipeline=_base_.train_pipeline,
    ),
)
val_dataloader = dict(
    dataset=dict(_delete_=True, type="StanfordCars", data_root=data_root, split="test", pipeline=_base_.test_pipeline),
)
