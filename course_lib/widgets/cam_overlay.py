"""The CAM overlay (类激活图): which places of a picture speak for a class, by method and layer; with your own picture.

It shows the networks of ``Inferencer``, and so needs torch: it is imported from here, not from ``widgets``.
"""

import html
from collections.abc import Sequence

import ipywidgets
import numpy as np
import torch
from torch import Tensor, nn

from course_lib.config.errors import ConfigError, DataError
from course_lib.inference import Inferencer
from course_lib.interpret import METHODS, default_layer, map_layers

from .cam_view import CamPicture
from .gallery import uploaded
from .parts import BLUE, GREEN, ORANGE, KeepsPicture, guarded, picture, sentence

NAMES = {"grad-cam": "Grad-CAM", "grad-cam++": "Grad-CAM++", "cam": "CAM"}
OWN, PREDICTED = -1, -1  # the picture that was uploaded, and the class that the network says
ONTO = 3  # the first goal: so much more heat in the box than evenly spread heat would have there
GOALS = {
    "onto": f"for the right class, {ONTO} times as much of the heat in the box as the box is of the picture",
    "beside": "a right answer for which the LAST layer has less of its heat in the box than the box is of the picture",
}

# --- what is computed -------------------------------------------------------------------------------------------------


def layers_by_size(model: nn.Module, inputs: Tensor) -> dict[str, str]:
    """Of each size of maps the last layer, the finest first: 'name · H × W' → the layer's name.

    Args:
        inputs: float (N, C, H, W), as the model takes them.

    Raises:
        ConfigError: no layer gives a map.
    """
    last = default_layer(model, inputs)
    found: dict[tuple[int, int], str] = {}
    for name, (_, height, width) in map_layers(model, inputs).items():
        found[height, width] = name
        if name == last:
            break
    sizes = sorted(found, reverse=True)
    return {f"{found[size]} · {size[0]} × {size[1]}": found[size] for size in sizes}


def heat_in_box(heat: np.ndarray, box: np.ndarray) -> tuple[float, float]:
    """How much of the heat (H, W) is in a box, and how much of the picture the box is, 0 to 1 each.

    Args:
        box: x0, y0, x1, y1 in pixels; x1 and y1 are the first beyond it.
    """
    x0, y0, x1, y1 = (int(edge) for edge in box)
    total = float(heat.sum())
    inside = float(heat[y0:y1, x0:x1].sum())
    return (inside / total if total else 0.0), (x1 - x0) * (y1 - y0) / heat.size


class Looker:
    """A network that says where it looks; each heat map is computed once.

    Args:
        inferencer: The network, and how its pictures are made ready.
    """

    def __init__(self, inferencer: Inferencer) -> None:
        self.inferencer = inferencer
        self.heats: dict[tuple[bytes, int, str, str], np.ndarray] = {}

    def inputs(self, image: np.ndarray) -> Tensor:
        """A picture, uint8 (C, H, W), as the network takes it: float (1, C, H', W')."""
        batch = {"images": self.inferencer.prepare(torch.as_tensor(image))[None].to(self.inferencer.device)}
        return self.inferencer.preprocessor(batch, False)["images"]

    @torch.no_grad()
    def chances(self, image: np.ndarray) -> np.ndarray:
        """The probability of each class, float (K,)."""
        logits: Tensor = self.inferencer.model(self.inputs(image))
        return logits.float().softmax(dim=1)[0].cpu().numpy()

    def heat(self, image: np.ndarray, label: int, method: str, layer: str) -> np.ndarray:
        """Where a picture speaks for a class: float (H', W') in 0…1.

        Raises:
            ConfigError: the method cannot look into that layer.
        """
        key = image.tobytes(), label, method, layer
        if key not in self.heats:
            found = METHODS[method](self.inferencer.model, self.inputs(image), label, layer)
            self.heats[key] = found[0].cpu().numpy()
        return self.heats[key]


# --- what is shown ----------------------------------------------------------------------------------------------------


