"""DenseNet-201 for ImageNet: 20,013,928 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="DenseNet", arch="201"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=1920, topk=(1, 5)),
)
