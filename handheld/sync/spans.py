"""A set of numbers as ranges, each as cheap as one number: nobody's claim of millions takes memory."""

from bisect import bisect_left, bisect_right


class Spans:
    """Ranges that do not touch, in order."""

    def __init__(self) -> None:
        self._first: list[int] = []
        self._last: list[int] = []

    def __len__(self) -> int:
        """How many ranges."""
        return len(self._first)

    @property
    def count(self) -> int:
        """How many numbers."""
        return sum(self._last) - sum(self._first) + len(self._first)

    def has(self, number: int) -> bool:
        """Whether it is in one of them."""
        at = bisect_right(self._first, number) - 1
        return at >= 0 and number <= self._last[at]

    def add(self, first: int, last: int) -> None:
        """Add a range; nothing if it is empty."""
        if first > last:
            return
        begin = bisect_left(self._last, first - 1)
        end = bisect_right(self._first, last + 1)
        if begin < end:
            first, last = min(first, self._first[begin]), max(last, self._last[end - 1])
        self._first[begin:end] = [first]
        self._last[begin:end] = [last]

    def take(self, first: int, last: int) -> None:
        """Take a range out."""
        begin = bisect_left(self._last, first)
        end = bisect_right(self._first, last)
        if first > last or begin >= end:
            return
        left = [(self._first[begin], first - 1)] if self._first[begin] < first else []
        right = [(last + 1, self._last[end - 1])] if self._last[end - 1] > last else []
        self._first[begin:end] = [one for one, _ in left + right]
        self._last[begin:end] = [one for _, one in left + right]

    def cut(self, floor: int) -> None:
        """Take out all up to `floor`."""
        if self._first:
            self.take(self._first[0], floor)

    def newest(self, most: int) -> tuple[tuple[int, int], ...]:
        """The highest ranges, the highest first."""
        ranges = zip(reversed(self._first), reversed(self._last), strict=True)
        return tuple(one for one, _ in zip(ranges, range(most), strict=False))

    def within(self, first: int, last: int) -> list[tuple[int, int]]:
        """What of this range is in them."""
        begin = bisect_left(self._last, first)
        end = bisect_right(self._first, last)
        return [(max(first, self._first[at]), min(last, self._last[at])) for at in range(begin, end)]
