"""A page as it is shown, and the same page in its own coordinates (/CropBox, /Rotate)."""

from dataclasses import dataclass

from document.layout import turned
from document.page import Box


@dataclass(frozen=True)
class Frame:
    """What is seen of a page: `visible` in default user space, shown turned clockwise by `turn` degrees.

    The page as shown has its lower left corner where `visible` has it.
    """

    visible: Box
    turn: int

    def shown(self, box: Box) -> Box:
        """A box of user space as it is shown."""
        return self._moved(box, self.turn // 90, self.size_of(self.visible))

    def user(self, box: Box) -> Box:
        """A box as shown, in user space."""
        return self._moved(box, -(self.turn // 90), (self.visible.width, self.visible.height))

    def size_of(self, box: Box) -> tuple[float, float]:
        """Width and height of a box of user space as it is shown."""
        return (box.height, box.width) if self.turn % 180 else (box.width, box.height)

    def holds(self, box: Box) -> bool:
        """Whether a box of user space is wholly visible."""
        page = self.visible
        return page.x0 <= box.x0 and page.y0 <= box.y0 and box.x1 <= page.x1 and box.y1 <= page.y1

    def _moved(self, box: Box, quarters: int, size: tuple[float, float]) -> Box:
        origin = (self.visible.x0, self.visible.y0)
        one = turned((box.x0, box.y0), quarters, size, origin)
        two = turned((box.x1, box.y1), quarters, size, origin)
        (x0, x1), (y0, y1) = sorted((one[0], two[0])), sorted((one[1], two[1]))
        return Box(box.page, x0, y0, x1, y1)
