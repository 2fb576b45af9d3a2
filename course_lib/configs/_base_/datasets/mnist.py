"""MNIST: 60,000 + 10,000 handwritten digits of 28×28 pixels. Fetch it with `course data prepare mnist`."""

data_root = "data/mnist"
train_pipeline = [dict(type="PackInputs")]
test_pipeline = [dict(type="PackInputs")]
data_preprocessor = dict(mean=[33.3], std=[78.6])
train_dataloader = dict(
    batch_size=64, dataset=dict(type="MNIST", data_root=data_root, split="train", pipeline=train_pipeline)
)
val_dataloader = dict(
    batch_size=500, dataset=dict(type="MNIST", data_root=data_root, split="test", pipeline=test_pipeline)
)
val_evaluator = dict(type="Accuracy", topk=(1,))
