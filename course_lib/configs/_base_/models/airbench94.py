"""airbench94: a whitening layer and three blocks for 32×32 pictures; 1,972,802 parameters, of which 1,971,362 learn."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="AirbenchNet", widths=[64, 256, 256]),
    head=dict(
        type="LinearClsHead",
        num_classes=10,
        in_channels=256,
        loss=dict(type="LabelSmoothLoss", label_smooth_val=0.2),
        # torch's own start, but a bias of 0
        init_cfg=dict(
            type="Kaiming", layer="Linear", a=5**0.5, mode="fan_in", nonlinearity="leaky_relu", distribution="uniform"
        ),
    ),
)
