"""The decision playground: points of two classes, a network of the learner's choice, and a training to look at.

In Jupyter the training runs in a thread, a few steps for each picture, so that the notebook stays usable; Colab shows
nothing that a thread changes, so there it runs in the foreground. The plane is drawn in the browser (``points.js``).
"""

import html
import threading
from typing import Any

import ipywidgets
import numpy as np

from .mlp_figures import regions_figure
from .parts import GREEN, ORANGE, guarded, picture, png, sentence, threads_show
from .perceptron import beside, count
from .playground_drawing import field, loss_curve
from .point_clouds import CLOUDS, cloud
from .points import as_arrays, make_view, parse
from .small_mlp import ACTIVATIONS, Training, sigmoid

STEPS_A_FRAME, FRAME_S = 4, 0.06  # about 60 steps a second: XOR takes seconds, and can be watched
MAX_STEPS = 2000
SMALL_LOSS = 0.03  # where there is nothing left to see
LEARNING_RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
OWN = "your points"


def verdict(name: str, training: Training, num_wrong: int, both_classes: bool) -> tuple[str, bool]:
    """What is said of a network on points of that name, and whether it has solved them."""
    neurons = count(training.num_hidden, "hidden neuron")
    if not both_classes:
        return "Add points of both classes.", False
    if not training.losses:
        return "Not trained yet: predict what it will do, then press Train.", False
    if not num_wrong:
        return f"Solved: {name} with {neurons}.", True
    if len(training.losses) < MAX_STEPS:
        return f"{count(num_wrong, 'mistake')} left.", False
    return f"{MAX_STEPS:,} steps, still {count(num_wrong, 'mistake')}. Another start, or another network?", False


