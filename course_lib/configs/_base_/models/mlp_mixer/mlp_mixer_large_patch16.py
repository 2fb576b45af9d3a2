"""MLP-Mixer-Large/16 for ImageNet: 208,196,168 parameters, timm's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="MlpMixer", arch="l", img_size=224, patch_size=16),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=1024, topk=(1, 5)),
)
