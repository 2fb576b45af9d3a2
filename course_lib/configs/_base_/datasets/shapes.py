"""Shapes, the kit's own pictures, 32×32: ten shapes in any colour, place and size, before a textured background."""

train_pipeline = [dict(type="RandomFlip", prob=0.5), dict(type="PackInputs")]
test_pipeline = [dict(type="PackInputs")]
data_preprocessor = dict(mean=[127.5, 127.5, 127.5], std=[63.0, 63.0, 63.0])
train_dataloader = dict(
    batch_size=64,
    dataset=dict(type="Shapes", split="train", num_samples=3000, size=32, difficulty=0.4, pipeline=train_pipeline),
)
val_dataloader = dict(
    batch_size=256,
    dataset=dict(type="Shapes", split="test", num_samples=500, size=32, difficulty=0.4, pipeline=test_pipeline),
)
val_evaluator = dict(type="Accuracy", topk=(1,))
