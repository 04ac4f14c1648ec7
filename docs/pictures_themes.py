"""Makes the pictures of themes in ``docs/images``: ``python -m docs.pictures_themes [--out docs/images]``.

All that is shown is what ``waitroom preview --out`` writes. Needs what the tests need.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from waitroom.previews.gallery import Gallery
from waitroom.previews.serving import write
from waitroom.themes.looks import LookName

LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 32"><g fill="{accent}">
<path d="M4 10h18v10a8 8 0 0 1-8 8h-2a8 8 0 0 1-8-8z"/>
<path d="M22 13h3a4 4 0 0 1 0 8h-3v-2h3a2 2 0 0 0 0-4h-3z"/></g>
<text x="38" y="24" font-family="Georgia,serif" font-size="21" fill="{ink}">Kettle &amp; Cup</text></svg>"""
WALL = """<!doctype html><meta charset="utf-8"><style>body {{ margin: 0; padding: 24px; display: grid; gap: 16px 20px;
grid-template-columns: repeat(6, 234px); background: #e9e9ee; font: 600 14px sans-serif }}
div {{ overflow: hidden; inline-size: 234px; block-size: 440px; border-radius: 14px; box-shadow: 0 2px 12px #0002 }}
iframe {{ inline-size: 390px; block-size: 734px; border: 0; transform: scale(.6); transform-origin: 0 0 }}
p {{ margin: 0 }}</style>{frames}"""


def configured(folder: Path) -> Path:
    """A configuration with a room for each look."""
    (folder / "light.svg").write_text(LOGO.format(accent="#a8431f", ink="#2a1c14"))
    (folder / "dark.svg").write_text(LOGO.format(accent="#f0a27f", ink="#f7ebe2"))
    rooms = [
        f'[[rooms]]\nname = "{look}"\npaths = ["/{look}"]\ntheme = {{look = "{look}"}}\n' for look in LookName
    ]
    path = folder / "waitroom.toml"
    path.write_text(
        'origin = "http://127.0.0.1:9"\n[theme]\nname = "Kettle & Cup"\nlogo = "light.svg"\nlogo_dark = "dark.svg"\n'
        + "".join(rooms)
    )
    return path


def wall() -> str:
    """All looks beside each other, by day and by night."""
    frames = [f"<p>{look}</p>" for look in LookName]
    for state, scheme in (("waiting", "light"), ("resting", "dark")):
        frames += [f'<div><iframe src="{look}.{state}.en.{scheme}.html"></iframe></div>' for look in LookName]
    return WALL.format(frames="".join(frames))


async def look(browser: Browser, url: str, size: tuple[int, int], file: Path) -> None:
    """Makes one picture."""
    page = await browser.new_page(viewport={"width": size[0], "height": size[1]})
    await page.goto(url)
    await page.wait_for_timeout(1500)
    await page.screenshot(path=file)
    await page.close()
    print(file.name)


async def make(out: Path) -> None:
    """Makes all of them."""
    with tempfile.TemporaryDirectory(prefix="waitroom-pictures-") as name:
        folder = Path(name)
        write(Gallery(configured(folder)), folder / "pages", ["en"])
        (folder / "pages" / "wall.html").write_text(wall(), encoding="utf-8")
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"),
                args=["--no-sandbox", "--disable-gpu"],
            )
            address = (folder / "pages").as_uri()
            await look(browser, f"{address}/wall.html", (1552, 1000), out / "themes.png")
            await look(browser, f"{address}/terracotta.index.en.light.html", (1440, 900), out / "preview.png")
            await browser.close()


def main() -> None:
    """Makes all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "images")
    asyncio.run(make(parser.parse_args().out))


if __name__ == "__main__":
    main()
