"""Names of configs, taken apart: those of the model zoo in both dialects, and what cannot be read."""

import pytest

from course_lib.config import ConfigError
from course_lib.config.naming import ConfigName, meanings, parse_name
from course_lib.config.naming_words import DATA_SETS

# names of MMPretrain 1.2.0 and MMClassification 0.25.0, taken apart by hand:
# algorithm, modules, devices, batch size, extras, data set, picture size
ZOO = {
    "resnet50_8xb32_in1k": ("resnet50", (), 8, 32, (), "in1k", None),
    "resnet50_8xb32-coslr-preciseBN_in1k": ("resnet50", (), 8, 32, ("coslr", "preciseBN"), "in1k", None),
    "resnet50_8xb256-rsb-a3-100e_in1k": ("resnet50", (), 8, 256, ("rsb", "a3", "100e"), "in1k", None),
    "resnet50_8xb128_coslr-90e_in21k": ("resnet50", (), 8, 128, ("coslr", "90e"), "in21k", None),
    "wide-resnet50_timm_8xb32_in1k": ("wide-resnet50", ("timm",), 8, 32, (), "in1k", None),
    "regnetx-1.6gf_8xb128_in1k": ("regnetx-1.6gf", (), 8, 128, (), "in1k", None),
    "vit-base-p16_64xb64_in1k-384px": ("vit-base-p16", (), 64, 64, (), "in1k", 384),
    "vit-base-p16_ft-64xb64_in1k-384": ("vit-base-p16", (), 64, 64, ("ft",), "in1k", 384),
    "deit-tiny_pt-4xb256_in1k": ("deit-tiny", (), 4, 256, ("pt",), "in1k", None),
    "resnet101-csra_1xb16_voc07-448px": ("resnet101-csra", (), 1, 16, (), "voc07", 448),
    "swin-large_8xb8_cub_384px": ("swin-large", (), 8, 8, (), "cub", 384),
    "efficientnet-b0_8xb32-01norm_in1k": ("efficientnet-b0", (), 8, 32, ("01norm",), "in1k", None),
    "repvgg-A0_deploy_in1k": ("repvgg-A0", (), None, None, ("deploy",), "in1k", None),
    "lenet5_mnist": ("lenet5", (), None, None, (), "mnist", None),
    "resnet50_b32x8_imagenet": ("resnet50", (), 8, 32, (), "imagenet", None),
    "mobilenet_v2_b32x8_imagenet": ("mobilenet_v2", (), 8, 32, (), "imagenet", None),
    "resnet50_b64x32_warmup_coslr_imagenet": ("resnet50", (), 32, 64, ("warmup", "coslr"), "imagenet", None),
    "resnet50_b32x8_label_smooth_imagenet": ("resnet50", (), 8, 32, ("lbs",), "imagenet", None),
    "resnet50_b16x8_cifar10_mixup": ("resnet50", (), 8, 16, ("mixup",), "cifar10", None),
    "swin_tiny_224_b16x64_300e_imagenet": ("swin_tiny", (), 64, 16, ("300e",), "imagenet", 224),
    "swin_base_384_evalonly_imagenet": ("swin_base", (), None, None, ("evalonly",), "imagenet", 384),
}


@pytest.mark.parametrize("text", ZOO)
def test_names_of_the_zoo(text: str) -> None:
    name = parse_name(f"configs/somewhere/{text}.py")
    found = (name.algorithm, name.modules, name.devices, name.batch_size, name.extras, name.data, name.px)
    assert found == ZOO[text]
    assert name.text == text
    assert name.is_old == (text.endswith("imagenet") or "x8_" in text)
    assert name.trained == ("deploy" not in text and "evalonly" not in text)
    assert name.in_order == (not text.endswith("mixup"))


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("resnet50_b16x8_cifar10_mixup", "resnet50_8xb16-mixup_cifar10"),
        ("mobilenet_v2_b32x8_imagenet", "mobilenet-v2_8xb32_imagenet"),
        ("repvgg-A0_8xb32_in1k", "repvgg-a0_8xb32_in1k"),
        ("vit-base-p16_64xb64_in1k-384px", "vit-base-p16_64xb64_in1k-384px"),
        ("lenet5_b64_mnist", "lenet5_b64_mnist"),
    ],
)
def test_how_it_would_be_written_today(text: str, better: str) -> None:
    assert parse_name(text).well_written() == better


def test_epochs() -> None:
    assert parse_name("resnet50_8xb256-rsb-a3-100e_in1k").epochs == 100
    assert parse_name("resnet50_8xb32_in1k").epochs is None


def test_meanings() -> None:
    said = meanings(parse_name("wide-resnet50_timm_8xb32-coslr-100e-odd_in1k-384px"))
    assert said == [
        ("wide-resnet50", "the algorithm: which network"),
        ("timm", "a module: what is changed in it, or where it comes from"),
        ("8xb32", "the training: 32 pictures a step on each of 8 devices, 256 in all"),
        ("coslr", "the learning rate falls along a cosine"),
        ("100e", "100 epochs"),
        ("odd", "a word without a fixed meaning: see the config"),
        ("in1k", "the data set: ImageNet-1k (ILSVRC 2012), 1,000 classes"),
        ("384px", "pictures of 384×384 pixels"),
    ]
    assert meanings(parse_name("lenet5_b64_mnist"))[1] == ("b64", "the training: 64 pictures a step")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("resnet50_8xb32_in1kk", "ends in no known data set: 'in1kk'. Did you mean 'in1k'? One's own: 'folder'."),
        ("resnet18_b128_cifar01", "Did you mean 'cifar10'?"),
        ("resnet50_8xb32", "does not say which data set: write algorithm_training_data, such as resnet50_8xb32-coslr"),
        ("resnet50", "does not say which data set"),
        ("8xb32_in1k", "has no algorithm before its training, or an empty part"),
        ("resnet50__8xb32_in1k", "has no algorithm before its training, or an empty part"),
    ],
)
def test_names_that_cannot_be_read(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_name(text)
    assert said in str(caught.value) and repr(text) in str(caught.value)


def test_every_data_set_of_ours_has_a_name() -> None:
    import course_lib.data  # noqa: F401  (it brings the data sets)
    from course_lib.config import registry

    known = set(registry.names("dataset"))
    readers = {entry.reader for entry in DATA_SETS.values() if entry.reader}
    assert readers <= known
    wrappers = {"ClassBalancedDataset", "ConcatDataset", "KFoldDataset", "RepeatDataset", "Subset"}
    assert known - readers - wrappers == set()


def test_a_plain_name_has_plain_values() -> None:
    assert parse_name("lenet5_b64_mnist") == ConfigName("lenet5_b64_mnist", "lenet5", (), None, 64, (), "mnist", None)
