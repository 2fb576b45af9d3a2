"""DenseNet-169 for ImageNet: 14,149,480 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="DenseNet", arch="169"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=1664, topk=(1, 5)),
)
