"""A perceptron with two hidden layers for grey pictures of 28×28: 235,146 parameters."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="MLP", in_channels=1, img_size=28, hidden=(256, 128)),
    neck=None,
    head=dict(type="LinearClsHead", num_classes=10, in_channels=128),
)
