"""Lesson 14, ViT: patches, attention, several heads of it, and a test of who notices the order."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..compare import Case, Difference, close, first_difference, short, to_array
from ..exercise import Answer, Exercise

# --- patchify ---------------------------------------------------------------------------------------------------------

PATCHIFY = '''def patchify(x, p):
    """Pictures as rows of patches: an array (N, C, H, W) → (N, L, C · p · p), with L = (H / p) · (W / p).

    The patches come as one reads: row by row, from the left. In a patch, too: first all of channel 0, row by row.
    """
    N, C, H, W = x.shape
    x = x.reshape(N, C, H // p, p, W // p, p)  # cut both sides, so that each patch has axes of its own
    x = x.transpose(...)  # the two axes that say WHICH patch come before the three that say where IN it
    return x.reshape(N, ..., C * p * p)
'''


def patchify(x: np.ndarray, p: int) -> np.ndarray:
    return cut(x, p, (0, 2, 4, 1, 3, 5))


def cut(x: np.ndarray, p: int, order: tuple[int, ...]) -> np.ndarray:
    """Patches with their axes (N, C, row, row in it, column, column in it) in that order."""
    num, channels, height, width = x.shape
    axes = x.reshape(num, channels, height // p, p, width // p, p)
    return axes.transpose(order).reshape(num, -1, channels * p * p)


def patchify_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((np.arange(16.0).reshape(1, 1, 4, 4), 2), "one grey picture of 4 × 4, in four patches")
    yield Case((np.arange(24.0).reshape(1, 1, 4, 6), 2), "a picture wider than tall: two rows of three patches")
    yield Case((np.arange(24.0).reshape(1, 1, 6, 4), 2), "a picture taller than wide")
    yield Case((np.arange(12.0).reshape(1, 3, 2, 2), 2), "a colour picture that is one patch")
    yield Case((np.arange(12.0).reshape(1, 3, 2, 2), 1), "patches of one pixel: its three colours")
    yield Case((np.arange(32.0).reshape(2, 1, 4, 4), 2), "two pictures")
    for _ in range(3):
        p, (num, channels, rows, columns) = int(rng.integers(1, 5)), rng.integers(1, 4, size=4)
        yield Case((rng.normal(size=(num, channels, p * rows, p * columns)).round(2), p))


WRONG_ORDERS = {
    (0, 4, 2, 1, 3, 5): "The patches come column by column: row and column are exchanged.",
    (0, 2, 4, 1, 5, 3): "Inside each patch, rows and columns are exchanged.",
    (0, 2, 4, 3, 5, 1): "Inside each patch, the channels come last: pixel by pixel instead of channel by channel.",
    (0, 1, 2, 4, 3, 5): "The channels are cut apart: each patch holds all of them.",
    (0, 1, 2, 3, 4, 5): "The numbers are still in the picture's order: `transpose` has moved nothing.",
}


def cuts_the_same(case: Case, got: Any, expected: Any) -> Difference | None:
    """As ``close``, with words for axes in another order."""
    difference = close(case, got, expected)
    if difference is None or got is None:
        return difference
    values, (x, p) = to_array(got), case.args
    for order, why in WRONG_ORDERS.items():
        if values.shape == expected.shape and np.array_equal(values, cut(x, p, order)):
            return Difference(difference.got, difference.expected, why)
    return difference


# --- attention --------------------------------------------------------------------------------------------------------

ATTENTION = '''def attention(q, k, v):
    """What each question takes from the values: softmax(q · kᵀ / √d) · v.

    q: tensor (..., L, d); k: (..., M, d); v: (..., M, e). Each of the L questions spreads one unit of attention over
    the M keys. Returns (..., L, e).
    """
    weights = ...  # (..., L, M): how much of its attention each question gives to each key
    return weights @ v
'''


def attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return attend(q, k, v)


def attend(q: Tensor, k: Tensor, v: Tensor, scale: float | None = None, dim: int = -1) -> Tensor:
    """Attention, or what a usual mistake makes of it: another scale, the softmax over another axis."""
    scores = q @ k.transpose(-1, -2) * (q.shape[-1] ** -0.5 if scale is None else scale)
    return scores.softmax(dim) @ v


def attention_cases(rng: np.random.Generator) -> Iterator[Case]:
    def drawn(*shape: int, size: float = 1.0) -> Tensor:
        return torch.tensor(rng.normal(0, size, shape), dtype=torch.float32)

    same = torch.tensor([[0.0, 0.0], [3.0, 0.0], [0.0, 6.0]])
    yield Case((torch.zeros(1, 2), drawn(3, 2), same), "a question of zeros: all keys alike, so the mean of the values")
    one = torch.tensor([[2.0, 0.0]])
    yield Case((one, torch.tensor([[2.0, 0.0], [0.0, 2.0]]), torch.eye(2)), "a question like the first of two keys")
    yield Case((drawn(3, 4), drawn(3, 4), drawn(3, 4)), "as many questions as keys")
    yield Case((drawn(2, 3), drawn(5, 3), drawn(5, 4)), "2 questions, 5 keys, values of 4 numbers")
    yield Case((drawn(1, 16), drawn(4, 16), drawn(4, 2)), "16 numbers a key")
    yield Case((drawn(2, 3, 4), drawn(2, 3, 4), drawn(2, 3, 4)), "a batch of two")
    yield Case((drawn(2, 2, 3, 4), drawn(2, 2, 3, 4), drawn(2, 2, 3, 4)), "a batch of two, each with two heads")
    yield Case((drawn(2, 4, size=40.0), drawn(3, 4, size=40.0), drawn(3, 2)), "scores in the thousands")


def attends_the_same(case: Case, got: Any, expected: Any) -> Difference | None:
    """As ``close`` to a part in 10,000, with words for a wrong scale and a wrong softmax."""
    if not (why := first_difference(got, expected, tolerance=1e-4)):
        return None
    values = to_array(got)
    if values.dtype.kind == "f" and values.shape == tuple(expected.shape):
        if np.isnan(values).any():
            why = "There are numbers that are none (nan): exp is too large for a computer. Use `.softmax(dim=…)`."
        else:
            why = named(values, attention_mistakes(*case.args)) or why
    return Difference(short(got), short(expected), why)


def attention_mistakes(q: Tensor, k: Tensor, v: Tensor) -> dict[str, Tensor]:
    """What the usual mistakes give, by the advice."""
    d = q.shape[-1]
    return {
        "The scores are not divided by √d.": attend(q, k, v, scale=1.0),
        "The scores are divided by d; it is the square root of d.": attend(q, k, v, scale=1 / d),
        "The softmax runs over the questions. Each question spreads its attention over the KEYS: the last axis.": (
            attend(q, k, v, dim=-2)
        ),
        "There is no softmax: the scores themselves weigh the values.": q @ k.transpose(-1, -2) / math.sqrt(d) @ v,
    }


def named(values: np.ndarray, mistakes: Mapping[str, Tensor]) -> str:
    """The advice for the mistake that gives these values; '' if there is none."""
    for why, wrong in mistakes.items():
        if values.shape == tuple(wrong.shape) and np.allclose(values, wrong.detach().numpy(), atol=1e-4):
            return why
    return ""


# --- MultiHeadSelfAttention -------------------------------------------------------------------------------------------

MULTI_HEAD = '''class MultiHeadSelfAttention(nn.Module):
    """Self-attention with several heads: (N, L, dim) → (N, L, dim).

    Head 0 has the first d = dim / num_heads numbers of each q, k and v, head 1 the next d, and so on. Each attends for
    itself; what they take is put side by side again, and the linear layer `proj` mixes it.
    """

    def __init__(self, dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.qkv = nn.Linear(dim, 3 * dim)  # all of q, then all of k, then all of v
        self.proj = ...  # dim → dim

    def forward(self, x):
        # q, k and v, each (N, L, dim) → (N, L, heads, d) → (N, heads, L, d); attention; all the way back; proj
        ...
'''


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, dim: int, num_heads: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x).chunk(3, dim=2)
        return self.proj(joined(q, k, v, self.num_heads))


def joined(q: Tensor, k: Tensor, v: Tensor, num_heads: int, scale: float | None = None, dim: int = -1) -> Tensor:
    """What all heads take, side by side, from q, k and v (N, L, D): (N, L, D)."""
    q, k, v = (part.unflatten(2, (num_heads, -1)).transpose(1, 2) for part in (q, k, v))  # (N, heads, L, d)
    return attend(q, k, v, scale, dim).transpose(1, 2).flatten(2)


def multi_head_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((4, 1), "one head")
    yield Case((4, 2), "two heads of two numbers")
    yield Case((12, 3), "three heads of four numbers")
    yield Case((6, 6), "as many heads as numbers")
    heads = int(rng.integers(2, 6))
    yield Case((heads * int(rng.integers(2, 6)), heads))


def given(dim: int) -> tuple[dict[str, Tensor], Tensor]:
    """The weights that both modules get, by name, and three tokens of each of two pictures, (2, 3, dim)."""
    rng = np.random.default_rng(dim)
    shapes = {"qkv.weight": (3 * dim, dim), "qkv.bias": (3 * dim,), "proj.weight": (dim, dim), "proj.bias": (dim,)}
    drawn = {name: rng.normal(0, 0.7, shape) for name, shape in shapes.items()}
    tensors = {name: torch.tensor(values, dtype=torch.float32) for name, values in drawn.items()}
    return tensors, torch.tensor(rng.normal(size=(2, 3, dim)), dtype=torch.float32)


def look_at_attention(answer: Answer, dim: int, num_heads: int) -> Any:
    """The shape of each of a module's tensors, by name, and its answer to what ``given`` gives."""
    torch.manual_seed(0)
    module = answer(dim, num_heads)
    if not isinstance(module, nn.Module):
        return module
    shapes = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    weights, tokens = given(dim)
    if shapes != {name: tuple(value.shape) for name, value in weights.items()}:
        return {"shapes": shapes}
    module.load_state_dict(weights)
    with torch.no_grad():
        return {"shapes": shapes, "output": module.eval()(tokens)}


