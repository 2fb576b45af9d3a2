"""RepVGG against timm's, and its deploy form against the form that trained."""

import pytest
import torch
from torch import Tensor, nn

from course_lib.models import RepVGG

# timm's numbers for the form that trains, with 1000 classes; the deploy form's are the paper's millions
PARAMETERS = {
    "A0": (9_108_968, 8.31),
    "A1": (14_092_264, 12.79),
    "A2": (28_210_600, 25.5),
    "B0": (15_817_960, 14.34),
    "B1": (57_415_016, 51.83),
    "B1g2": (45_782_376, 41.36),
    "B1g4": (39_966_056, 36.13),
    "B2": (89_022_376, 80.32),
    "B2g2": (70_846_376, 63.96),
    "B2g4": (61_758_376, 55.78),
    "B3": (123_085_288, 110.96),
    "B3g2": (96_911_848, 87.4),
    "B3g4": (83_825_128, 75.63),
}


@pytest.mark.parametrize("arch", PARAMETERS)
def test_as_many_parameters_as_published(arch: str) -> None:
    trains, deploys = PARAMETERS[arch]
    with torch.device("meta"):
        for form, published in ((RepVGG(arch), trains), (RepVGG(arch, deploy=True), deploys * 1e6)):
            parameters = sum(p.numel() for p in form.parameters()) + (form.out_channels + 1) * 1000
            assert parameters == pytest.approx(published, abs=0 if published == trains else 5e3 + 1)


def draw_statistics(network: nn.Module) -> None:
    generator = torch.Generator().manual_seed(1)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None and module.running_var is not None
            module.running_mean.normal_(0, 0.2, generator=generator)
            module.running_var.uniform_(0.5, 2, generator=generator)
            nn.init.uniform_(module.weight, 0.2, 0.7, generator=generator)
            nn.init.normal_(module.bias, 0, 0.2, generator=generator)


@pytest.mark.parametrize("arch", ["A0", "B1g4"])
def test_the_deploy_form_gives_the_same(arch: str) -> None:
    torch.manual_seed(0)
    network = RepVGG(arch, base_channels=32, out_indices=(0, 1, 2, 3))
    draw_statistics(network)
    network.eval()
    images = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        expected = network(images)
        network.switch_to_deploy()
        found = network(images)
        for a, b in zip(found, expected, strict=True):
            assert (a - b).abs().max() <= 1e-5 * b.abs().max()
        network.switch_to_deploy()  # a second time changes nothing
        built = RepVGG(arch, base_channels=32, out_indices=(0, 1, 2, 3), deploy=True).eval()
        built.load_state_dict(network.state_dict())
        assert all(torch.equal(a, b) for a, b in zip(built(images), found, strict=True))
    assert not any(isinstance(module, nn.BatchNorm2d) for module in network.modules())


def as_ours(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """timm's names → ours; its stages count from 0, ours, as MMPretrain's, from 1."""
    ours = {}
    for name, value in state.items():
        for i in range(4):
            name = name.replace(f"stages.{i}.", f"stage_{i + 1}.")
        for old, new in (("identity", "branch_norm"), ("conv_kxk", "branch_3x3"), ("conv_1x1", "branch_1x1")):
            name = name.replace(f".{old}.", f".{new}.")
        if not name.startswith("head."):
            ours[name.replace(".bn.", ".norm.")] = value
    return ours


@pytest.mark.parametrize("arch", ["A0", "B1g4"])
def test_same_weights_same_maps_as_timm(arch: str) -> None:
    timm = pytest.importorskip("timm")
    theirs = timm.create_model(f"repvgg_{arch.lower()}").eval()
    draw_statistics(theirs)
    with torch.device("meta"):
        ours = RepVGG(arch)
    ours.load_state_dict(as_ours(theirs.state_dict()), assign=True)
    images = torch.randn(1, 3, 32, 32)
    with torch.no_grad():
        expected = theirs.forward_features(images)
        assert expected.std() > 1e-3
        torch.testing.assert_close(ours.eval()(images)[0], expected, rtol=1e-4, atol=1e-5 * float(expected.abs().max()))


def test_frozen_blocks_stay_frozen_in_deploy_form() -> None:
    network = RepVGG("A0", base_channels=16, frozen_stages=1)
    network.switch_to_deploy()
    frozen = {name.split(".")[0] for name, p in network.named_parameters() if not p.requires_grad}
    assert frozen == {"stem", "stage_1"}