class DecisionPlayground(ipywidgets.VBox):
    """Perceptron or MLP on points that can be clicked. Goal: every point of XOR right, with the fewest neurons.

    Args:
        data: A key of ``point_clouds.CLOUDS``.
        hidden_layers: None at all makes a perceptron.
        neurons: In each hidden layer.
        clickable: False gives the points as text, as where anywidget is missing.
    """

    def __init__(self, data: str = "XOR", hidden_layers: int = 0, neurons: int = 1, clickable: bool = True) -> None:
        self.best: dict[str, int] = {}  # the fewest hidden neurons that solved it, by data set
        self.seed, self.stopping, self.lock = 0, threading.Event(), threading.RLock()
        self.thread: threading.Thread | None = None
        self.running = False
        self.data = ipywidgets.ToggleButtons(options=list(CLOUDS), value=data)
        self.data.style.button_width = "76px"
        self.hidden_layers = whole(hidden_layers, 0, 3, "hidden layers")
        self.neurons = whole(neurons, 1, 8, "neurons each")
        self.activation = ipywidgets.Dropdown(options=list(ACTIVATIONS), description="activation", **wide("240px"))
        self.lr = ipywidgets.SelectionSlider(
            options=LEARNING_RATES, value=0.03, description="learning rate", **wide("340px")
        )
        self.train_button = ipywidgets.Button(description="Train", button_style="primary")
        self.restart_button = ipywidgets.Button(description="New start")
        self.size, self.state, self.curve, self.kept, self.trouble = (ipywidgets.HTML() for _ in range(5))
        self.state.layout.min_height = "48px"  # two lines, so that what stands below does not jump
        self.view = make_view(("class -1", "class +1")) if clickable else None
        self.lines = ipywidgets.Textarea(
            continuous_update=False, layout=ipywidgets.Layout(width="200px", height="120px")
        )
        self.image = picture(380, 360)
        self._wire()
        goal = ipywidgets.HTML(sentence("🎯 Every point of XOR right, with the fewest hidden neurons.", bold=True))
        buttons = ipywidgets.HBox([self.train_button, self.restart_button])
        controls = [self.data, self.hidden_layers, self.neurons, self.activation, self.lr, buttons]
        side = ipywidgets.VBox([*controls, self.size, self.state, self.curve, self.kept, self.trouble])
        plane = self.view if self.view is not None else ipywidgets.VBox([self.image, self.lines])
        super().__init__([goal, beside(plane, side)])
        self.add_class("course-playground")
        guarded(self.trouble, self.take_data)()

    def _wire(self) -> None:
        """What each control does."""
        self.data.observe(guarded(self.trouble, self.take_data), "value")
        for control in (self.hidden_layers, self.neurons, self.activation):
            control.observe(guarded(self.trouble, self.rebuild), "value")
        source, trait = (self.lines, "value") if self.view is None else (self.view, "points")
        source.observe(guarded(self.trouble, self.show), trait)
        self.train_button.on_click(guarded(self.trouble, self.toggle))
        self.restart_button.on_click(guarded(self.trouble, self.restart))

    # --- points and network ---

    def take_data(self) -> None:
        """Other points, and the same network from its beginning."""
        X, y = cloud(self.data.value)
        points = [[float(x1), float(x2), int(label)] for (x1, x2), label in zip(X, y, strict=True)]
        self.original = points
        with self.lock:
            self.rebuild()
            if self.view is None:
                self.lines.value = "\n".join(f"{x1:g} {x2:g} {label:+d}" for x1, x2, label in points)
            else:
                self.view.points = points

    @property
    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """X (N, 2) and y (N,) as they are now."""
        return as_arrays(parse(self.lines.value) if self.view is None else self.view.points)

    @property
    def name(self) -> str:
        """Of the points: a data set's, as long as nobody has changed one."""
        same = np.array_equal(np.column_stack(self.points), np.array(self.original))
        return str(self.data.value) if same else OWN

    def rebuild(self) -> None:
        """The network that the controls ask for, before its first step; a training ends, so that one predicts anew."""
        with self.lock:
            self.stopping.set()
            layers = self.hidden_layers.value
            self.neurons.disabled = self.activation.disabled = layers == 0
            self.training = Training([self.neurons.value] * layers, self.activation.value, self.seed)
            self.show()

    def restart(self) -> None:
        """The same network with other random weights."""
        self.seed += 1
        self.rebuild()

    # --- training ---

    def toggle(self, background: bool | None = None) -> None:
        """Train, or pause.

        Args:
            background: In a thread; if not given, wherever what a thread shows can be seen.
        """
        if self.running:
            self.stopping.set()
            return
        if len(self.training.losses) >= MAX_STEPS:
            self.restart()
        self.stopping.clear()
        self.running = True
        self.train_button.description, self.train_button.button_style = "Pause", "warning"
        if threads_show() if background is None else background:
            self.thread = threading.Thread(target=self._run, daemon=True)
            self.thread.start()
        else:
            self._run()

    def _run(self) -> None:
        """Frame after frame until it is paused or done; nobody sees the traceback of a thread, so errors are shown."""
        trouble = ""
        try:
            done = False
            while not done and not self.stopping.wait(FRAME_S):
                with self.lock:  # a network that was chosen meanwhile waits for another press
                    done = self.stopping.is_set() or self.advance()
        except Exception as error:
            trouble = sentence(html.escape(f"{type(error).__name__}: {error}"), colour=ORANGE)
        finally:
            self.running = False
            self.train_button.description, self.train_button.button_style = "Train", "primary"
            self.trouble.value = trouble

    def advance(self, num_steps: int = STEPS_A_FRAME) -> bool:
        """Take some steps and show them; whether there is nothing more to do."""
        with self.lock:
            X, y = self.points
            self.training.train(X, y, self.lr.value, num_steps)
            self.show()
            losses = self.training.losses
            solved = len(losses) > 0 and losses[-1] < SMALL_LOSS and not len(self.training.mistakes(X, y))
            return solved or len(losses) >= MAX_STEPS or len(set(y.tolist())) < 2

    def wait(self) -> None:
        """Until the training is paused or over."""
        if self.thread is not None:
            self.thread.join()

    # --- what is shown ---

    def show(self) -> None:
        """The plane, the loss and the words, as they are now."""
        with self.lock:
            X, y = self.points
            training, wrong = self.training, self.training.mistakes(X, y)
            if self.view is None:
                self.image.value = self.still()
            else:
                self.view.field = field(training)
                # more rings than these would hide the points
                self.view.wrong = [int(index) for index in wrong] if len(wrong) <= 12 else []
            said, solved = verdict(self.name, training, len(wrong), len(set(y.tolist())) == 2)
            if solved and self.name != OWN:
                self.best[self.name] = min(training.num_hidden, self.best.get(self.name, 99))
            kind = "Perceptron" if not training.hidden else "MLP"
            neurons = count(training.num_hidden, "hidden neuron")
            self.size.value = sentence(f"<b>{kind}: {neurons}</b>, {training.num_parameters} parameters")
            loss = f", loss {training.losses[-1]:.3f}" if training.losses else ""
            line = f"Step {len(training.losses):,}{loss}: {len(y) - len(wrong)} of {len(y)} points right."
            given_up = not solved and len(training.losses) >= MAX_STEPS
            colour = GREEN if solved else ORANGE if given_up else "inherit"
            self.state.value = sentence(line) + sentence(said, colour=colour, bold=solved)
            self.curve.value = loss_curve(training.losses)
            kept = " · ".join(f"{name} {fewest}" for name, fewest in self.best.items())
            self.kept.value = sentence(f"Your fewest hidden neurons: {kept}", colour=GREEN) if kept else ""

    def still(self) -> bytes:
        """The plane as it is now, for pages where no kernel runs."""
        X, y = self.points

        def chances(places: np.ndarray) -> np.ndarray:
            plus = sigmoid(self.training.scores(places))
            return np.stack([1 - plus, plus], axis=1)

        around = X if len(X) else np.array([[-1.0, -1.0], [1.0, 1.0]])
        return png(regions_figure({self.name: chances}, around, (y + 1) // 2))

    _repr_png_ = still


def whole(value: int, low: int, high: int, name: str) -> ipywidgets.IntSlider:
    """A slider of whole numbers."""
    return ipywidgets.IntSlider(value, low, high, description=name, **wide("340px"))


def wide(width: str) -> dict[str, Any]:
    """The layout of a control whose name needs room."""
    return {"layout": ipywidgets.Layout(width=width), "style": {"description_width": "100px"}}
