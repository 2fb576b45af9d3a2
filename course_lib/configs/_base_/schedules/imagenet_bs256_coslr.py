"""ImageNet in 100 epochs, lr 0.1 for 256 pictures a step, along half a cosine to 0 (arXiv 1608.03983)."""

_base_ = ["imagenet_bs256.py"]

param_scheduler = dict(_delete_=True, type="CosineAnnealingLR", by_epoch=True, T_max=100, begin=0, end=100)
