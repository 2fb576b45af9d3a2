"""The learners' notebooks, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from course_lib.config.errors import ConfigError, DataError
from course_lib.homework.release import checked_names, release, strip

STUB = '''def accuracy(guesses, y):
    """The share of right guesses."""
    ### BEGIN SOLUTION
    right = np.asarray(guesses) == y
    return right.sum() / len(right)
    ### END SOLUTION


check("02.accuracy", accuracy)'''


def code(source: str, **more: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": 3, "outputs": [], "source": [source]}
    return cell | more


def write(folder: Path, *cells: dict[str, Any], **metadata: Any) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / "02_perceptron.ipynb"
    about = {"kernelspec": {"name": "python3"}, **metadata}
    file.write_text(json.dumps({"cells": list(cells), "metadata": about, "nbformat": 4, "nbformat_minor": 5}))
    return file


SETUP = code("import numpy as np\nfrom course_lib.homework import check")


def refusal(tmp_path: Path, *cells: dict[str, Any], **metadata: Any) -> str:
    write(tmp_path / "masters", SETUP, *cells, **metadata)
    with pytest.raises(DataError) as error:
        release(tmp_path / "masters", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    return str(error.value)


def test_solutions_and_outputs_are_taken_out(tmp_path: Path) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": ["80 %\n"]}
    tagged = {"tags": ["exercise"], "execution": {"iopub.execute_input": "2024"}}
    text = {"cell_type": "markdown", "id": "t", "metadata": {}, "source": ["# Perceptron"]}
    write(tmp_path / "masters", text, SETUP, code(STUB, outputs=[output], metadata=tagged), authors=["a teacher"])
    assert release(tmp_path / "masters", tmp_path / "out") == [tmp_path / "out" / "02_perceptron.ipynb"]
    notebook = json.loads((tmp_path / "out" / "02_perceptron.ipynb").read_text())
    cell = notebook["cells"][2]
    assert "".join(cell["source"]) == (
        'def accuracy(guesses, y):\n    """The share of right guesses."""\n    ...\n\n\ncheck("02.accuracy", accuracy)'
    )
    assert cell["outputs"] == [] and cell["execution_count"] is None and cell["metadata"] == {"tags": ["exercise"]}
    assert notebook["metadata"] == {"kernelspec": {"name": "python3"}} and notebook["cells"][0] == text


def test_our_own_notebook_is_in_order(tmp_path: Path) -> None:
    ours = Path(__file__).parents[2] / "notebooks" / "02_perceptron.ipynb"
    (copy,) = release(ours, tmp_path)
    before, after = (json.loads(file.read_text(encoding="utf-8")) for file in (ours, copy))
    assert ["".join(cell["source"]) for cell in before["cells"]] == ["".join(cell["source"]) for cell in after["cells"]]


def test_a_reference_that_fails_is_refused(tmp_path: Path) -> None:
    text = refusal(tmp_path, code(STUB.replace("len(right)", "2")))
    assert "02.accuracy: the reference solution fails its check. The result is 1.5, expected is 0.75." in text


def test_a_stub_that_passes_is_refused(tmp_path: Path) -> None:
    solved = 'def accuracy(guesses, y):\n    return (guesses == y).mean()\n\ncheck("02.accuracy", accuracy)'
    assert "02.accuracy: the stub passes the check" in refusal(tmp_path, code(solved))
    # also where the check would call it a stub, as a `...` is in it
    useless = STUB.replace("    ### END SOLUTION", "    ### END SOLUTION\n    return (guesses == y).mean()")
    assert "02.accuracy: the stub passes the check" in refusal(tmp_path, code(useless))


LINE = "return right.sum()/len(right)"


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ([code(STUB), code(f"# try: {LINE}")], "cell 2 holds"),
        (
            [code(STUB), {"cell_type": "markdown", "metadata": {}, "source": ["The answer: ", f"`{LINE}`"]}],
            "cell 2 holds",
        ),
        ([code(STUB, outputs=[{"traceback": ["----> 5", LINE]}])], "the output of cell 1 holds"),
        ([code(STUB, metadata={"solution": {"text": LINE}})], "the metadata of cell 1 holds"),
        ([code(STUB + f"\n# {LINE}")], "cell 1 holds"),
    ],
)
def test_a_line_that_leaks_is_refused(tmp_path: Path, cells: list[dict[str, Any]], place: str) -> None:
    assert f"{place} a line of a solution: `return right.sum() / len(right)`." in refusal(tmp_path, *cells)


def test_a_leak_in_the_notebooks_metadata(tmp_path: Path) -> None:
    assert "the notebook's metadata holds a line" in refusal(tmp_path, code(STUB), draft={"a": [LINE]})


def test_the_exercises_own_reference_leaks(tmp_path: Path) -> None:
    stub = 'def predict(w, b, X):\n    ...\n\ncheck("02.predict", predict)'
    text = refusal(tmp_path, code(stub), code("guess = 1\n# return np.where(X @ w + b >= 0, 1, -1)"))
    assert "cell 2 holds a line of a solution: `return np.where(X @ w + b >= 0, 1, -1)`." in text


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    open_block = "def f():\n    ### BEGIN SOLUTION\n    return 1"
    text = refusal(tmp_path, code(open_block), code('check("02.predcit", f)\ncheck("02.split", split)'))
    assert "cell 1: `### BEGIN SOLUTION` without its counterpart." in text
    assert "there is no exercise '02.predcit'. Did you mean '02.predict'?" in text
    assert "02.split: there is no function 'split'" in text


def test_markers() -> None:
    assert strip("a\n### BEGIN SOLUTION\nb\n### END SOLUTION\nc") == ("a\n...\nc", ["b"], "")
    assert strip("if x:\n    # BEGIN SOLUTION\n    b\n    # END SOLUTION")[0] == "if x:\n    ..."
    for text in ("### END SOLUTION", "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION"):
        assert "without its counterpart" in strip(text)[2]


def test_a_check_is_told_by_its_name(tmp_path: Path) -> None:
    cells = [code('check("02.split", split)', metadata={"exercise": "02.predict"}), code("# check('02.accuracy', x)")]
    assert checked_names({"cells": cells}) == ["02.split"]


def test_nothing_to_release(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no notebook to release"):
        release(tmp_path, tmp_path / "out")
    write(tmp_path, SETUP)
    with pytest.raises(ConfigError, match="their solutions would be lost"):
        release(tmp_path, tmp_path)
    (tmp_path / "b.ipynb").write_text("{")
    with pytest.raises(DataError, match=r"b\.ipynb: it cannot be read as a notebook"):
        release(tmp_path, tmp_path / "out")
