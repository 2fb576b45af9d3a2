"""RepVGG-A0, the form that trains, for ImageNet: 9,108,968 parameters, timm's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="RepVGG", arch="A0", out_indices=(3,)),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=1280, topk=(1, 5)),
)
