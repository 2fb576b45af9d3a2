"""The parts of the widgets: pictures as PNG, against what Pillow reads from them."""

from io import BytesIO

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from course_lib.widgets.parts import SHARPNESS, empty_figure, encoded, png


def test_a_png_holds_the_pixels_that_were_drawn() -> None:
    figure = empty_figure(211, 97)  # odd sides: no row may begin where the last one ended
    figure.add_subplot().imshow(np.random.default_rng(0).random((20, 30)))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    picture = Image.open(BytesIO(encoded(canvas)))
    picture.verify()  # the checksums
    picture = Image.open(BytesIO(encoded(canvas)))
    assert picture.format == "PNG" and picture.mode == "RGB" and picture.size == (211 * SHARPNESS, 97 * SHARPNESS)
    assert np.array_equal(np.asarray(picture), np.asarray(canvas.buffer_rgba())[..., :3])
    assert png(figure) == encoded(canvas)


def test_a_png_of_a_plot_is_no_larger_than_pillows() -> None:
    figure = empty_figure(400, 300)
    figure.add_subplot().plot(np.sin(np.arange(300) / 9))
    drawn, buffer = png(figure), BytesIO()
    Image.open(BytesIO(drawn)).save(buffer, "png", compress_level=1)
    assert len(drawn) <= 1.1 * len(buffer.getvalue())
