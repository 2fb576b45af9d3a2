"""The figure of a picture on its way through a classifier."""

import numpy as np
import torch

from course_lib.widgets import data_flow_figure
from course_lib.widgets.data_flow import picture_of


def test_one_panel_a_station_with_its_shape() -> None:
    stations = {
        "batch": torch.randint(0, 255, (4, 3, 8, 8), dtype=torch.uint8),
        "backbone": torch.rand(4, 5, 2, 2, requires_grad=True),
        "neck": torch.rand(4, 5),
        "head": torch.tensor([[0.0, 2.0, 1.0]] * 4),
    }
    figure = data_flow_figure(stations, ["circle", "star", "moon"], index=1, label=2)
    assert [axes.get_title() for axes in figure.axes] == list(stations)
    labels = [axes.get_xlabel() for axes in figure.axes]
    assert labels == ["(4, 3, 8, 8)\nuint8", "(4, 5, 2, 2)\nfloat32", "(4, 5)\nfloat32", "(4, 3)\nfloat32"]
    names = figure.axes[-1].get_yticklabels()
    assert [name.get_text() for name in names if name.get_fontweight() == "bold"] == ["star"]


def test_maps_stand_side_by_side() -> None:
    maps = np.arange(5 * 2 * 2, dtype=float).reshape(5, 2, 2)
    sheet = picture_of(maps)
    assert sheet.shape == (8, 8)  # 3 × 3 places of 2 × 2 pixels, and lines between them
    assert sheet[0, 0] == 0 and sheet[3, 3] == 16 / 19 and np.isnan(sheet[2]).all() and np.isnan(sheet[6:, 6:]).all()
    assert picture_of(np.zeros((3, 4, 4))).shape == (4, 4, 3)
