"""The 1,797 handwritten digits that come with scikit-learn, 8×8 pixels, enlarged to 32×32; 80 % train, 20 % test."""

train_pipeline = [
    dict(type="Resize", scale=32),
    dict(type="RandomCrop", crop_size=32, padding=2),
    dict(type="PackInputs"),
]
test_pipeline = [dict(type="Resize", scale=32), dict(type="PackInputs")]
data_preprocessor = dict(mean=[77.9], std=[96.3])
train_dataloader = dict(batch_size=64, dataset=dict(type="Digits", split="train", pipeline=train_pipeline))
val_dataloader = dict(batch_size=256, dataset=dict(type="Digits", split="test", pipeline=test_pipeline))
val_evaluator = dict(type="Accuracy", topk=(1,))
