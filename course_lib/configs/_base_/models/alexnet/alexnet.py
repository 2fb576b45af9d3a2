"""AlexNet for ImageNet: 61,100,840 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="AlexNet", num_classes=1000),
    head=dict(type="ClsHead", topk=(1, 5)),
)
