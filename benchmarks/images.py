"""Image tokens against a measured table and a published example: `python benchmarks/images.py`.

The table is JOHNISKING/image-token-cost (Hugging Face, read 2026-11-20): tokens of a request with
one image through a client, whose prompt is 77 tokens on Claude 5.5, 65 on Claude 4.5 and 1 on
Gemini. For Claude that client shrinks an image to 2,000 pixels and adds a note of 32 to 40 tokens,
so its three largest rows are compared at the shrunken size with the note apart.
"""

from __future__ import annotations

from math import ceil

from costplan.tokens import image_tokens

MEASURED = {
    # size: Claude 5.5, Claude 4.5, Gemini 3.8, GPT-6 auto
    (256, 256): (177, 165, 1_090, 77),
    (512, 512): (438, 426, 1_090, 308),
    (768, 768): (861, 849, 1_090, 692),
    (1024, 1024): (1_446, 1_434, 1_090, 1_229),
    (1280, 720): (1_273, 1_261, 1_101, 1_104),
    (1920, 1080): (2_768, 1_625, 1_101, 2_448),
    (2560, 1440): (3_069, 1_657, 1_101, 4_320),
    (3840, 2160): (3_069, 1_657, 1_101, 9_792),
    (4032, 3024): (4_005, 1_661, 1_065, 14_364),
}
MODELS = {
    # model: tokens of the prompt, and the long side the client shrinks to
    "anthropic/claude-haiku-5-5": (77, 2_000),
    "anthropic/claude-opus-4-5": (65, 2_000),
    "google/gemini-3.8-flash": (1, None),
    "openai/gpt-6-sol": (0, None),
}
MORE = [
    # model, size, detail, measured: further cells of the same table
    ("openai/gpt-6-sol", (2560, 1440), "high", 2_931),
    ("openai/gpt-6-sol", (3840, 2160), "high", 2_931),
    ("openai/gpt-6-sol", (4032, 3024), "high", 2_942),
    ("openai/gpt-5.5", (4032, 3024), "auto", 11_868),
]


def main() -> None:
    print(f"{'model':28} {'image':>11} {'detail':6} {'measured':>8} {'counted':>8} {'left':>5}")
    for column, (model, (prompt, longest)) in enumerate(MODELS.items()):
        for (width, height), row in MEASURED.items():
            seen = shrunk(width, height, longest)
            show(model, (width, height), "auto", row[column] - prompt, counted(model, *seen))
    for model, size, detail, measured in MORE:
        show(model, size, detail, measured, counted(model, *size, detail))
    print("left at Claude's largest three: the client's note about the shrinking")
    print()
    print("Anthropic's vision page, three sizes on Claude Sonnet 4.5 (3 dollars per million)")
    for side, published in ((200, 54), (1000, 1334), (1092, 1590)):
        old, new = ceil(side * side / 750), counted("anthropic/claude-sonnet-4-5", side, side)
        print(f"  {side:>4} x {side:<4} published {published:>5}", end="; ")
        print(f"rule of 2025-11, w x h / 750: {old:>5}, ${old * 3e-6:.6f}", end="; ")
        print(f"rule of 2026-11, patches of 28: {new:>5}, ${new * 3e-6:.6f}")


def counted(model: str, width: int, height: int, detail: str = "auto") -> int:
    return image_tokens(model, width, height, detail).tokens


def shrunk(width: int, height: int, longest: int | None) -> tuple[int, int]:
    scale = min(1.0, longest / max(width, height)) if longest else 1.0
    return round(width * scale), round(height * scale)


def show(model: str, size: tuple[int, int], detail: str, measured: int, count: int) -> None:
    image = f"{size[0]} x {size[1]}"
    print(f"{model:28} {image:>11} {detail:6} {measured:8,} {count:8,} {measured - count:+5}")


if __name__ == "__main__":
    main()