class CamOverlay(KeepsPicture, ipywidgets.VBox):
    """A picture, and its heat map for a class of your choice. Goal: a map on the shape, and one beside it.

    Args:
        inferencer: The network; its class names are the choices.
        pictures: uint8 (C, S, S) each.
        labels: The true class of each, if it is known.
        boxes: (N, 4) of what is on them, as x0, y0, x1, y1 in pixels, if that is known.

    Raises:
        DataError: no picture, or labels or boxes of another number.
        ConfigError: no layer of the network gives a map.
    """

    def __init__(
        self,
        inferencer: Inferencer,
        pictures: Sequence[np.ndarray],
        labels: Sequence[int] | None = None,
        boxes: np.ndarray | None = None,
    ) -> None:
        for name, given in (("labels", labels), ("boxes", boxes)):
            if given is not None and len(given) != len(pictures):
                raise DataError(f"there are {len(pictures)} pictures, but {len(given)} {name}.")
        if not len(pictures):
            raise DataError("there is no picture to show.")
        self.looker, self.pictures, self.boxes = Looker(inferencer), [np.asarray(each) for each in pictures], boxes
        self.labels = None if labels is None else [int(label) for label in labels]
        self.own: np.ndarray | None = None
        self.reached: set[str] = set()
        self.chances = [self.looker.chances(each) for each in self.pictures]
        layers = layers_by_size(inferencer.model, self.looker.inputs(self.pictures[0]))
        self.which = chooser("picture", [(self.name_of(place), place) for place in range(len(self.pictures))])
        said = [(inferencer.name(label), label) for label in range(len(self.chances[0]))]
        self.label = chooser("class", [("what it says", PREDICTED), *said])
        self.method = chooser("method", [(NAMES[method], method) for method in NAMES])
        self.layer = chooser("layer", list(layers.items()))
        self.layer.value = list(layers.values())[-1]
        layout, style = ipywidgets.Layout(width=WIDTH), {"description_width": "64px"}
        self.strength = ipywidgets.FloatSlider(
            0.7, min=0, max=1, step=0.05, description="strength", layout=layout, style=style
        )
        self.upload = ipywidgets.FileUpload(accept="image/*", multiple=False, description="Your own picture")
        self.upload.layout.width = "auto"
        self.view = CamPicture()
        self.image = picture(*self.view.size_px)
        self.text, self.goal, self.trouble = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        update = guarded(self.trouble, self.update)
        for control in (self.which, self.label, self.method, self.layer, self.strength):
            control.observe(update, "value")
        self.upload.observe(guarded(self.trouble, self.take_upload), "value")
        parts = [self.which, self.upload, self.label, self.method, self.layer, self.strength]
        words = ipywidgets.VBox([self.goal, self.text, self.trouble], layout=ipywidgets.Layout(flex="1 1 380px"))
        below = ipywidgets.Box([ipywidgets.VBox(parts), words])
        below.layout = ipywidgets.Layout(flex_flow="row wrap", grid_gap="20px")
        super().__init__([self.image, below])
        self.add_class("course-cam-overlay")
        self.update()

    def name_of(self, place: int) -> str:
        """What a picture is called in the list."""
        return f"{place + 1}" if self.labels is None else f"{place + 1}: {self.class_name(self.labels[place])}"

    def class_name(self, label: int) -> str:
        return self.looker.inferencer.name(label)

    def take_upload(self) -> None:
        """Show the learner's own picture, of which nobody knows the box."""
        own = uploaded(self.upload.value)
        if own is None:
            return
        self.own = own
        names = [(self.name_of(place), place) for place in range(len(self.pictures))]
        self.which.options = [("your own", OWN), *names]  # chooses the first, and so updates
        self.update()

    # --- what is shown ---

    def update(self) -> None:
        """Draw the picture and its heat, say what the network says, and look whether a goal is reached."""
        place = self.which.value
        own = place == OWN and self.own is not None
        image = self.own if self.own is not None and own else self.pictures[place]
        chances = self.looker.chances(image) if own else self.chances[place]
        box = None if own or self.boxes is None else np.asarray(self.boxes[place])
        label = int(chances.argmax()) if self.label.value == PREDICTED else int(self.label.value)
        try:
            heat = self.looker.heat(image, label, self.method.value, self.layer.value)
            problem = ""
        except ConfigError as error:  # such as CAM, which can look into the last layer only
            heat, problem = None, str(error)
        title = f"speaks for “{self.class_name(label)}”"
        self.image.value = self.view.png(image, heat, box, title, self.strength.value)
        lines = [sentence(html.escape(problem), colour=ORANGE)] if problem else []
        lines += [self.said(chances, None if own or self.labels is None else self.labels[place])]
        if heat is not None and box is not None:
            share, area = heat_in_box(heat, box * heat.shape[-1] / image.shape[-1])
            lines.append(
                sentence(f"{100 * share:.0f} % of the heat is in the box, which is {100 * area:.0f} % of all.")
            )
            self.look_at_goals(place, label, share, area)
        elif heat is not None and not heat.any():
            lines.append(sentence("Nothing speaks for this class."))
        self.text.value = "".join(lines)
        self.goal.value = self.goal_html()

    def said(self, chances: np.ndarray, label: int | None) -> str:
        """The three likeliest classes; the right one is green."""
        words = []
        for each in np.argsort(-chances)[:3]:
            text = html.escape(f"{self.class_name(int(each))} {100 * chances[each]:.0f} %")
            words.append(f'<b style="color:{GREEN}">{text}</b>' if each == label else text)
        return sentence(f"It says: {', '.join(words)}.")

    def look_at_goals(self, place: int, label: int, share: float, area: float) -> None:
        """Whether the heat map that is shown reaches a goal."""
        if self.labels is None or label != self.labels[place]:
            return
        if share >= ONTO * area:
            self.reached.add("onto")
        last = self.layer.value == self.layer.options[-1][1]
        if last and int(self.chances[place].argmax()) == label and 0 < share < area:
            self.reached.add("beside")

    def goal_html(self) -> str:
        """Both finds, and which of them are made; without boxes there is nothing to find."""
        if self.labels is None or self.boxes is None:
            return ""
        lines = []
        for goal, text in GOALS.items():
            made = goal in self.reached
            mark = f'<span style="color:{GREEN if made else BLUE}">{"✓" if made else "○"}</span>'
            lines.append(sentence(f"{mark} {text}"))
        done = "Goal reached! Now a picture of your own." if len(self.reached) == len(GOALS) else ""
        return sentence("🎯 Goal: find", bold=True) + "".join(lines) + sentence(done, colour=GREEN, bold=True)


WIDTH = "330px"


def chooser(name: str, options: Sequence[tuple[str, int]] | Sequence[tuple[str, str]]) -> ipywidgets.Dropdown:
    """A list that listens to the arrow keys, its first entry chosen."""
    layout, style = ipywidgets.Layout(width=WIDTH), {"description_width": "64px"}
    return ipywidgets.Dropdown(options=list(options), description=name, layout=layout, style=style)
