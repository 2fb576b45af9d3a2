"""The words that names of configs are made of: data sets, schedules, augmentations, and what else a training adds."""

from typing import NamedTuple


class DataSet(NamedTuple):
    """A data set's title, and the classes of ours that read it ('' where there is none)."""

    title: str
    reader: str


# by the short names of MMPretrain's configs, and our own
DATA_SETS = {
    "in1k": DataSet("ImageNet-1k (ILSVRC 2012), 1,000 classes", "ImageNet"),
    "imagenet": DataSet("ImageNet-1k (ILSVRC 2012), 1,000 classes", "ImageNet"),
    "in21k": DataSet("ImageNet-21k, about 21,800 classes", "ImageNet21k"),
    "cifar10": DataSet("CIFAR-10, 32×32 pixels, 10 classes", "CIFAR10"),
    "cifar100": DataSet("CIFAR-100, 32×32 pixels, 100 classes", "CIFAR100"),
    "mnist": DataSet("MNIST, handwritten digits, 28×28 pixels", "MNIST"),
    "fashionmnist": DataSet("Fashion-MNIST, clothes, 28×28 pixels", "FashionMNIST"),
    "cub": DataSet("CUB-200-2011, 200 kinds of birds", "CUB"),
    "voc": DataSet("Pascal VOC, several of 20 classes in each picture", "VOC"),
    "voc07": DataSet("Pascal VOC 2007, several of 20 classes in each picture", "VOC"),
    "voc12": DataSet("Pascal VOC 2012, several of 20 classes in each picture", "VOC"),
    "flowers102": DataSet("Oxford Flowers, 102 kinds", "Flowers102"),
    "oxfordiiitpet": DataSet("Oxford-IIIT Pet, 37 breeds of cats and dogs", "OxfordIIITPet"),
    "stanfordcars": DataSet("Stanford Cars, 196 models", "StanfordCars"),
    "cars": DataSet("Stanford Cars, 196 models", "StanfordCars"),
    "food101": DataSet("Food-101, 101 dishes", "Food101"),
    "fgvcaircraft": DataSet("FGVC-Aircraft, 100 models", "FGVCAircraft"),
    "dtd": DataSet("Describable Textures, 47 classes", "DTD"),
    "sun397": DataSet("SUN397, 397 kinds of places", "SUN397"),
    "caltech101": DataSet("Caltech-101, 101 kinds of objects", "Caltech101"),
    "inshop": DataSet("In-shop clothes of DeepFashion, for retrieval", ""),
    "folder": DataSet("a folder of one's own pictures", "CustomDataset"),
    "digits": DataSet("scikit-learn's digits, 8×8 pixels", "Digits"),
    "shapes": DataSet("Shapes, the kit's own drawings", "Shapes"),
}

# words of the training's part
WORDS = {
    "coslr": "the learning rate falls along a cosine",
    "steplr": "the learning rate falls in steps",
    "linearlr": "the learning rate falls along a straight line",
    "lars": "the optimizer LARS",
    "lamb": "the optimizer LAMB",
    "warmup": "the learning rate rises at the beginning",
    "mixup": "Mixup: two pictures blended, and their labels",
    "cutmix": "CutMix: a part of one picture in another, and their labels",
    "autoaug": "AutoAugment: policies that were found by a search",
    "randaug": "RandAugment: a few random operations for each picture",
    "lbs": "smoothed labels",
    "amp": "mixed precision: 16 bits where that is enough",
    "fp16": "mixed precision: 16 bits where that is enough",
    "ema": "an average of the weights is kept",
    "noema": "no average of the weights is kept",
    "precisebn": "the statistics of batch norm are measured anew",
    "01norm": "pixels from 0 to 1, not normalised by mean and deviation",
    "rsb": "a recipe of ResNet strikes back (arXiv 2110.00476)",
    "finetune": "from weights that have learned elsewhere",
    "ft": "fine-tuning: from weights that have learned elsewhere",
    "pt": "pre-training: from random weights",
    "distill": "with a teacher model",
    "lora": "only small additions to the weights learn (arXiv 2106.09685)",
    "mae": "a recipe of Masked Autoencoders (arXiv 2111.06377)",
    "torchvision": "with torchvision's recipe",
    "timm": "with timm's recipe",
}

# what stands in the training's place where nothing is trained
UNTRAINED = {
    "deploy": "not for training: branches are joined into one",
    "evalonly": "not for training: only to measure",
    "headless": "not for training: gives features, no classes",
}

# what belongs to the algorithm's own part, behind a dash
PARTS_OF_ALGORITHMS = {"tiny", "small", "base", "large", "huge", "nano", "xlarge"}

# words that ask for a type somewhere in the config
NEEDED_TYPES = {
    "coslr": ("CosineAnnealingLR", "CosineRestartLR"),
    "mixup": ("Mixup",),
    "cutmix": ("CutMix",),
    "autoaug": ("AutoAugment",),
    "randaug": ("RandAugment",),
    "lbs": ("LabelSmoothLoss",),
}
