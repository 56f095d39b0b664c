"""Text: Shakespeare, first names, film reviews, translated sentences; characters to numbers and windows over a stream of tokens.

Imports autograd_core and NumPy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

import autograd_core as ag

from ..dataset import Dataset, plain_indices
from .packaged import table, text


class Vocabulary:
    """Tokens and their numbers: characters of a text, or words of lists of words; sorted, the given ``specials`` first.

    Raises:
        KeyError: on encoding, a token that is not in it.
    """

    def __init__(self, tokens: Iterable[str], specials: Sequence[str] = ()) -> None:
        self.tokens = [*specials, *sorted(set(tokens) - set(specials))]
        self._numbers = {token: i for i, token in enumerate(self.tokens)}

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, token: str) -> int:
        try:
            return self._numbers[token]
        except KeyError:
            raise KeyError(f"{token!r} is not among the {len(self)} tokens of the vocabulary") from None

    def __contains__(self, token: object) -> bool:
        return token in self._numbers

    def encode(self, tokens: Iterable[str]) -> ag.Tensor:
        """Their numbers, (n,) int64."""
        return ag.from_numpy(np.fromiter((self[token] for token in tokens), np.int64))

    def decode(self, numbers: Any, separator: str = "") -> str:
        """The text of some numbers."""
        return separator.join(self.tokens[int(i)] for i in numbers)

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} tokens)"


class TokenWindows(Dataset[tuple[ag.Tensor, ag.Tensor]]):
    """Windows over a stream of tokens: sample i is (tokens[s : s + length], tokens[s + 1 : s + 1 + length]) with s = i · stride.

    Args:
        tokens: (n,) integers.
        length: tokens per window.
        stride: from one window to the next; ``length`` unless given, so that windows do not overlap.

    Raises:
        ValueError: not one-dimensional, or fewer than ``length + 1`` tokens.
    """

    def __init__(self, tokens: ag.Tensor | Sequence[int], length: int, stride: int | None = None) -> None:
        self.tokens = tokens if isinstance(tokens, ag.Tensor) else ag.tensor(tokens)
        self.length, self.stride = length, length if stride is None else stride
        if length < 1 or self.stride < 1:
            raise ValueError(f"TokenWindows: length and stride must be positive, got {length} and {stride}")
        if self.tokens.dim() != 1 or len(self.tokens) <= length:
            shape = tuple(self.tokens.shape)
            raise ValueError(f"TokenWindows: windows of {length} and their next tokens need more than {length} tokens (n,), got {shape}")

    def __len__(self) -> int:
        return (len(self.tokens) - 1 - self.length) // self.stride + 1

    def __getitem__(self, index: int) -> tuple[ag.Tensor, ag.Tensor]:
        if not -len(self) <= index < len(self):
            raise IndexError(f"window {index} of {len(self)}")
        start = (index % len(self)) * self.stride
        return self.tokens[start : start + self.length], self.tokens[start + 1 : start + 1 + self.length]

    def __getbatch__(self, indices: Sequence[int]) -> list[ag.Tensor] | None:
        rows = plain_indices(indices)
        if rows is None or self.tokens.requires_grad:
            return None
        if rows.size and not (-len(self) <= rows.min() and rows.max() < len(self)):
            raise IndexError(f"window {rows.min() if rows.min() < -len(self) else rows.max()} of {len(self)}")
        places = (rows % len(self) * self.stride)[:, None] + np.arange(self.length)
        values = self.tokens.array
        return [ag.from_numpy(values[places]), ag.from_numpy(values[places + 1])]


class BPTT(Dataset[tuple[ag.Tensor, ag.Tensor]]):
    """A stream of tokens for truncated backpropagation through time: ``batch_size`` parallel texts, cut into pieces of ``length``.

    The stream is split into ``batch_size`` columns of equal length (what is left over is dropped); sample i is (inputs, targets), both
    (length, batch_size), where the targets are one step ahead and piece i + 1 goes on where piece i ends, so that a recurrent network
    may keep its state. The last piece may be shorter. ``batch_first`` gives (batch_size, length).
    Read it in order, with ``DataLoader(dataset, batch_size=None)``. Source: Zaremba et al. 2014, arXiv:1409.2329.

    Raises:
        ValueError: too few tokens, or a stream that is not one-dimensional.
    """

    def __init__(self, tokens: ag.Tensor | Sequence[int], batch_size: int, length: int, batch_first: bool = False) -> None:
        stream = tokens if isinstance(tokens, ag.Tensor) else ag.tensor(tokens)
        if batch_size < 1 or length < 1:
            raise ValueError(f"BPTT: batch_size and length must be positive, got {batch_size} and {length}")
        if stream.dim() != 1 or len(stream) < 2 * batch_size:
            raise ValueError(f"BPTT: {batch_size} columns need at least {2 * batch_size} tokens (n,), got shape {tuple(stream.shape)}")
        steps = len(stream) // batch_size
        columns = stream.array[: steps * batch_size].reshape(batch_size, steps)
        self.batch_first = batch_first
        self.length = length
        self.columns = ag.from_numpy(np.ascontiguousarray(columns if batch_first else columns.T))
        self._steps = steps

    def __len__(self) -> int:
        return (self._steps + self.length - 2) // self.length

    def __getitem__(self, index: int) -> tuple[ag.Tensor, ag.Tensor]:
        if not -len(self) <= index < len(self):
            raise IndexError(f"piece {index} of {len(self)}")
        start = (index % len(self)) * self.length
        end = min(start + self.length, self._steps - 1)
        if self.batch_first:
            return self.columns[:, start:end], self.columns[:, start + 1 : end + 1]
        return self.columns[start:end], self.columns[start + 1 : end + 1]


class TinyShakespeare(TokenWindows):
    """1,115,394 characters of Shakespeare's plays, 65 different: windows of ``length`` characters and of the characters after each.

    ``text`` is the text, ``vocabulary`` its characters, ``tokens`` their numbers. ``split`` "train" is the first 90 %, "val" the rest,
    "all" everything. Source: Karpathy 2015, char-rnn.
    """

    def __init__(self, length: int = 128, stride: int | None = None, split: str = "all") -> None:
        if split not in ("all", "train", "val"):
            raise ValueError(f"TinyShakespeare: split must be 'all', 'train' or 'val', got {split!r}")
        whole = text("tinyshakespeare.txt.gz")
        self.vocabulary = Vocabulary(whole)
        cut = int(len(whole) * 0.9)
        self.text = {"all": whole, "train": whole[:cut], "val": whole[cut:]}[split]
        codes = np.frombuffer(self.text.encode("latin-1"), np.uint8)
        numbers = np.zeros(256, np.int64)
        numbers[[ord(token) for token in self.vocabulary.tokens]] = np.arange(len(self.vocabulary))
        super().__init__(ag.from_numpy(numbers[codes]), length, stride)


class Names(Dataset[str]):
    """The 12,000 most frequent first names of the United States 1980-2016, most frequent first, in lower case a-z.

    ``female`` and ``male`` are (12000,) int64 numbers of births. ``vocabulary`` has "." as number 0, for the begin and end of a name.
    Source: US Social Security Administration.
    """

    def __init__(self) -> None:
        rows = table("names.tsv.gz")
        self.names = [name.lower() for name, _, _ in rows]
        self.female, self.male = (ag.tensor([int(row[i]) for row in rows]) for i in (1, 2))
        self.vocabulary = Vocabulary("".join(self.names), specials=(".",))

    def __getitem__(self, index: int) -> str:
        return self.names[index]

    def __len__(self) -> int:
        return len(self.names)


class MovieReviews(Dataset[tuple[str, int]]):
    """8,530 sentences from film reviews, half of them positive: sample i is (text, 1 for positive or 0), shuffled once and for all.

    Source: Pang and Lee 2005, "Seeing stars".
    """

    classes = ("negative", "positive")

    def __init__(self) -> None:
        rows = table("reviews.tsv.gz")
        self.texts = [review for _, review in rows]
        self.targets = ag.tensor([int(label) for label, _ in rows])

    def __getitem__(self, index: int) -> tuple[str, int]:
        return self.texts[index], int(self.targets[index])

    def __len__(self) -> int:
        return len(self.texts)


class EnglishFrench(Dataset[tuple[str, str]]):
    """24,000 pairs of a short English sentence and its French translation; ``attributions`` names the authors of each pair.

    Source: tatoeba.org through manythings.org/anki, CC BY 2.0 France.
    """

    def __init__(self) -> None:
        rows = table("english_french.tsv.gz")
        self.pairs = [(english, french) for english, french, _ in rows]
        self.attributions = [row[2] for row in rows]

    def __getitem__(self, index: int) -> tuple[str, str]:
        return self.pairs[index]

    def __len__(self) -> int:
        return len(self.pairs)
