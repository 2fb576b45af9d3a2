"""MLP-Mixer-Base/16 for ImageNet: 59,880,472 parameters, timm's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="MlpMixer", arch="b", img_size=224, patch_size=16),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=768, topk=(1, 5)),
)
