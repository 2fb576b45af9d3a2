"""RepVGG-A2, the form that trains, for ImageNet: 28,210,600 parameters, timm's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="RepVGG", arch="A2", out_indices=(3,)),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=1408, topk=(1, 5)),
)
