"""Fashion-MNIST: 60,000 + 10,000 clothes of 28×28 pixels. Fetch it with `course data prepare fashion_mnist`."""

_base_ = ["mnist.py"]

data_root = "data/fashion_mnist"
train_pipeline = [dict(type="RandomFlip", prob=0.5, direction="horizontal"), dict(type="PackInputs")]
data_preprocessor = dict(mean=[72.9], std=[90.0])
train_dataloader = dict(dataset=dict(type="FashionMNIST", data_root=data_root, pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(type="FashionMNIST", data_root=data_root))
