"""Where weights come from: a path, an address, ``torchvision://NAME`` or ``zoo://NAME`` → a file, fetched and checked.

``zoo://`` are the kit's own weights, which lie in the package. What is fetched is kept where torch keeps such files,
``torch.hub.get_dir()``; of an address whose file name ends in a part of its sha256, as torchvision's and MMPretrain's
do (``resnet18-f37072fd.pth``), that is checked.
"""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import torch

from course_lib.config.download import fetch
from course_lib.config.errors import CheckpointError, DataError, did_you_mean
from course_lib.config.own_weights import own_weights_file

TORCHVISION_WEIGHTS = "IMAGENET1K_V1"  # as in MMEngine: torchvision's first, though it has later ones
DIGEST = re.compile(r"-(?!20\d{6}\.)([0-9a-f]{8,64})\.\w+$")  # eight digits may as well be a day, 20210831


def weights_file(checkpoint: str | Path) -> Path:
    """The file that a checkpoint's name stands for; a path stays as it is, whether there is such a file or not.

    Raises:
        CheckpointError: an unknown name, no network, or a file that is not the published one; the message says where
            to put it by hand.
    """
    scheme, found, name = str(checkpoint).partition("://")
    if isinstance(checkpoint, Path) or not found:
        return Path(checkpoint)
    if scheme == "zoo":
        return own_weights_file(name)
    if scheme == "torchvision":
        return fetched(torchvision_url(name))
    if scheme in ("http", "https", "file"):
        return fetched(checkpoint)
    message = f"{checkpoint}: {scheme}:// is not known; give a path, https://…, torchvision://NAME or zoo://NAME."
    raise CheckpointError(message)


def fetched(url: str) -> Path:
    """The file behind an address, out of torch's folder of downloads where it is there already.

    Raises:
        CheckpointError: it cannot be had, or it is another file than its name says.
    """
    path = Path(torch.hub.get_dir()) / "checkpoints" / Path(unquote(urlsplit(url).path)).name
    digest = DIGEST.search(path.name)
    try:
        return fetch(url, path, sha256=digest[1] if digest else None)
    except DataError as error:
        raise CheckpointError(str(error)) from error


def torchvision_url(name: str) -> str:
    """Where the first ImageNet weights of a torchvision classification model are.

    Raises:
        CheckpointError: torchvision has no such model, or no such weights for it.
    """
    from torchvision import models

    known = models.list_models(module=models)
    if name not in known:
        raise CheckpointError(f"torchvision has no model {name!r}. {did_you_mean(name, known)}")
    offered = models.get_model_weights(name)
    if TORCHVISION_WEIGHTS not in offered.__members__:
        others = ", ".join(offered.__members__)
        message = f"torchvision has no {TORCHVISION_WEIGHTS} weights of {name}, only {others}: give their address."
        raise CheckpointError(message)
    return offered[TORCHVISION_WEIGHTS].url