def multi_head_mistakes(dim: int, num_heads: int) -> dict[str, Tensor]:
    """What a module with the right tensors gives if it is wrong in one of the ways that are met most, by the advice."""
    weights, x = given(dim)
    batch, length, _ = x.shape
    qkv = nn.functional.linear(x, weights["qkv.weight"], weights["qkv.bias"])
    q, k, v = qkv.chunk(3, dim=2)

    def proj(parts: Tensor) -> Tensor:
        return nn.functional.linear(parts, weights["proj.weight"], weights["proj.bias"])

    right = joined(q, k, v, num_heads)
    q_cut, k_cut, v_cut = (part.unflatten(2, (num_heads, -1)) for part in (q, k, v))  # (N, L, heads, d)
    apart = attend(q_cut.transpose(1, 2), k_cut.transpose(1, 2), v_cut.transpose(1, 2))
    cut_wrong = attend(
        q.reshape(batch, num_heads, length, -1),
        k.reshape(batch, num_heads, length, -1),
        v.reshape(batch, num_heads, length, -1),
    )
    return {
        "The output projection is missing: `proj` mixes what the heads took.": right,
        "The scores are not divided by √d.": proj(joined(q, k, v, num_heads, scale=1.0)),
        "The scores are divided by √dim. Each head has d = dim / num_heads numbers: √d.": (
            proj(joined(q, k, v, num_heads, scale=dim**-0.5))
        ),
        "The softmax runs over the questions. Each question spreads its attention over the KEYS: the last axis.": (
            proj(joined(q, k, v, num_heads, dim=-2))
        ),
        "It is one large head: `num_heads` changes nothing.": proj(joined(q, k, v, 1)),
        "The heads are cut along the wrong axis: first (N, L, heads, d), then exchange the axes L and heads.": (
            proj(cut_wrong.transpose(1, 2).flatten(2))
        ),
        "It is cut and put together along the wrong axis: first (N, L, heads, d), then exchange the axes.": (
            proj(cut_wrong.reshape(batch, length, -1))
        ),
        "The heads' results are put together in the wrong order: exchange the axes back before `reshape`.": (
            proj(apart.reshape(batch, length, -1))
        ),
        "The heads attend to one another, not the tokens: exchange the axes L and heads before attention.": (
            proj(attend(q_cut, k_cut, v_cut).flatten(2))
        ),
        "q and k are exchanged: the rows are the questions.": proj(joined(k, q, v, num_heads)),
    }


