"""Points of two classes in a plane, from easy to hard, with coordinates from -1 to 1."""

import numpy as np

NUM_POINTS = 100


def blobs(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two round clouds."""
    y = np.repeat([-1, 1], NUM_POINTS // 2)
    return 0.42 * y[:, None] + rng.normal(0, 0.15, (NUM_POINTS, 2)), y


def xor(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Four clouds, one in each corner; opposite corners are of one class."""
    centres = np.repeat([(-0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (0.5, -0.5)], NUM_POINTS // 4, axis=0)
    return centres + rng.normal(0, 0.11, (NUM_POINTS, 2)), np.repeat([-1, 1], NUM_POINTS // 2)


def circles(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A cloud within a ring."""
    y = np.repeat([1, -1], NUM_POINTS // 2)
    radius = np.where(y > 0, 0.28 * np.sqrt(rng.uniform(size=NUM_POINTS)), rng.normal(0.72, 0.05, NUM_POINTS))
    return polar(radius, rng.uniform(0, 2 * np.pi, NUM_POINTS)), y


def spiral(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two arms wound around one another."""
    y = np.repeat([-1, 1], NUM_POINTS // 2)
    along = np.tile(np.linspace(0.08, 1, NUM_POINTS // 2), 2)
    return polar(0.92 * along, 1.35 * 2 * np.pi * along + np.where(y > 0, np.pi, 0)) + rng.normal(0, 0.012, (100, 2)), y


def polar(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """(N, 2) of radii (N,) and angles (N,)."""
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


CLOUDS = {"blobs": blobs, "XOR": xor, "circles": circles, "spiral": spiral}


def cloud(name: str, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """X (N, 2), rounded to hundredths and within -1 to 1, and y (N,) of -1 and +1; the same for the same seed."""
    X, y = CLOUDS[name](np.random.default_rng(seed))
    return np.clip(np.round(X, 2), -1, 1), y
