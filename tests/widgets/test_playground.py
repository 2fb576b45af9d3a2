"""The decision playground, driven by its values; with and without the part that runs in the browser."""

import threading

import pytest

from course_lib.widgets import DecisionPlayground, playground
from course_lib.widgets.playground import verdict
from course_lib.widgets.small_mlp import Training


def test_verdicts() -> None:
    training = Training((2, 1))
    assert verdict("XOR", training, 5, True) == (
        "Not trained yet: predict what it will do, then press Train.",
        False,
    )
    assert verdict("XOR", training, 5, False) == ("Add points of both classes.", False)
    training.losses = [0.5]
    assert verdict("XOR", training, 1, True) == ("1 mistake left.", False)
    assert verdict("XOR", training, 0, True) == ("Solved: XOR with 3 hidden neurons.", True)
    training.losses = [0.5] * playground.MAX_STEPS
    assert "2,000 steps, still 2 mistakes. Another start" in verdict("XOR", training, 2, True)[0]


def test_two_hidden_neurons_solve_xor_and_the_fewest_are_kept() -> None:
    play = DecisionPlayground("XOR", hidden_layers=1, neurons=4)
    while not play.advance(50):
        pass
    assert play.best == {"XOR": 4} and "Solved: XOR with 4 hidden neurons." in play.state.value
    play.neurons.value = 2
    assert play.training.losses == [] and play.best == {"XOR": 4}
    for _ in range(10):  # some starts get stuck
        while not play.advance(50):
            pass
        if play.best["XOR"] == 2:
            break
        play.restart_button.click()
    assert play.best == {"XOR": 2} and "Your fewest hidden neurons: XOR 2" in play.kept.value
    assert play.trouble.value == ""


def test_a_perceptron_never_solves_xor() -> None:
    play = DecisionPlayground("XOR")
    assert play.neurons.disabled and play.activation.disabled
    assert "Perceptron: 0 hidden neurons" in play.size.value and "3 parameters" in play.size.value
    while not play.advance(500):
        pass
    assert play.best == {} and "Another start, or another network?" in play.state.value
    X, y = play.points
    assert len(play.training.mistakes(X, y)) >= 24  # one of the four clouds at least, but for a point


def test_changing_the_data_changes_the_points_and_begins_anew() -> None:
    play = DecisionPlayground("blobs")
    play.advance(100)
    assert play.best == {"blobs": 0}
    assert play.view is not None
    before = play.view.points
    play.data.value = "circles"
    assert play.training.losses == [] and play.name == "circles" and play.view.points != before
    play.data.value = "blobs"
    assert play.view.points == before


def test_a_click_makes_them_the_learners_own_points() -> None:
    play = DecisionPlayground("blobs")
    assert play.view is not None
    play.view.points = play.view.points[:-1]
    play.advance(200)
    assert "Solved: your points with 0 hidden neurons." in play.state.value and "99 of 99" in play.state.value
    assert play.best == {}
    play.view.points = [[0.0, 0.0, 1]]
    assert "Add points of both classes." in play.state.value and play.advance()
    play.view.points = []
    assert play.advance() and play.trouble.value == "" and play.still().startswith(b"\x89PNG")


def test_mistakes_wear_rings_once_they_are_few() -> None:
    play = DecisionPlayground("blobs")
    assert play.view is not None
    play.advance(200)
    assert play.view.wrong == []
    play.view.points = [*play.view.points, [0.5, 0.5, -1]]
    assert play.view.wrong == [100]
    play.view.points = [[x, y, -label] for x, y, label in play.view.points]
    assert "101 points right" in play.state.value and play.view.wrong == []


def test_trains_in_a_thread_and_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = threading.Event()
    monkeypatch.setattr(playground, "FRAME_S", 0.001)
    play = DecisionPlayground("XOR")
    assert play.view is not None
    play.view.observe(lambda change: drawn.set(), "field")
    play.toggle(background=True)
    assert play.train_button.description == "Pause" and drawn.wait(60)
    play.train_button.click()
    play.wait()
    assert not play.running and play.train_button.description == "Train"
    steps = len(play.training.losses)
    assert steps > 0 and steps % playground.STEPS_A_FRAME == 0 and play.trouble.value == ""


def test_another_network_waits_for_a_press(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playground, "FRAME_S", 0.001)
    play = DecisionPlayground("XOR")
    play.toggle(background=True)
    play.hidden_layers.value = 2
    play.wait()
    assert play.training.hidden == (1, 1) and play.training.losses == [] and not play.running
    play.toggle(background=True)
    play.data.value = "spiral"
    play.wait()
    assert play.training.losses == [] and "Not trained yet" in play.state.value


def test_trains_in_the_foreground_until_it_is_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playground, "FRAME_S", 0.0)
    play = DecisionPlayground("blobs")
    play.lr.value = 0.3
    play.toggle(background=False)
    assert not play.running and play.training.losses[-1] < playground.SMALL_LOSS and play.best == {"blobs": 0}


def test_after_the_last_step_training_starts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playground, "FRAME_S", 0.0)
    monkeypatch.setattr(playground, "MAX_STEPS", 8)
    play = DecisionPlayground("XOR")
    play.toggle(background=False)
    assert play.seed == 0 and len(play.training.losses) == 8
    play.toggle(background=False)
    assert play.seed == 1 and len(play.training.losses) == 8


def test_errors_show_in_the_widget(monkeypatch: pytest.MonkeyPatch) -> None:
    play = DecisionPlayground("XOR")
    monkeypatch.setattr(play.training, "train", None)
    play.toggle(background=True)
    play.wait()
    assert "TypeError" in play.trouble.value and play.train_button.description == "Train"
    play.restart_button.click()
    assert play.trouble.value == ""


def test_points_as_text() -> None:
    play = DecisionPlayground("blobs", clickable=False)
    before = play.image.value
    play.lines.value = "0.5 0.5 +1\n-0.5 -0.5 -1"
    assert "of 2 points right" in play.state.value and play.image.value != before
    play.lines.value = "nonsense"
    assert "line 1: write x, y and the class" in play.trouble.value


def test_still_is_part_of_the_saved_output() -> None:
    play = DecisionPlayground()
    assert play._repr_png_() == play.still()
