"""RepVGG-B1, the form that trains, for ImageNet: 57,415,016 parameters, timm's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="RepVGG", arch="B1", out_indices=(3,)),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=2048, topk=(1, 5)),
)
