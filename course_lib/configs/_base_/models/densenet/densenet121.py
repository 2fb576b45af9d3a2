"""DenseNet-121 for ImageNet: 7,978,856 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="DenseNet", arch="121"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=1024, topk=(1, 5)),
)
