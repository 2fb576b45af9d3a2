"""LeNet-5 for grey pictures of 28×28 or 32×32: 61,706 parameters, 0.42 million multiplications a picture."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="LeNet5", num_classes=10),
    neck=None,
    head=dict(type="ClsHead", loss=dict(type="CrossEntropyLoss", loss_weight=1.0)),
)
