import torch

from course_lib.interpret import Confusion, WrongAnswer, confused_pairs, worst_mistakes

SCORES = torch.tensor([[0.75, 0.25], [0.125, 0.875], [1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])


def test_wrong_answers_the_surest_first() -> None:
    found = worst_mistakes(SCORES, torch.tensor([1, 0, 0, 1, 1]))
    assert found == [
        WrongAnswer(1, 0, 1, 0.875, 0.125),
        WrongAnswer(0, 1, 0, 0.75, 0.25),
        WrongAnswer(3, 1, 0, 0.5, 0.5),
    ]
    assert worst_mistakes(SCORES, torch.tensor([1, 0, 0, 1, 1]), count=1) == found[:1]
    assert worst_mistakes(SCORES, SCORES.argmax(dim=1)) == []


def test_pairs_the_most_frequent_first() -> None:
    matrix = torch.tensor([[7, 0, 1], [4, 4, 0], [0, 1, 0]])
    expected = [Confusion(1, 0, 4, 50.0), Confusion(0, 2, 1, 12.5), Confusion(2, 1, 1, 100.0)]
    assert confused_pairs(matrix) == expected
    assert confused_pairs(matrix, count=2) == expected[:2]
    assert confused_pairs(torch.eye(3, dtype=torch.int64)) == []