def is_that_attention(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether a module has the right tensors and makes the right thing of them; the usual mistakes by name."""
    if not isinstance(got, Mapping):
        return Difference(short(got), "a module", "The class should be a torch.nn.Module, as the stub begins it.")
    if why := unlike(got["shapes"], expected["shapes"]):
        return Difference(short(got["shapes"], 400), short(expected["shapes"], 400), why)
    if got["output"] is None:
        return Difference("None", short(expected["output"]), "`forward` returned None: is there a `return`?")
    if not (why := first_difference(got["output"], expected["output"], tolerance=1e-4)):
        return None
    why = named(to_array(got["output"]), multi_head_mistakes(*case.args)) or why
    return Difference(short(got["output"]), short(expected["output"]), why)


def unlike(got: Mapping[str, Any], expected: Mapping[str, Any]) -> str:
    """What is wrong with a module's tensors, by their names and shapes; '' if nothing is."""
    for name, shape in expected.items():
        if name not in got:
            return f"There is no `{name}`: is `{name.partition('.')[0]}` made in __init__, as an nn.Linear with a bias?"
        if tuple(got[name]) != tuple(shape):
            return f"`{name}` has the shape {tuple(got[name])}; expected is {tuple(shape)}."
    extra = next((name for name in got if name not in expected), "")
    return f"There is `{extra}`, which should not be there." if extra else ""


# --- notices_order ----------------------------------------------------------------------------------------------------

NOTICES_ORDER = '''def notices_order(f, x, perm):
    """Whether f notices in which order its tokens come: True or False.

    f: a function of tokens (L, D) that gives as many tokens; x: tokens (L, D); perm: indices (L,), a new order.
    f does NOT notice it if permuted tokens give the same results, only permuted in the same way. Computers round: call
    results the same if they differ by less than 0.0001.
    """
    ...
'''


def notices_order(f: Callable[[Tensor], Tensor], x: Tensor, perm: Tensor) -> bool:
    return not torch.allclose(f(x[perm]), f(x)[perm], rtol=0, atol=1e-4)


def each_alone(x: Tensor) -> Tensor:
    """Every token for itself."""
    return torch.tanh(3 * x)


def look_around(x: Tensor) -> Tensor:
    """Self-attention without positions."""
    return (x @ x.T).softmax(dim=-1) @ x


def with_positions(x: Tensor) -> Tensor:
    """Self-attention on tokens that were told where they stand."""
    x = x + torch.arange(len(x), dtype=x.dtype)[:, None] / len(x)
    return (x @ x.T).softmax(dim=-1) @ x


def crowd(x: Tensor) -> Tensor:
    """All tokens become the mean of all."""
    return x.mean(dim=0, keepdim=True).expand(len(x), -1)


def from_the_left(x: Tensor) -> Tensor:
    """Each token sees itself and those before it."""
    return x.cumsum(dim=0)


def neighbours(x: Tensor) -> Tensor:
    """A convolution: the mean of a token and the one before it."""
    return (x + x.roll(1, dims=0)) / 2


def first_only(x: Tensor) -> Tensor:
    """The first token to all."""
    return x[:1].expand(len(x), -1)


def order_cases(rng: np.random.Generator) -> Iterator[Case]:
    def tokens(length: int, dim: int) -> Tensor:
        return torch.tensor(rng.normal(size=(length, dim)), dtype=torch.float32)

    turned = torch.tensor([2, 0, 1])
    yield Case((each_alone, tokens(3, 2), turned), "a function that treats each token for itself")
    yield Case((from_the_left, tokens(3, 2), turned), "a sum from the left, as far as each token")
    yield Case((from_the_left, tokens(3, 2), torch.arange(3)), "an order that is the old one: nobody can notice it")
    yield Case((crowd, tokens(4, 3), torch.tensor([1, 2, 3, 0])), "a function that gives every token the mean")
    perm = torch.tensor(rng.permutation(np.roll(np.arange(40), 1)))
    yield Case((look_around, 3 * tokens(40, 8), perm), "self-attention without positions")
    yield Case((with_positions, tokens(8, 3), torch.arange(8).flip(0)), "self-attention with positions")
    yield Case((neighbours, tokens(5, 2), torch.tensor([4, 3, 2, 1, 0])), "a convolution over the tokens")
    yield Case((neighbours, tokens(5, 2), torch.tensor([1, 2, 3, 4, 0])), "a convolution in a ring, all move up one")
    yield Case((first_only, tokens(3, 4), turned), "a function that gives every token the first one")
    yield Case((first_only, tokens(3, 4), torch.tensor([0, 2, 1])), "the same, and the first token stays where it is")
    falling = torch.tensor([[3.0], [2.0], [1.0]])
    yield Case((first_only, falling, turned), "the same with falling numbers: every difference is below 0")
    yield Case((from_the_left, tokens(3, 2), torch.tensor([0, 2, 1])), "a sum from the left; the first token stays")


def tells_who_notices(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether it is the right one of True and False; a tensor of one truth value will do."""
    if got is None:
        return close(case, got, expected)
    value = to_array(got)
    if value.shape != () or value.dtype.kind != "b":
        return Difference(short(got), str(expected), f"One True or False is asked for, not {short(got)}.")
    if bool(value) == expected:
        return None
    f, x, perm = case.args
    away = (f(x[perm]) - f(x)[perm]).abs().max().item()
    why = f"f(x[perm]) and f(x)[perm] differ by {away:.2g} at the most, so {'yes' if expected else 'no'}, it does"
    return Difference(str(bool(value)), str(expected), f"{why}{'' if expected else ' not notice'}.")


EXERCISES = (
    Exercise(
        "14.patchify",
        PATCHIFY,
        patchify,
        patchify_cases,
        hints=(
            "After the first `reshape` the axes are: 0 picture, 1 channel, 2 row of patches, 3 row in the patch, "
            "4 column of patches, 5 column in the patch. In which order should they come?",
            "`x.transpose(0, 2, 4, 1, 3, 5)`, and the last line's blank is `(H // p) * (W // p)`.",
        ),
        compare=cuts_the_same,
        points=2,
    ),
    Exercise(
        "14.attention",
        ATTENTION,
        attention,
        attention_cases,
        hints=(
            "`k.transpose(-1, -2)` turns the last two axes only, so batches and heads stay. d is `q.shape[-1]`. Over "
            "which axis must the weights of one question sum to 1?",
            "`scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5`, then `weights = scores.softmax(dim=-1)`.",
        ),
        compare=attends_the_same,
        points=2,
    ),
    Exercise(
        "14.MultiHeadSelfAttention",
        MULTI_HEAD,
        MultiHeadSelfAttention,
        multi_head_cases,
        hints=(
            "`q, k, v = self.qkv(x).chunk(3, dim=2)`. `q.reshape(N, L, self.num_heads, -1).transpose(1, 2)` cuts q "
            "into heads, k and v alike. Your `attention` takes any number of axes in front.",
            "`out = attention(q, k, v)`, then back: `out.transpose(1, 2).reshape(N, L, D)`; at last `self.proj(out)`, "
            "with `self.proj = nn.Linear(dim, dim)`.",
        ),
        compare=is_that_attention,
        use=look_at_attention,
        points=3,
    ),
    Exercise(
        "14.notices_order",
        NOTICES_ORDER,
        notices_order,
        order_cases,
        hints=(
            "`x[perm]` are the tokens in their new order. Compare `f(x[perm])` with the results in the new order.",
            "`(f(x[perm]) - f(x)[perm]).abs().max()` is the largest difference; `.item()` makes a number of it.",
        ),
        compare=tells_who_notices,
        points=2,
    ),
)
