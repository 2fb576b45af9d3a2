"""RepVGG's deploy form against the form that trained (and that against timm's: ``tests/parity``)."""

import pytest
import torch
from torch import nn

from course_lib.models import RepVGG

# the paper's millions, with 1000 classes
DEPLOYED = {
    "A0": 8.31,
    "A1": 12.79,
    "A2": 25.5,
    "B0": 14.34,
    "B1": 51.83,
    "B1g2": 41.36,
    "B1g4": 36.13,
    "B2": 80.32,
    "B2g2": 63.96,
    "B2g4": 55.78,
    "B3": 110.96,
    "B3g2": 87.4,
    "B3g4": 75.63,
}


@pytest.mark.parametrize("arch", DEPLOYED)
def test_the_deploy_form_has_the_papers_parameters(arch: str) -> None:
    with torch.device("meta"):
        form = RepVGG(arch, deploy=True)
    parameters = sum(p.numel() for p in form.parameters()) + (form.out_channels + 1) * 1000
    assert parameters / 1e6 == pytest.approx(DEPLOYED[arch], abs=0.005 + 1e-6)


def draw_statistics(network: nn.Module) -> None:
    generator = torch.Generator().manual_seed(1)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None and module.running_var is not None
            module.running_mean.normal_(0, 0.2, generator=generator)
            module.running_var.uniform_(0.5, 2, generator=generator)
            nn.init.uniform_(module.weight, 0.2, 0.7, generator=generator)
            nn.init.normal_(module.bias, 0, 0.2, generator=generator)


@pytest.mark.parametrize("arch", ["A0", "B1g4", "D2se"])
def test_the_deploy_form_gives_the_same(arch: str) -> None:
    torch.manual_seed(0)
    network = RepVGG(arch, base_channels=16, out_indices=(0, 1, 2, 3)).double()
    draw_statistics(network)
    network.eval()
    images = torch.randn(2, 3, 64, 64).double()  # both forms add up in another order
    with torch.no_grad():
        expected = network(images)
        network.switch_to_deploy()
        found = network(images)
        for a, b in zip(found, expected, strict=True):
            assert (a - b).abs().max() <= 1e-9 * b.abs().max()
        network.switch_to_deploy()  # a second time changes nothing
        built = RepVGG(arch, base_channels=16, out_indices=(0, 1, 2, 3), deploy=True).double().eval()
        built.load_state_dict(network.state_dict())
        assert all(torch.equal(a, b) for a, b in zip(built(images), found, strict=True))
    assert not any(isinstance(module, nn.BatchNorm2d) for module in network.modules())


def test_frozen_blocks_stay_frozen_in_deploy_form() -> None:
    network = RepVGG("A0", base_channels=16, frozen_stages=1)
    network.switch_to_deploy()
    frozen = {name.split(".")[0] for name, p in network.named_parameters() if not p.requires_grad}
    assert frozen == {"stem", "stage_1"}
