"""ShuffleNet 1× with 3 groups for ImageNet: 1,865,728 parameters, pytorchcv's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="ShuffleNetV1", groups=3),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=960, topk=(1, 5)),
)
